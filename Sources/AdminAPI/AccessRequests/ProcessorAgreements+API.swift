import Administration
import HTTPServer
import HTTPTypes
import JOSE
import Scopes
import Vocabulary

// Consumers register their agreements with suppliers; both see them, and so does the scope's owner (DESIGN §7).
extension AdminAPI {
    static var processorAgreements: [Operation<Store>] {
        let read = AccessDemand.anyOf(.clientsRead, .clientsModify, .clientsWrite, .scopesWrite)
        let write = AccessDemand.anyOf(.clientsWrite)
        let path = "/api/v1/scopes/access/agreements"
        return [
            Operation(.get, path, .accessRequests, read, AccessRequestForms.agreementList, agreements),
            Operation(
                .put,
                path + "/{supplier_orgno}",
                .accessRequests,
                write,
                AccessRequestForms.registerAgreement,
                register
            ),
            Operation(
                .delete,
                path + "/{supplier_orgno}",
                .accessRequests,
                write,
                AccessRequestForms.removeAgreement
            ) { call in
                let (name, consumer) = (try call.query.requiredScope("scope"), call.token.consumer)
                let supplier = try call.path.plainOrganisation("supplier_orgno")
                let removed = try await call.act { administration in
                    try administration.transaction.requireKnown(name, to: consumer)
                    return try administration.removeAgreement(on: name, of: consumer, with: supplier).value
                }
                guard let removed else { throw Problem.unknown("agreement of yours with `\(supplier)` for `\(name)`") }
                return .json(.object(removed.jsonObject))
            },
        ]
    }

    private static func agreements(_ call: Call<Store>) async throws -> APIAnswer {
        let (name, window) = (try call.query.scope("scope"), try ListWindow(call.query))
        let own = call.token.consumer
        let isClient = call.token.holds(anyOf: [.clientsRead, .clientsModify, .clientsWrite])
        let isOwner = call.token.holds(.scopesWrite)
        let found = try await call.read { reader in
            var found: Set<ProcessorAgreement> = []
            func add(_ fill: (inout ProcessorAgreementQuery) -> Void) throws {
                var query = ProcessorAgreementQuery()
                query.scope = name
                fill(&query)
                found.formUnion(try reader.processorAgreements(query))
            }
            if isClient {
                try add { $0.consumer = own }
                try add { $0.supplier = own }
            }
            if isOwner { try add { $0.owner = own } }
            return found
        }
        let sorted = found.sorted {
            ($0.scope.rawValue, $0.consumer, $0.supplier) < ($1.scope.rawValue, $1.consumer, $1.supplier)
        }
        return window.answer(window.items(of: sorted).map { .object($0.jsonObject) }, of: sorted.count, in: call)
    }

    private static func register(_ call: Call<Store>) async throws -> APIAnswer {
        let (name, consumer) = (try call.query.requiredScope("scope"), call.token.consumer)
        let supplier = try call.path.plainOrganisation("supplier_orgno")
        let body = try call.json()
        let reference = try body.member("reference").text()
        var until: Timestamp?
        if case .time(let time)? = try body.accessFields()[.validUntil] { until = time }
        let agreement = try await call.act { [until] administration in
            try administration.transaction.requireKnown(name, to: consumer)
            return try administration.registerAgreement(
                on: name,
                of: consumer,
                with: supplier,
                reference: reference,
                until: until
            ).value
        }
        return .json(.object(agreement.jsonObject))
    }
}
