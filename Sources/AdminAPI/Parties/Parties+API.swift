import HTTPTypes
import Delegations
import HTTPServer
import JOSE
import Vocabulary

// Roles and parties of persons (altinn.md §5).
extension AdminAPI {
    static var parties: [Operation<Store>] {
        let base = "/authorization/api/v1"
        let demand = AccessDemand.anyOf(.authorize, .authorizeAdmin)
        return [
            Operation(.get, base + "/roles", .roles, demand, query: ["coveredByUserId", "offeredByPartyId"], roles),
            Operation(.get, base + "/parties", .parties, demand, query: ["userId"], partiesOfUser),
            Operation(
                .get,
                base + "/parties/{partyId}/validate",
                .parties,
                demand,
                query: ["userId"],
                validate
            ),
        ]
    }

    private static func roles(_ call: Call<Store>) async throws -> APIAnswer {
        let covered = try partyNumber(in: call.query, "coveredByUserId")
        let offered = try partyNumber(in: call.query, "offeredByPartyId")
        let codes = try await call.read { reader -> [RoleCode] in
            guard let holder = try reader.party(numbered: covered),
                let organisation = try reader.party(numbered: offered)?.organisation
            else { return [] }
            return try Set(RoleRules(reader).roles(of: holder, for: organisation).map(\.role)).sorted()
        }
        // Altinn answers so where others answer an empty list.
        guard !codes.isEmpty else { throw Problem.unknown("role of that user for that party") }
        return .json(.array(codes.map { ["Type": "altinn", "Value": .string("\($0)")] }))
    }

    private static func partiesOfUser(_ call: Call<Store>) async throws -> APIAnswer {
        let user = try partyNumber(in: call.query, "userId")
        return .json(
            .array(
                try await call.read { reader in
                    guard let party = try reader.party(numbered: user) else { return [] }
                    return try PartyFinder(reader).parties(of: party).map { $0.authorizationObject }
                }
            )
        )
    }

    private static func validate(_ call: Call<Store>) async throws -> APIAnswer {
        let user = try partyNumber(in: call.query, "userId")
        guard let asked = Int64(call.path["partyId"]) else { throw PathValues.fault("partyId", "is no number") }
        return .json(
            .bool(
                try await call.read { reader in
                    guard let party = try reader.party(numbered: user), let other = try reader.party(numbered: asked)
                    else { return false }
                    if party == other { return true }
                    guard let organisation = other.organisation else { return false }
                    return try !RoleRules(reader).roles(of: party, for: organisation).isEmpty
                }
            )
        )
    }

    private static func partyNumber(in query: Query, _ name: String) throws(Problem) -> Int64 {
        _ = try query.required(name)
        guard let number = try query.number(name, in: 1...(Int64(1) << 53)) else {
            throw Query.fault(name, "is missing")
        }
        return number
    }
}
