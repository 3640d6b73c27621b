import Organisations
import Administration
import Delegations
import HTTPServer
import HTTPTypes
import JOSE
import Vocabulary

// Suppliers of a consumer and consumers of a supplier, in the newer form (altinn.md §3.6).
extension AdminAPI {
    static var suppliers: [Operation<Store>] { supplierRelations(.consumer) + supplierRelations(.supplier) + giving }

    /// What differs between the two sides: path, the other side's parameter, scopes.
    private static func side(
        _ side: DelegationSide
    ) -> (base: String, other: String, name: EndpointName, read: AccessDemand, write: AccessDemand) {
        let base = "/accessmanagement/api/v1/enduser/"
        return switch side {
        case .consumer:
            (
                base + "maskinportensuppliers", "supplier", .suppliers, .person(.suppliersRead, .suppliersWrite),
                .person(.suppliersWrite)
            )
        case .supplier:
            (
                base + "maskinportenconsumers", "consumer", .consumers, .person(.consumersRead, .consumersWrite),
                .person(.consumersWrite)
            )
        }
    }

    /// What both sides have: lists, removal of a relation, revocation of a resource.
    private static func supplierRelations(_ own: DelegationSide) -> [Operation<Store>] {
        let (base, other, name, read, write) = side(own)
        return [
            Operation(.get, base, name, read, query: ["party", other]) { call in
                let (consumer, supplier) = try parties(call, own)
                let relations = try await asAdministrator(.read, own, call) { reader in
                    try reader.supplierRelations(consumer: consumer, supplier: supplier).map {
                        try relationObject($0, seenBy: own, reader)
                    }
                }
                return .json(.array(relations))
            },
            Operation(.delete, base, name, write, query: ["party", other, "cascade"], answers: [204]) { call in
                let (consumer, supplier) = try bothParties(call, own)
                let (cascade, right) = (try call.query.flag("cascade"), try call.right)
                _ = try await call.act {
                    try $0.removeSupplier(supplier, from: consumer, cascade: cascade, on: own, by: right).hasChanged
                }
                return .noContent
            },
            Operation(.get, base + "/resources", name, read, query: ["party", other, "resource"]) { call in
                let (consumer, supplier) = try parties(call, own)
                let (resource, now) = (try call.query.resource("resource"), call.now)
                let list = try await asAdministrator(.read, own, call) { reader in
                    try reader.delegations(
                        DelegationQuery(consumer: consumer, supplier: supplier, resource: resource)
                    ).filter { $0.isInForce(at: now) }.map { try delegationObject($0, reader) }
                }
                return .json(.array(list))
            },
            Operation(.delete, base + "/resources", name, write, query: ["party", other, "resource"], answers: [204]) {
                call in
                let (consumer, supplier) = try bothParties(call, own)
                let (resource, right) = (try requiredResource(call), try call.right)
                _ = try await call.act {
                    try $0.revokeDelegation(of: resource, from: consumer, to: supplier, on: own, by: right).hasChanged
                }
                return .noContent
            },
        ]
    }

    /// What only the consumer does: make somebody a supplier, check, give.
    private static var giving: [Operation<Store>] {
        let (base, _, name, read, write) = side(.consumer)
        return [
            Operation(.post, base, name, write, query: ["party", "supplier"]) { call in
                let (consumer, supplier) = try bothParties(call, .consumer)
                let right = try call.right
                let relation = try await call.act { try $0.addSupplier(supplier, to: consumer, by: right).value }
                return .json(try await call.read { try relationObject(relation, seenBy: .consumer, $0) })
            },
            Operation(.get, base + "/resources/delegationcheck", name, read, query: ["party", "resource"]) { call in
                let party = try call.query.requiredParty("party")
                let result = try await delegationCheck(of: try requiredResource(call), for: party, call)
                return .json([
                    "resource": .string(result.resource.rawValue),
                    "result": .bool(result.isDelegable),
                    "rights": .array(result.rights.map { right(of: $0, in: result) }),
                ])
            },
            Operation(.post, base + "/resources", name, write, query: ["party", "supplier", "resource"]) { call in
                let (consumer, supplier) = try bothParties(call, .consumer)
                let (resource, right) = (try requiredResource(call), try call.right)
                let delegation = try await call.act {
                    try $0.giveDelegation(of: resource, from: consumer, to: supplier, by: right, wantsRelation: true)
                        .value
                }
                return .json(try await call.read { try delegationObject(delegation, $0) })
            },
        ]
    }

    // MARK: Parts

    private static func requiredResource(_ call: Call<Store>) throws -> ResourceID {
        _ = try call.query.required("resource")
        guard let resource = try call.query.resource("resource") else { throw Query.fault("resource", "is missing") }
        return resource
    }

    /// Consumer and supplier, of which the caller's own side must be named.
    private static func parties(
        _ call: Call<Store>,
        _ own: DelegationSide
    ) throws -> (consumer: OrganisationNumber?, supplier: OrganisationNumber?) {
        let party = try call.query.requiredParty("party")
        let other = try call.query.party(side(own).other)
        return own == .consumer ? (party, other) : (other, party)
    }

    private static func bothParties(
        _ call: Call<Store>,
        _ own: DelegationSide
    ) throws -> (consumer: OrganisationNumber, supplier: OrganisationNumber) {
        let party = try call.query.requiredParty("party")
        let other = try call.query.requiredParty(side(own).other)
        return own == .consumer ? (party, other) : (other, party)
    }

    /// Reads when the person may administer delegations of the caller's own side: gate 1 of §3.4.
    private static func asAdministrator<Value: Sendable>(
        _ action: DelegationRules<Store.Reader>.AdministrationAction,
        _ own: DelegationSide,
        _ call: Call<Store>,
        _ body: @escaping @Sendable (Store.Reader) throws -> Value
    ) async throws -> Value {
        let (party, right, now) = (try call.query.requiredParty("party"), try call.right, call.now)
        return try await call.read { reader in
            try DelegationRules(reader).checkAdministration(of: party, action, by: right, at: now)
            return try body(reader)
        }
    }

    /// The other side of a relation, as the newer API lists connections.
    private static func relationObject(
        _ relation: SupplierRelation,
        seenBy own: DelegationSide,
        _ reader: Store.Reader
    ) throws -> JSONValue {
        let number = own == .consumer ? relation.supplier : relation.consumer
        let unit = try reader.organisation(number)
        return [
            "party": [
                "id": .string("\(Party.organisation(number).uuid)"),
                "name": .string(unit?.name ?? ""),
                "type": "Organisasjon",
                "variant": .string(unit?.form.code ?? ""),
                "organizationIdentifier": .string("\(number)"),
                "isDeleted": .bool(unit.map { !$0.isLive } ?? true),
            ],
            "roles": [["code": "supplier"]],
            "created": .string("\(relation.since)"),
        ]
    }
}
