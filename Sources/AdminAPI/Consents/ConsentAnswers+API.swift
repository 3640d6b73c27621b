import HTTPTypes
import Administration
import Delegations
import FoundationEssentials
import HTTPServer
import JOSE
import Vocabulary

// What a person at a portal answers to a request for consent (altinn.md §7.2), at the paths of Altinn's own front end.
extension AdminAPI {
    static var consentAnswers: [Operation<Store>] {
        let base = "/accessmanagement/api/v1/bff/consentrequests/{id}"
        return [
            Operation(.get, base, .consents, .person()) { call in
                let (id, right, now) = (try call.path.uuid("id"), try call.right, call.now)
                let consent = try await call.read { reader -> ConsentRequest in
                    guard let consent = try reader.consent(id) else { throw ConsentProblem.notFound }
                    try ConsentRules(reader, authority: DecisionAuthority(reader, at: now))
                        .checkAnswer(to: consent, by: right)
                    return consent
                }
                return .json(try await answer(consent, naming: PartyNaming(), call))
            },
            Operation(.post, base + "/accept", .consents, .person()) { call in
                let (id, right) = (try call.path.uuid("id"), try call.right)
                let consent = try await call.act { try $0.acceptConsent(id, on: right).value }
                return .json(try await answer(consent, naming: PartyNaming(), call))
            },
            Operation(.post, base + "/reject", .consents, .person()) { call in
                let (id, right) = (try call.path.uuid("id"), try call.right)
                let consent = try await call.act { try $0.rejectConsent(id, on: right).value }
                return .json(try await answer(consent, naming: PartyNaming(), call))
            },
            Operation(.post, base + "/revoke", .consents, .person()) { call in
                let (id, right) = (try call.path.uuid("id"), try call.right)
                let consent = try await call.act { try $0.revokeConsent(id, on: right).value }
                return .json(try await answer(consent, naming: PartyNaming(), call))
            },
        ]
    }
}
