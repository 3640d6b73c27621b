import HTTPTypes
import Delegations
import HTTPServer
import JOSE
import TokenIssuance
import Vocabulary

// For whom somebody may act, in the newer form (altinn.md §5).
extension AdminAPI {
    static var authorizedParties: [Operation<Store>] {
        [
            Operation(
                .get,
                "/accessmanagement/api/v1/enduser/authorizedparties",
                .parties,
                .person(.authorizedParties)
            ) { call in
                let person = try call.actingPerson
                return .json(.array(try await partiesOf(.person(person), call)))
            },
            Operation(
                .post,
                "/accessmanagement/api/v1/resourceowner/authorizedparties",
                .parties,
                .anyOf(.authorizedPartiesOwner, .authorizedPartiesAdmin),
                body: Operation<Store>.jsonLimit
            ) { call in
                let body = try call.json()
                let (type, value) = (try body.member("type").text(), try body.member("value").text())
                // The number came from the caller; it is neither kept nor repeated.
                guard let urn = PartyURN(parsing: "\(type):\(value)") else {
                    throw try body.member("value").fault("names no party of that type")
                }
                let party = urn.party(under: call.settings.pseudonyms)
                guard !call.token.holds(.authorizedPartiesAdmin) else {
                    return .json(.array(try await partiesOf(party, call)))
                }
                let owner = call.token.consumer
                return .json(
                    .array(
                        try await call.read { reader in
                            let opening = try OpeningAttributes(ofResourcesOf: owner, in: reader)
                            return try PartyFinder(reader).parties(of: party).compactMap(opening.restrict)
                                .map(\.authorizedPartyObject)
                        }
                    )
                )
            },
        ]
    }

    private static func partiesOf(_ party: Party, _ call: Call<Store>) async throws -> [JSONValue] {
        try await call.read { try PartyFinder($0).parties(of: party).map(\.authorizedPartyObject) }
    }
}
