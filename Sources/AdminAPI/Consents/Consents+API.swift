import HTTPTypes
import Administration
import Delegations
import FoundationEssentials
import HTTPServer
import JOSE
import Vocabulary

// Consents as organisations ask for them and use them (altinn.md §7.1, §7.3).
extension AdminAPI {
    static var consents: [Operation<Store>] { consentRequests + consentAnswers + consentLookup }

    private static var consentRequests: [Operation<Store>] {
        let base = "/accessmanagement/api/v1/enterprise/consentrequests"
        let read = AccessDemand.onBehalf(.consentRequestsRead, .consentRequestsWrite, .consentRequestsOrganisation)
        let write = AccessDemand.onBehalf(.consentRequestsWrite, .consentRequestsOrganisation)
        return [
            Operation(.post, base, .consents, write, body: Operation<Store>.jsonLimit, answers: [200, 201]) { call in
                let draft = ConsentDraft(reading: try object(of: call))
                let (key, token) = (call.settings.pseudonyms, call.token)
                let outcome = try await call.act {
                    try $0.requestConsent(draft, under: key, by: token.consumer, handledBy: token.supplier)
                }
                // The persons that the body named are named so in the answer; nobody else learns a number.
                let sent = [draft.from, draft.requiredDelegator.map { .person($0) }].compactMap { $0 }
                let answer = try await answer(outcome.value, naming: PartyNaming(sent: sent, under: key), call)
                return outcome.hasChanged
                    ? .created(answer, at: call.address + "/" + outcome.value.id.uuidString.lowercased())
                    : .json(answer)
            },
            Operation(.get, base + "/events", .consents, read, query: ["after", "limit"]) { call in
                let after = try call.query.number("after", in: 0...Int64.max) ?? 0
                let limit = try call.query.number("limit", in: 1...Page.maximumItems) ?? Page.maximumItems
                let token = call.token
                let events = try await call.read {
                    try $0.consentEvents(to: token.consumer, through: token.supplier, after: after, limit: Int(limit))
                }
                let isFull = events.count == Int(limit)
                let next = isFull ? events.last.map { "\(call.address)?after=\($0.sequence)&limit=\(limit)" } : nil
                return .json([
                    "links": ["next": next.map { .string($0) } ?? .null],
                    "data": .array(events.map { .object($0.listObject) }),
                ])
            },
            Operation(.get, base + "/{id}", .consents, read) { call in
                .json(try await answer(try await ownConsent(call), naming: PartyNaming(), call))
            },
            Operation(.delete, base + "/{id}", .consents, write, answers: [204]) { call in
                let (id, token) = (try await ownConsent(call).id, call.token)
                _ = try await call.act { try $0.deleteConsent(id, by: token.consumer, through: token.supplier).value }
                return .noContent
            },
        ]
    }

    private static var consentLookup: [Operation<Store>] {
        [
            Operation(
                .post,
                "/accessmanagement/api/v1/maskinporten/consent/lookup",
                .consents,
                .anyOf(.consentRead),
                body: Operation<Store>.jsonLimit
            ) { call in
                let body = try call.json()
                let id = try body.member("id").uuid()
                let (from, to) = (try urn(body.member("from")), try urn(body.member("to")))
                guard let organisation = to.organisation else {
                    throw try body.member("to").fault("is no organisation")
                }
                let (key, now) = (call.settings.pseudonyms, call.now)
                let consent = try await call.read { try $0.consent(id) }
                guard let consent else { throw ConsentProblem.notFound }
                let problems = consent.impediments(from: from.party(under: key), to: organisation, at: now)
                guard problems.isEmpty else { throw Problem(all: problems) }
                return .json(.object(consent.lookupObject(naming: PartyNaming(sent: [from, to], under: key))))
            }
        ]
    }

    private static func urn(_ part: JSONPart) throws(Problem) -> PartyURN {
        guard let urn = PartyURN(parsing: try part.text()) else {
            throw part.fault("is no URN of an organisation or a person")
        }
        return urn
    }

    /// A consent that the caller asked for, or handles for the consumer of its token.
    private static func ownConsent(_ call: Call<Store>) async throws -> ConsentRequest {
        let id = try call.path.uuid("id")
        let consent = try await call.read { try $0.consent(id) }
        guard let consent, consent.isOpen(to: call.token.consumer, through: call.token.supplier) else {
            throw ConsentProblem.notFound
        }
        return consent
    }

    /// The consent with all that happened to it; without a portal it has no link.
    static func answer(
        _ consent: ConsentRequest,
        naming: PartyNaming,
        _ call: Call<Store>
    ) async throws -> JSONValue {
        let events = try await call.read { try $0.events(of: consent.id) }
        var object = consent.jsonObject(
            events: events,
            at: call.now,
            naming: naming,
            portal: call.settings.portalURL ?? ""
        )
        if call.settings.portalURL == nil { object["viewUri"] = nil }
        return .object(object)
    }
}
