import Administration
import Delegations
import JOSE
import Scopes
import TestSupport
import Testing
import Vocabulary
import XACML

@testable import SQLiteStorage

@Suite("The resource registry")
struct ResourceTablesTests {
    private func caller(_ world: DelegationWorld) throws -> Administration<SQLiteTransaction>.ResourceCaller {
        .organisation(world.provider, prefixes: [try ScopePrefix(parsing: "acme")])
    }

    @Test func `a scope of the internal register has a resource of its own, with a policy, until the source goes`()
        throws
    {
        let world = try DelegationWorld()
        let id = try world.own("acme:a")
        let resource = try #require(try world.store.read { try $0.resource(id) })
        #expect(resource.scopes.map(\.rawValue) == ["acme:a"])
        #expect(resource.versionID == 0)
        #expect(resource.competentAuthority?.organisation == world.provider)
        #expect(try world.store.read { try $0.policy(of: id)?.subjects.map(\.value) } == ["APIADM", "APIADMNUF"])
        let name = try ScopeName(parsing: "acme:a")
        #expect(try world.store.read { try $0.resources(referencing: name).map(\.identifier) } == [id])
        try world.give()
        try world.act { try $0.changeScope(name, [.delegationSource: .absent]) }
        #expect(try world.store.read { try $0.resource(id) } == nil)
        #expect(try world.delegated(for: ["acme:a"]) == [false])
        try world.act { try $0.changeScope(name, [.delegationSource: .text("internal")]) }
        #expect(try world.delegated(for: ["acme:a"]) == [true])
    }

    @Test func `a stored record stands in its place, keeps its policy, and leaves it behind`() throws {
        let world = try DelegationWorld()
        let id = try world.own("acme:a")
        try world.give()
        let record = try world.resource(id.rawValue, bundling: ["acme:a", "acme:b"])
        try world.act { try $0.updateResource(record, for: try caller(world)) }
        #expect(try world.store.read { try $0.resource(id)?.versionID } == 1)
        #expect(try world.store.read { try $0.policy(of: id)?.subjects.map(\.value) } == ["APIADM", "APIADMNUF"])
        // The delegation is of the resource, and gives what that bundles now.
        #expect(try world.delegated(for: ["acme:a", "acme:b"]) == [true, true])
        try world.act { try $0.deleteResource(id, endingDelegations: false, for: .administrator) }
        #expect(try world.store.read { try $0.resource(id)?.versionID } == 0)
        #expect(try world.delegated(for: ["acme:a", "acme:b"]) == [true, false])
    }

    @Test func `a change is a new version, the same record none, and the old ones stay`() throws {
        let world = try DelegationWorld()
        var schema = try world.resource("acme-schema", bundling: ["acme:a"])
        schema.homepage = "https://acme.no"
        let created = try world.act { try $0.createResource(schema, for: try caller(world)) }
        #expect(created.value.versionID == 1)
        #expect(try world.act { try $0.updateResource(schema, for: try caller(world)) }.hasChanged == false)
        schema.references.append(Resource.Reference(reference: "acme:b", type: .maskinportenScope))
        #expect(try world.act { try $0.updateResource(schema, for: try caller(world)) }.value.versionID == 2)
        let versions = try world.store.read { try $0.versions(of: schema.identifier) }
        #expect(versions.map(\.versionID) == [1, 2])
        #expect(versions.map(\.scopes.count) == [1, 2])
        #expect(versions.last?.record == schema.record)
        #expect(throws: AdministrationRefusal.resourceExists(schema.identifier)) {
            try world.act { try $0.createResource(schema, for: try caller(world)) }
        }
        let b = try ScopeName(parsing: "acme:b")
        #expect(
            try world.store.read { try $0.resources(referencing: b).map(\.identifier.rawValue) }
                == ["acme-schema", "scope_acme_3ab"]
        )
        try world.act { try $0.deleteResource(schema.identifier, endingDelegations: false, for: .administrator) }
        #expect(try world.store.read { try $0.resource(schema.identifier) } == nil)
        // Created again it goes on counting.
        #expect(try world.act { try $0.createResource(schema, for: try caller(world)) }.value.versionID == 3)
    }

    @Test func `scopes of others' prefixes, other owners and broken rules are refused, and nothing is kept`() throws {
        let world = try DelegationWorld()
        let foreign = try world.resource("acme-schema", bundling: ["acme:a", "other:x"])
        #expect(throws: AdministrationRefusal.foreignScopes([try ScopeName(parsing: "other:x")])) {
            try world.act { try $0.createResource(foreign, for: try caller(world)) }
        }
        let schema = try world.resource("acme-schema", bundling: ["acme:a"])
        #expect(throws: AdministrationRefusal.notResourceOwner(schema.identifier, world.consumer)) {
            try world.act { try $0.createResource(schema, for: .organisation(world.consumer, prefixes: [])) }
        }
        let empty = try world.resource("acme-schema", bundling: [])
        #expect(throws: AdministrationRefusal.resource([.noScopeReference])) {
            try world.act { try $0.createResource(empty, for: try caller(world)) }
        }
        #expect(try world.store.read { try $0.resources(ResourceQuery()) }.isEmpty)
        // An administrator of the registry may bundle any.
        try world.act { try $0.createResource(foreign, for: .administrator) }
    }

    @Test func `a resource that is delegated goes only together with its delegations`() throws {
        let world = try DelegationWorld()
        let schema = try world.resource("acme-schema", bundling: ["acme:a"])
        try world.act { administration in
            try administration.createResource(schema, for: try caller(world))
            try administration.giveDelegation(
                of: schema.identifier,
                from: world.consumer,
                to: world.supplier,
                by: .operatorsAct
            )
        }
        #expect(throws: AdministrationRefusal.resourceInUse(schema.identifier, delegations: 1)) {
            try world.act { try $0.deleteResource(schema.identifier, endingDelegations: false, for: .administrator) }
        }
        #expect(try world.delegated(for: ["acme:a"]) == [true])
        let ended = try world.act {
            try $0.deleteResource(schema.identifier, endingDelegations: true, for: .administrator)
        }
        #expect(ended.value.count == 1)
        #expect(try world.delegated(for: ["acme:a"]) == [false])
    }

    @Test func `policies that are no XML, have entities or are about something else are refused`() throws {
        let world = try DelegationWorld()
        let schema = try world.resource("acme-schema", bundling: ["acme:a"])
        try world.act { try $0.createResource(schema, for: try caller(world)) }
        let own = InternalResources.policyDocument(of: schema.identifier)
        let parsed = try PolicyDocument(parsing: own)
        let other = InternalResources.policyDocument(of: try ResourceID(parsing: "acme-other"))
        let bomb = Array(#"<!DOCTYPE x [<!ENTITY a "b">]>"#.utf8) + own
        for document in [Array("not xml".utf8), bomb, other, []] {
            #expect {
                try world.act {
                    try $0.setPolicy(
                        PolicyDocument(parsing: document),
                        of: schema.identifier,
                        for: try caller(world)
                    )
                }
            } throws: { error in
                guard case .policy? = error as? AdministrationRefusal else { return false }
                return true
            }
        }
        #expect(try world.store.read { try $0.policy(of: schema.identifier) } == nil)
        #expect(try world.act { try $0.setPolicy(parsed, of: schema.identifier, for: try caller(world)) }.hasChanged)
        #expect(try !world.act { try $0.setPolicy(parsed, of: schema.identifier, for: try caller(world)) }.hasChanged)
        #expect(try world.store.read { try $0.policyDocument(of: schema.identifier) } == own)
    }

    @Test func `a policy that permits anybody is none of a schema of scopes`() throws {
        let world = try DelegationWorld()
        let schema = try world.resource("acme-schema", bundling: ["acme:a"])
        try world.act { try $0.createResource(schema, for: try caller(world)) }
        let own = String(decoding: InternalResources.policyDocument(of: schema.identifier), as: UTF8.self)
        let open = own.replacing(
            /<xacml:AnyOf>(?:(?!<xacml:AnyOf>).)*?access-subject.*?<\/xacml:AnyOf>/.dotMatchesNewlines(),
            with: ""
        )
        let unless = own.replacing(
            /rule-combining-algorithm:[a-z-]+/,
            with: "rule-combining-algorithm:permit-unless-deny"
        )
        for (text, fault) in [(open, "without naming a subject"), (unless, "whatever it does not deny")] {
            try #require(text != own)
            let document = try PolicyDocument(parsing: Array(text.utf8))
            #expect {
                try world.act { try $0.setPolicy(document, of: schema.identifier, for: try caller(world)) }
            } throws: { error in
                guard case .policy(let reason)? = error as? AdministrationRefusal else { return false }
                return reason.contains(fault)
            }
        }
        #expect(try world.store.read { try $0.policy(of: schema.identifier) } == nil)
    }
}
