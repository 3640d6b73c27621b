package import Administration
import JOSE
import TokenIssuance
import Vocabulary

/// Would this client get this token now; every condition with yes or no, and who can mend it.
///
/// An act, because the ledger remembers who asked about whom.
package struct ExplainToken: OperatorAct {
    package static let name = "explain"
    package static let summary = "Say whether a client would get a token, with every condition of the decision."
    package static let parameters = [
        Parameter("client", .client, "The client.").required,
        Parameter("scope", .scope, "A scope; several are asked for together.").list.required,
        Parameter("consumer_org", .organisation, "The consumer for which the client acts."),
        Parameter("on_behalf_of", .text, "The value of `iss_onbehalfof`."),
        Parameter("resource", .text, "A resource for `aud`.").list,
        Parameter("details", .object, "The element of `authorization_details`."),
        Parameter("pid", .flag, "As if a `pid` were sent."),
        Parameter("dpop", .flag, "As if a DPoP proof were sent."),
        Parameter("mtls", .flag, "As if a client certificate were shown."),
        Parameter("kid", .key, "The key that the client signs with."),
        Parameter("at", .text, "The time of the request, as 2027-06-30T12:00:00Z; now when not given."),
    ]
    package let arguments: Arguments
    private let question: ExplanationQuestion

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        let scopes = try arguments.texts("scope")
        var object: JSONObject = [
            "client_id": .string(try arguments.requiredText("client")),
            "scope": .string(scopes.joined(separator: " ")),
        ]
        object["consumer_org"] = try arguments.organisation("consumer_org").map { .string("\($0)") }
        object["iss_onbehalfof"] = try arguments.text("on_behalf_of").map { .string($0) }
        let resources = try arguments.texts("resource")
        if let first = resources.first {
            object["resource"] = resources.count == 1 ? .string(first) : .strings(resources)
        }
        object["authorization_details"] = try arguments.object("details").map { .array([.object($0)]) }
        for name in ["pid", "dpop", "mtls"] where try arguments.flag(name) { object[name] = true }
        object["kid"] = try arguments.text("kid").map { .string($0) }
        object["at"] = try arguments.text("at").map { .string($0) }
        do throws(Refusal) { question = try ExplanationQuestion(reading: object) } catch {
            throw .usage(error.explanation)
        }
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        guard let policy = context.policy else {
            throw OperationFault(.refused, "configuration_unreadable", "the server's configuration cannot be read")
        }
        let facts = try administration.transaction.facts(for: question.query)
        let explanation = policy.explain(question, given: facts, at: context.now)
        let viewer: ExplanationViewer =
            switch context.viewer {
            case .operator: .operator
            case .organisation(let number): .organisation(number, readsClients: true, readsScopes: true)
            }
        guard let view = ExplanationView(of: explanation, for: viewer) else {
            throw OperationFault.absent("client", question.client.rawValue)
        }
        try administration.noteExplanation(
            of: question.client,
            scopes: question.scopes,
            consumer: view.consumer,
            supplier: view.supplier,
            answer: view.answer,
            viewer: view.part.rawValue
        )
        return Self.report(view)
    }

    private static func report(_ view: ExplanationView) -> Report {
        let facts = view.json.members.filter { $0.name != "conditions" }.map { OutputValue.Member($0.name, $0.value) }
        var report = Report(
            Table(
                "explain",
                view.rows,
                facts: facts,
                columns: [
                    Column("condition") { $0["condition"] },
                    Column("scope") { $0["scope"] },
                    Column("result", style: tone) { $0["result"] },
                    Column("code") { $0["code"] },
                    Column("reason") { $0["reason"] },
                    Column("mended_by", title: "MENDED BY") { people($0["mended_by"]) },
                    Column("seen_by", .detail) { people($0["seen_by"]) },
                    Column("description", .detail) { $0["description"] },
                ]
            )
        )
        guard view.answer == "no" else {
            report.notes = [view.answer == "yes" ? "yes: the client would get the token" : "what you may see passes"]
            return report
        }
        let refusal = view.json["refusal"]
        let told = [refusal?["code"]?.string, refusal?["description"]?.string].compactMap(\.self).joined(
            separator: ": "
        )
        report.verdict = Report.Verdict(
            .negative,
            refusal?["reason"]?.string ?? "refused",
            told.isEmpty ? "no: a condition fails" : "no: \(told)"
        )
        return report
    }

    private static func tone(_ row: JSONObject) -> Tone {
        switch row["result"]?.string {
        case "yes": .good
        case "no": .bad
        case "not_shown", "not_judged": .faint
        default: .plain
        }
    }

    /// `scope_owner 310000124`, as one text each.
    private static func people(_ value: JSONValue?) -> OutputValue {
        guard let people = value?.array else { return .none }
        return .list(
            people.map { person in
                .text([person["who"]?.string, person["orgno"]?.string].compactMap(\.self).joined(separator: " "))
            }
        )
    }
}
