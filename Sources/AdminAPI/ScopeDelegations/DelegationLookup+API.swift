import HTTPTypes
import Delegations
import HTTPServer
import JOSE
import Vocabulary

// The look-up by which token servers and owners of scopes ask who may act for whom (altinn.md §3.7).
extension AdminAPI {
    static var delegationLookup: [Operation<Store>] {
        [
            "/accessmanagement/api/v1/maskinporten/delegations",
            "/accessmanagement/api/v1/admin/delegations/maskinportenschema",
        ]
        .map { path in
            Operation(
                .get,
                path,
                .delegationLookup,
                .anyOf(.delegations, .delegationsAdmin),
                query: ["supplierOrg", "consumerOrg", "scope"],
                lookUpDelegations
            )
        }
    }

    private static func lookUpDelegations(_ call: Call<Store>) async throws -> APIAnswer {
        let caller: DelegationLookup<Store.Reader>.Caller =
            call.token.holds(.delegationsAdmin)
            ? .administrator : .owner(of: call.token.prefixes.compactMap { try? ScopePrefix(parsing: $0) })
        let (supplier, consumer, scope) = (call.query["supplierOrg"], call.query["consumerOrg"], call.query["scope"])
        let now = call.now
        return .json(
            .array(
                try await call.read { reader in
                    try DelegationLookup(reader).answer(
                        supplierOrganisation: supplier,
                        consumerOrganisation: consumer,
                        scope: scope,
                        to: caller,
                        at: now
                    )
                }
            )
        )
    }
}
