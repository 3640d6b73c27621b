import TokenIssuance
import HTTPTypes
import Administration
import AuditLedger
import Delegations
import HTTPServer
import JOSE
import Vocabulary
import XACML

// The decision point (altinn.md §4.1): always 200 with a decision, whatever the request is like.
extension AdminAPI {
    static var decisions: [Operation<Store>] {
        [
            Operation(
                .post,
                "/authorization/api/v1/authorize",
                .decision,
                .anyOf(.authorize, .authorizeAdmin),
                body: Operation<Store>.jsonLimit,
                decide
            ),
            Operation(
                .post,
                "/authorization/api/v1/decision",
                .decision,
                .anyOf(.authorizeAdmin),
                body: Operation<Store>.jsonLimit,
                decide
            ),
        ]
    }

    private static func decide(_ call: Call<Store>) async throws -> APIAnswer {
        let request: XACMLRequest
        let isExplained: Bool
        do throws(XACMLStatus) {
            let document = try document(call.body)
            isExplained = document["explain"]?.bool ?? false
            request = try XACMLRequest(json: document)
        } catch {
            return .json(XACMLResponse([XACMLResult(.indeterminate, error)]).json)
        }
        let (key, now) = (call.settings.pseudonyms, call.now)
        let outcomes = try await call.read { reader in
            try DecisionPoint(reader, pseudonyms: key).decide(request, at: now)
        }
        // What is asked many at a time is asked to draw a page; it is not told to the ledger (altinn.md §4.2).
        if !request.isMultiple {
            let (asker, actor, trace) = (call.token.consumer, call.actor, call.trace)
            try await call.store.write { transaction in
                var event = LedgerEvent(decisions: outcomes, askedBy: asker, at: now)
                actor.sign(&event)
                event.parentTraceID = trace.parentTraceID
                try transaction.append(event, claiming: [])
            }
        }
        var answer = XACMLResponse(outcomes.map(\.result)).json.object ?? [:]
        if isExplained { answer["Explanation"] = .array(outcomes.map(\.explanationJSON)) }
        return .json(.object(answer))
    }

    private static func document(_ body: [UInt8]) throws(XACMLStatus) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: body)
        } catch {
            throw XACMLStatus(.syntaxError, "the request is no strict JSON: \(error)")
        }
    }
}
