import Administration
import AuditLedger
import Scopes
import Vocabulary

/// One party's report on an incident: what it needs to judge it, and to notify whom it must (GDPR articles 33 and 34).
///
/// It names no person, and of other parties only those that the party shares a token with.
struct IncidentDocument {
    let findings: IncidentFindings
    /// Whose report it is; nil: the operator's.
    let party: OrganisationNumber?
    let incidents: [Incident]
    let measures: [String]
    let issuer: String?

    /// What the party has to do with it; nil for the operator.
    var standing: IncidentFindings.Party? { party.flatMap { findings.parties[$0] } }

    private var tokens: [IncidentFindings.Token] { findings.tokens(concerning: party) }

    private var incident: Incident? {
        incidents.first { $0.kind == findings.subject.kind && $0.subject == findings.subject.identifier }
    }

    // MARK: JSON

    /// The report as members.
    var members: [OutputValue.Member] {
        let tokens = tokens
        let scopes = Set(tokens.flatMap { findings.shown($0.entry, to: party) }).sorted { $0.rawValue < $1.rawValue }
        let isOperator = party == nil
        return [
            .init("incident", incident?.id), .init("party_orgno", party), .init("issuer", issuer),
            .init("subject_kind", findings.subject.kind), .init("subject", findings.subject.identifier),
            .init("nature", nature), .init("since", findings.since), .init("stopped", incident?.declared),
            .init("reported", findings.until),
            .init("tokens_count", isOperator ? findings.count : tokens.count),
            .init("tokens_not_listed", isOperator ? findings.count - tokens.count : 0),
            .init("first_token", tokens.map(\.entry.issued).min()),
            .init("last_token", tokens.map(\.entry.issued).max()),
            .init("tokens_naming_a_person", tokens.count(where: \.namesPerson)),
            .init("persons_approximately", isOperator ? findings.personCount : nil),
            .init("data_categories", dataCategories(scopes)),
            .init("scopes", scopes.map(scopeValue)),
            .init("providers", organisations(.provider, in: tokens)),
            .init("consumers", Set(tokens.compactMap(\.entry.consumer)).sorted()),
            .init("suppliers", Set(tokens.compactMap(\.entry.supplier)).sorted()),
            .init("measures", measures), .init("consequences", consequences), .init("to_do", toDo),
            .init("tokens", tokens.map(tokenValue)),
        ]
    }

    private func organisations(
        _ role: IncidentFindings.Party.Role,
        in tokens: [IncidentFindings.Token]
    ) -> [OrganisationNumber] {
        let owners = tokens.flatMap { findings.shown($0.entry, to: party) }.compactMap {
            findings.scopes[$0]?.scope?.owner
        }
        return Set(owners).sorted()
    }

    private func dataCategories(_ scopes: [ScopeName]) -> [String] {
        Set(scopes.flatMap { findings.scopes[$0]?.scope?.dataCategories ?? [] }).sorted()
    }

    private func scopeValue(_ name: ScopeName) -> OutputValue {
        let scope = findings.scopes[name]?.scope
        return .object([
            .init("scope", name), .init("provider_orgno", scope?.owner), .init("description", scope?.description),
            .init("purpose", scope?.purpose), .init("legal_basis", scope?.legalBasis),
            .init("data_categories", scope?.dataCategories ?? []),
            .init("tokens", tokens.count { findings.shown($0.entry, to: party).contains(name) }),
        ])
    }

    private func tokenValue(_ token: IncidentFindings.Token) -> OutputValue {
        .object([
            .init("jti", token.entry.id), .init("issued", token.entry.issued), .init("expires", token.entry.expires),
            .init("client_id", token.entry.client), .init("consumer_orgno", token.entry.consumer),
            .init("supplier_orgno", token.entry.supplier), .init("scopes", findings.shown(token.entry, to: party)),
            .init("ledger_sequence", token.sequence),
        ])
    }

    // MARK: Words

    private var nature: String {
        switch findings.subject {
        case .signingKey(let id):
            "the key `\(id)`, with which the server signs access tokens, was or may have been in other hands: whoever holds "
                + "it can make tokens for anybody, which stand in no ledger"
        case .clientKey(let id):
            "the key `\(id)`, with which clients prove themselves, was or may have been in other hands: whoever holds it "
                + "can get tokens in their name"
        case .client(let id): "the client `\(id)` was or may have been used by others: its tokens may be in other hands"
        case .certificate(let thumbprint):
            "the enterprise certificate with the SHA-256 `\(thumbprint)` was or may have been used by others: whoever "
                + "holds its key can get tokens in its organisation's name"
        case .organisation(let number):
            "what the organisation `\(number)` authenticates with was or may have been in other hands"
        }
    }

    private var consequences: String {
        switch findings.subject {
        case .signingKey:
            "until they fetch the key set again, providers that check signatures alone accept tokens made with the key; "
                + "data may have been read by tokens that are not in this report"
        case .clientKey, .client, .certificate, .organisation:
            "data that the scopes open may have been read with the tokens listed; which calls were made is in the "
                + "providers' logs, by `jti`"
        }
    }

    private var toDo: [String] {
        var steps: [String] = []
        let roles = party.flatMap { findings.parties[$0]?.roles } ?? Set(IncidentFindings.Party.Role.allCases)
        if case .signingKey(let id) = findings.subject, roles.contains(.provider) {
            steps.append("provider: fetch the key set now, and refuse tokens whose `kid` is `\(id)`")
        }
        if roles.contains(.provider) {
            steps.append("provider: search the access logs for each `jti`, and judge what was read")
        }
        if roles.contains(.consumer) || roles.contains(.supplier) {
            steps.append(
                "consumer or supplier: tell which of the tokens your own systems asked for; the others were taken"
            )
        }
        steps.append(
            "controller: notify the data protection authority within 72 hours of becoming aware, unless a risk is unlikely "
                + "(GDPR article 33); add who was affected, how many, and the contact point"
        )
        steps.append("processor: notify the controller without undue delay (GDPR article 33 paragraph 2)")
        return steps
    }

    // MARK: Markdown

    /// The report as a page.
    var markdown: String {
        let value = OutputValue.object(members)
        func line(_ title: String, _ name: String) -> String {
            let cell = value[name].cell
            return "- \(title): \(cell.isEmpty ? "none" : Self.safe(cell))\n"
        }
        var text = "# Incident \(incident.map { "\($0.id)" } ?? "(not declared)")"
        text += party.map { ": report to \($0)\n\n" } ?? ": the operator's report\n\n"
        text += "## Nature of the breach (GDPR article 33 paragraph 3 a)\n\n\(Self.safe(nature)).\n\n"
        text += line("issuer", "issuer") + line("not to be trusted since", "since") + line("stopped", "stopped")
        text += line("reported", "reported") + line("tokens", "tokens_count") + line("first token", "first_token")
        text += line("last token", "last_token") + line("tokens that named a person", "tokens_naming_a_person")
        if party == nil { text += line("persons, approximately", "persons_approximately") }
        text += line("categories of data", "data_categories") + line("providers", "providers")
        text += line("consumers", "consumers") + line("suppliers", "suppliers")
        text += "- categories and number of data subjects and records: (to be filled in by the controller)\n"
        text += "\n## Contact point (33.3 b)\n\n(to be filled in)\n"
        text += "\n## Likely consequences (33.3 c)\n\n\(Self.safe(consequences)).\n"
        text += "\n## Measures taken (33.3 d)\n\n"
        text += measures.isEmpty ? "none yet\n" : measures.map { "- \(Self.safe($0))\n" }.joined()
        text += "\n## What is to be done\n\n" + toDo.map { "- \(Self.safe($0))\n" }.joined()
        text += "\n## Scopes\n\n| scope | provider | data | purpose | tokens |\n|---|---|---|---|---|\n"
        if case .list(let scopes) = value["scopes"] {
            for scope in scopes {
                let cells = ["scope", "provider_orgno", "data_categories", "purpose", "tokens"].map { scope[$0].cell }
                text += "| " + cells.map(Self.safe).joined(separator: " | ") + " |\n"
            }
        }
        text += "\n## Tokens\n\n| issued | jti | client | consumer | supplier | scopes |\n|---|---|---|---|---|---|\n"
        if case .list(let tokens) = value["tokens"] {
            for token in tokens {
                let names = ["issued", "jti", "client_id", "consumer_orgno", "supplier_orgno", "scopes"]
                text += "| " + names.map { Self.safe(token[$0].cell) }.joined(separator: " | ") + " |\n"
            }
        }
        if findings.isCut { text += "\nMore tokens than \(IncidentFindings.mostTokens) are in the ledger alone.\n" }
        return text
    }

    /// A text as Markdown that is nothing but text; our own words keep their backticks.
    private static func safe(_ text: String) -> String {
        var result = ""
        for character in visible(text) {
            if #"\*_{}[]<>#|~!"#.contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
