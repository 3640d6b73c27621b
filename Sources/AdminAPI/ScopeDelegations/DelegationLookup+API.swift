import HTTPTypes
import Administration
import Delegations
import HTTPServer
import JOSE
import Scopes
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
        let (now, issuer) = (call.now, call.settings.issuer)
        return .json(
            .array(
                try await call.read { reader in
                    let lookup = DelegationLookup(reader) { name in
                        guard case .other? = try reader.scope(name)?.delegationRegister(at: issuer) else {
                            return false
                        }
                        return true
                    }
                    return try lookup.answer(
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
