import Administration
import Delegations
import HTTPServer
import HTTPTypes
import TokenIssuance
import Vocabulary

/// One call of an operation: what came, from whom, and what it is answered from.
struct Call<Store: AdministrationStore>: Sendable {
    let path: PathValues
    let query: Query
    let headers: HTTPFields
    let body: [UInt8]
    let token: AdministrativeToken
    /// The person who acts; nil unless the operation demands one.
    let person: PersonPseudonym?
    /// How surely the portal knows the person, 0 to 4.
    let level: Int
    let trace: RequestTrace
    let now: Timestamp
    let store: Store
    let settings: AdminSettings
    /// The method and the path's template, for the ledger.
    let command: String
    /// The whole address without query, as callers know it.
    let address: String

    /// Whoever calls, as the ledger names it.
    var actor: Actor {
        Actor(
            Actor.Caller(
                client: token.client,
                organisation: token.consumer,
                person: person,
                tokenID: token.tokenID,
                traceID: trace.traceID
            ),
            command: command
        )
    }

    /// On whose right an act of delegation rests.
    ///
    /// - Throws: when the operation demands no person, which would be a mistake of ours.
    var right: ActingRight {
        get throws(Problem) { .person(try actingPerson, level: level) }
    }

    /// The person who acts.
    var actingPerson: PersonPseudonym {
        get throws(Problem) {
            guard let person else {
                throw Problem(.actForbidden, reason: "person_missing", "a person performs this act")
            }
            return person
        }
    }

    /// Reads in one snapshot.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Store.Reader) throws -> Value) async throws -> Value {
        try await store.read(body)
    }

    /// Performs acts in one transaction, for a reason that the ledger keeps: all of them happen, or none.
    func act<Value: Sendable>(
        for reason: String? = nil,
        _ body: @escaping @Sendable (Administration<Store.Transaction>) throws -> Value
    ) async throws -> Value {
        try await store.write { [actor, now] transaction in
            try body(Administration(in: transaction, by: actor, at: now, reason: reason))
        }
    }

    /// The body as strict JSON.
    func json() throws(Problem) -> JSONPart { try JSONPart(parsing: body) }

    /// The organisation that `{party}` names: by its number, or by the word `organization` and a header field.
    func partyInPath() throws(Problem) -> OrganisationNumber {
        if path["party"] == "organization" {
            guard let text = headers[.partyOrganisationNumber], let number = OrganisationText.parse(text) else {
                throw Problem(
                    .malformedRequest,
                    reason: "header_parameter",
                    "`Altinn-Party-OrganizationNumber` is missing or no organisation number"
                )
            }
            return number
        }
        if let number = PartyUUID(parsing: path["party"])?.organisation { return number }
        return try path.organisation("party")
    }
}
