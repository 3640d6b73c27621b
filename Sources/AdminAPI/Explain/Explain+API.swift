import Administration
import HTTPServer
import HTTPTypes
import JOSE
import Scopes
import TokenIssuance
import Vocabulary

// Would this client get this token now, and if not, what is lacking and who can mend it.
extension AdminAPI {
    static var explanations: [Operation<Store>] {
        [
            Operation(
                .post,
                "/api/v1/explain",
                .explain,
                .anyOf(.clientsRead, .scopesWrite, .installationOperator),
                description,
                explain
            )
        ]
    }

    private static func explain(_ call: Call<Store>) async throws -> APIAnswer {
        try call.settings.explanations.draw(for: call.token.consumer, at: call.now)
        guard let object = try call.json().value.object else { throw try call.json().fault("is no object") }
        let question: ExplanationQuestion
        do throws(Refusal) { question = try ExplanationQuestion(reading: object) } catch {
            throw Problem(.malformedRequest, reason: "body_member", error.explanation, details: error.details)
        }
        let now = call.now
        let (facts, standIn) = try await call.read { reader in
            let facts = try reader.facts(for: question.query)
            return (facts, facts.standingIn(for: question, try reader.accesses(asked: question), at: now))
        }
        let policy = call.settings.policy
        // One answer for a client that does not exist and for one that is nobody's business here.
        guard
            let view = ExplanationView(
                of: policy.explain(question, given: facts, at: now),
                standingIn: standIn.map { policy.explain(question, given: $0, at: now) },
                for: viewer(call.token)
            )
        else {
            // Whoever tries clients out is seen by whoever reads the ledger.
            try await call.act { administration in
                try administration.noteExplanation(
                    of: question.client,
                    scopes: question.scopes,
                    consumer: nil,
                    supplier: nil,
                    answer: "nothing",
                    viewer: "none"
                )
            }
            throw Problem.unknown("client `\(question.client)` of yours, and no scope of yours is asked for")
        }
        try await call.act { administration in
            try administration.noteExplanation(
                of: question.client,
                scopes: question.scopes,
                consumer: view.consumer,
                supplier: view.supplier,
                answer: view.answer,
                viewer: view.part.rawValue
            )
        }
        return .json(.object(view.json))
    }

    private static func viewer(_ token: AdministrativeToken) -> ExplanationViewer {
        if token.holds(.installationOperator) { return .operator }
        return .organisation(
            token.consumer,
            readsClients: token.holds(.clientsRead),
            readsScopes: token.holds(.scopesWrite)
        )
    }

    private static var description: OperationDescription {
        var description = OperationDescription(
            summary: "Says whether a client would get a token, with every condition of the decision."
        )
        description.text = """
            For whoever holds the client (`idporten:dcr.read`), for owners of the scopes (`idporten:scopes.write`), and for \
            the operator. What rests on others' data is `not_shown`, with who can see it.
            """
        description.body = .json(
            .members(
                [
                    ("client_id", .text(least: 1, most: 255)), ("scope", .text(least: 1)),
                    ("consumer_org", .organisation), ("iss_onbehalfof", .text(least: 1, most: 255)),
                    ("resource", .anyOf(.text(), .list(.text()))), ("authorization_details", .list(.anyObject)),
                    ("pid", .flag), ("dpop", .flag), ("mtls", .flag), ("kid", .text(least: 1, most: 255)),
                    ("at", .time),
                ],
                required: ["client_id", "scope"]
            )
        )
        let condition = Schema.members(
            [
                ("condition", .text()), ("scope", .scopeName),
                ("result", .text(words: ["yes", "no", "at_request", "not_judged", "not_shown"])),
                ("code", .text()), ("reason", .text()), ("description", .text()),
                ("mended_by", .list(.anyObject)), ("seen_by", .list(.anyObject)),
            ],
            required: ["condition", "result"]
        )
        description.answers = [
            .ok(
                .members(
                    [
                        ("answer", .text(words: ["yes", "no", "not_shown"])), ("viewer", .text()), ("at", .time),
                        ("refusal", .anyObject), ("conditions", .list(condition)),
                    ],
                    required: ["answer", "viewer", "at", "conditions"]
                )
            )
        ]
        return description
    }
}

extension AdministrativeReader {
    /// The grants to the organisation that the question itself names as consumer.
    fileprivate func accesses(asked question: ExplanationQuestion) throws -> [ScopeName: ScopeAccess] {
        guard case .consumer(let number) = question.actingFor else { return [:] }
        var found: [ScopeName: ScopeAccess] = [:]
        for name in question.scopes { found[name] = try access(to: name, of: number) }
        return found
    }
}

extension EndpointName {
    static let explain = EndpointName("explain")
}
