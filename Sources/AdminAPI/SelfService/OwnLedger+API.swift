import HTTPServer
import Operations

// What the ledger says of the token's own organisation: the entries that it is a party to, and their proofs.
extension AdminAPI {
    static var ownLedger: [Operation<Store>] {
        // Whoever may look at its clients may see what they did; an owner of scopes, which tokens it was shown.
        let demand = AccessDemand.anyOf(.clientsRead, .clientsModify, .clientsWrite, .scopesWrite)
        return [
            inquiry(SearchAudit.self, at: "/api/v1/audit/entries", .ownLedger, demand) { call in
                .organisation(call.token.consumer)
            },
            inquiry(ProveAudit.self, at: "/api/v1/audit/proof", .ownLedger, demand) { call in
                .organisation(call.token.consumer)
            },
        ]
    }
}

extension EndpointName {
    static let ownLedger = EndpointName("audit")
}
