import HTTPTypes
import Organisations
import Administration
import Delegations
import HTTPServer
import JOSE
import Vocabulary

// Delegation of scopes by a person at a portal, in the older form (altinn.md §3.5).
extension AdminAPI {
    static var maskinportenSchema: [Operation<Store>] {
        let base = "/accessmanagement/api/v1/{party}/maskinportenschema"
        let limit = Operation<Store>.jsonLimit
        return [
            Operation(.post, base + "/delegationcheck", .maskinportenSchema, .person(), body: limit) { call in
                let party = try call.partyInPath()
                let resource = try DelegationRequestBody.resource(reading: try object(of: call)["resource"])
                let result = try await delegationCheck(of: resource, for: party, call)
                return .json(.array(result.rights.map { right(of: $0, in: result) }))
            },
            Operation(.post, base + "/offered", .maskinportenSchema, .person(), body: limit, answers: [201]) { call in
                let party = try call.partyInPath()
                let body = try DelegationRequestBody(reading: try object(of: call), naming: .receiver)
                let right = try call.right
                let delegation = try await call.act {
                    try $0.giveDelegation(of: body.resource, from: party, to: body.party, by: right).value
                }
                return .created(given(delegation))
            },
            Operation(.get, base + "/offered", .maskinportenSchema, .person()) { call in
                try await delegationList(call, side: .consumer)
            },
            Operation(.get, base + "/received", .maskinportenSchema, .person()) { call in
                try await delegationList(call, side: .supplier)
            },
            Operation(.post, base + "/offered/revoke", .maskinportenSchema, .person(), body: limit, answers: [204]) {
                call in
                let (party, right) = (try call.partyInPath(), try call.right)
                let body = try DelegationRequestBody(reading: try object(of: call), naming: .receiver)
                _ = try await call.act {
                    try $0.revokeDelegation(of: body.resource, from: party, to: body.party, by: right).hasChanged
                }
                return .noContent
            },
            Operation(.post, base + "/received/revoke", .maskinportenSchema, .person(), body: limit, answers: [204]) {
                call in
                let (party, right) = (try call.partyInPath(), try call.right)
                let body = try DelegationRequestBody(reading: try object(of: call), naming: .giver)
                _ = try await call.act {
                    try $0.revokeDelegation(
                        of: body.resource,
                        from: body.party,
                        to: party,
                        on: .supplier,
                        by: right
                    ).hasChanged
                }
                return .noContent
            },
        ]
    }

    /// Whether the person may delegate the resource for an organisation, with each condition.
    static func delegationCheck(
        of resource: ResourceID,
        for party: OrganisationNumber,
        _ call: Call<Store>
    ) async throws -> DelegationCheckResult {
        let (person, level, now) = (try call.actingPerson, call.level, call.now)
        return try await call.read { reader in
            guard try reader.resource(resource) != nil else {
                throw DelegationRefusal.unknownResource(resource.rawValue)
            }
            return try DelegationGates(reader).check(resource, by: person, level: level, for: party, at: now)
        }
    }

    /// One action of a delegation check, as the older API writes it.
    static func right(
        of right: DelegationCheckResult.Right,
        in result: DelegationCheckResult
    ) -> JSONValue {
        let details = result.conditions.filter { !$0.holds }.map { condition -> JSONValue in
            [
                "code": .string(condition.kind.rawValue),
                "description": .string(condition.explanation),
                "parameters": [:],
            ]
        }
        return [
            "rightKey": .string("\(result.resource.rawValue)/\(right.action)"),
            "resource": [attribute(result.resource)],
            "action": .string(right.action),
            "status": right.isDelegable ? "Delegable" : "NotDelegable",
            "details": right.isDelegable
                ? [["code": "delegable", "description": .string(right.explanation), "parameters": [:]]]
                : .array(details),
        ]
    }

    private static func attribute(_ resource: ResourceID) -> JSONValue {
        ["id": "urn:altinn:resource", "value": .string(resource.rawValue)]
    }

    private static func given(_ delegation: ScopeDelegation) -> JSONValue {
        [
            "to": [["id": "urn:altinn:organizationnumber", "value": .string("\(delegation.supplier)")]],
            "rightDelegationResults": [
                [
                    "rightKey": .string("\(delegation.resource.rawValue)/ScopeAccess"),
                    "resource": [attribute(delegation.resource)],
                    "action": "ScopeAccess",
                    "status": "Delegated",
                ]
            ],
        ]
    }

    private static func delegationList(_ call: Call<Store>, side: DelegationSide) async throws -> APIAnswer {
        let (party, right, now) = (try call.partyInPath(), try call.right, call.now)
        let items = try await call.read { reader in
            try DelegationRules(reader).checkAdministration(of: party, .read, by: right, at: now)
            let query = DelegationQuery(
                consumer: side == .consumer ? party : nil,
                supplier: side == .supplier ? party : nil
            )
            return try reader.delegations(query).filter { $0.isInForce(at: now) }.map {
                try delegationObject($0, reader)
            }
        }
        return .json(.array(items))
    }

    /// A delegation as both APIs list it.
    static func delegationObject(_ delegation: ScopeDelegation, _ reader: Store.Reader) throws -> JSONValue {
        let resource = try reader.resource(delegation.resource)
        let (consumer, supplier) = (Party.organisation(delegation.consumer), Party.organisation(delegation.supplier))
        var object: JSONObject = [
            "offeredByPartyId": .integer(consumer.partyID),
            "offeredByName": .string(try reader.organisation(delegation.consumer)?.name ?? ""),
            "offeredByOrganizationNumber": .string("\(delegation.consumer)"),
            "coveredByPartyId": .integer(supplier.partyID),
            "coveredByName": .string(try reader.organisation(delegation.supplier)?.name ?? ""),
            "coveredByOrganizationNumber": .string("\(delegation.supplier)"),
        ]
        if case .person(let person) = delegation.basis {
            object["performedByUserId"] = .integer(Party.person(person).partyID)
        }
        object["created"] = .string("\(delegation.since)")
        object["validTo"] = delegation.until.map { .string("\($0)") }
        object["resourceId"] = .string(delegation.resource.rawValue)
        if let resource {
            object["resourceTitle"] = resource.title.json
            object["resourceType"] = .string(resource.type.rawValue)
            object["scopes"] = .strings(resource.scopes.map(\.rawValue))
        }
        return .object(object)
    }
}
