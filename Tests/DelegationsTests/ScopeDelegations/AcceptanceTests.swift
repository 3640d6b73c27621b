import Delegations
import JOSE
import TestSupport
import Testing
import Vocabulary

@Suite("Altinn §9: acceptance cases of scope delegation")
struct ScopeDelegationAcceptanceTests {
    // MARK: Case 1

    @Test(arguments: ["DAGL", "LEDE", "INNH"])
    func `§9.1: a managing director, chair or owner can delegate a schema with APIADM in its policy`(
        role: String
    ) throws {
        var world = try DelegationWorld()
        world.assign(try #require(RoleCode(parsing: role)))
        let result = try world.check()
        #expect(result.isDelegable, "\(result.conditions)")
        #expect(result.rights.map(\.action) == ["ScopeAccess"])
        #expect(result.conditions.last { $0.kind == .resourceGate }?.explanation.contains("given by `\(role)`") == true)
    }

    @Test(arguments: ["MEDL", "NEST", "VARA", "FFØR", "KOMK"])
    func `§9.1: board member, deputy, alternate, business manager and municipal contact cannot`(role: String) throws {
        var world = try DelegationWorld()
        world.assign(try #require(RoleCode(parsing: role)))
        let result = try world.check()
        #expect(!result.isDelegable)
        #expect(result.obstacle?.kind == .administrationGate)
        #expect(result.rights.allSatisfy { !$0.isDelegable })
    }

    @Test func `§9.1: the contact person of an administrative unit can`() throws {
        var world = try DelegationWorld(form: "ADOS")
        world.assign("KEMN")
        #expect(try world.check().isDelegable)
    }

    // MARK: Case 2

    @Test func `§9.2: the contact person of a NUF can only when the policy names APIADMNUF or the nuf package`() throws
    {
        for (roles, packages, expected) in [
            (["APIADM"], [], false), (["APIADM", "APIADMNUF"], [], true),
            ([], ["maskinporten-scopes"], false), ([], ["maskinporten-scopes-nuf"], true),
        ] as [([String], [String], Bool)] {
            var world = try DelegationWorld(form: "NUF", roles: roles, packages: packages)
            world.assign("KNUF")
            let result = try world.check()
            #expect(result.isDelegable == expected, "\(roles) \(packages): \(result.conditions)")
        }
    }

    // MARK: Case 3

    @Test func `§9.3: a Norwegian representative can under APIADM and not under the maskinporten-scopes package`()
        throws
    {
        var named = try DelegationWorld(form: "NUF")
        named.assign("REPR")
        #expect(try named.check().isDelegable)
        var packaged = try DelegationWorld(form: "NUF", roles: [], packages: ["maskinporten-scopes"])
        packaged.assign("REPR")
        let result = try packaged.check()
        #expect(!result.isDelegable)
        #expect(result.obstacle?.kind == .resourceGate)
    }

    // MARK: Case 4, as far as it concerns scopes

    @Test func `§9.4: who holds a key role in an organisation with APIADM can delegate, a board member of it cannot`()
        throws
    {
        var world = try DelegationWorld()
        let helper = DelegationWorld.number(31_000_013)
        world.registry.roles.add(helper)
        world.registry.roles.assign("APIADM", of: world.consumer, to: .organisation(helper), source: .given)
        var board = world
        world.assign("LEDE", in: helper)
        board.assign("MEDL", in: helper)
        #expect(try world.check().isDelegable)
        #expect(try !board.check().isDelegable)
    }

    // MARK: Case 5

    @Test func `§9.5: a role on the main unit is enough to administer the sub-unit`() throws {
        var world = try DelegationWorld()
        let subUnit = DelegationWorld.number(31_000_017)
        world.registry.roles.add(subUnit, form: "BEDR", mainUnit: world.consumer)
        world.assign("DAGL")
        #expect(try world.check(for: subUnit).isDelegable)
        // Never upwards.
        var upwards = try DelegationWorld()
        upwards.registry.roles.add(subUnit, form: "BEDR", mainUnit: upwards.consumer)
        upwards.assign("DAGL", in: subUnit)
        #expect(try !upwards.check().isDelegable)
    }

    @Test func `§9.5: a delegation of the main unit is none of the sub-unit's, and the other way`() throws {
        var world = try DelegationWorld()
        let subUnit = DelegationWorld.number(31_000_017)
        world.registry.roles.add(subUnit, form: "BEDR", mainUnit: world.consumer)
        for (giver, other) in [(world.consumer, subUnit), (subUnit, world.consumer)] {
            world.registry.delegations = [.sample(world.schema, from: giver, to: world.supplier)]
            let lookup = DelegationLookup(world.registry)
            func answer(_ consumer: OrganisationNumber) throws -> [JSONValue] {
                try lookup.answer(
                    supplierOrganisation: "\(world.supplier)",
                    consumerOrganisation: "\(consumer)",
                    scope: "acme:a",
                    to: .administrator,
                    at: now
                )
            }
            #expect(try answer(giver).count == 1)
            #expect(try answer(other).isEmpty)
        }
    }

    // MARK: Case 6

    @Test func `§9.6: the look-up refuses unknown organisations and foreign prefixes, and lists both scopes`() throws {
        var world = try DelegationWorld()
        try world.add(world.schema, bundling: ["acme:a", "acme:b.read"])
        world.registry.stored[world.schema]?.references.append(
            Resource.Reference(source: "Altinn2", reference: "6b1e-guid", type: .delegationSchemeID)
        )
        let lookup = DelegationLookup(world.registry)
        let acme = try ScopePrefix(parsing: "acme")
        let unknown = DelegationWorld.number(31_000_020)
        func answer(
            _ supplier: OrganisationNumber?,
            _ consumer: OrganisationNumber?,
            _ scope: String?,
            _ caller: DelegationLookup<InMemoryRegistry>.Caller,
            of lookup: DelegationLookup<InMemoryRegistry>
        ) throws -> [JSONValue] {
            try lookup.answer(
                supplierOrganisation: supplier.map { "\($0)" },
                consumerOrganisation: consumer.map { "\($0)" },
                scope: scope,
                to: caller,
                at: now
            )
        }
        #expect(throws: DelegationLookupFault.unknownOrganisation(parameter: "consumerOrg")) {
            try answer(world.supplier, unknown, "acme:a", .administrator, of: lookup)
        }
        #expect(throws: DelegationLookupFault.noParameter) {
            try answer(nil, nil, nil, .administrator, of: lookup)
        }
        #expect(throws: DelegationLookupFault.forbidden) {
            try answer(world.supplier, world.consumer, "other:a", .owner(of: [acme]), of: lookup)
        }
        #expect(throws: DelegationLookupFault.forbidden) {
            try answer(world.supplier, world.consumer, nil, .owner(of: [acme]), of: lookup)
        }
        #expect(throws: DelegationLookupFault.malformed(parameter: "supplierOrg")) {
            try lookup.answer(
                supplierOrganisation: "310000001",
                consumerOrganisation: nil,
                scope: nil,
                to: .administrator,
                at: now
            )
        }
        #expect(try answer(world.supplier, world.consumer, "acme:a", .owner(of: [acme]), of: lookup).isEmpty)
        #expect(DelegationLookupFault.forbidden.status == 403)
        #expect(DelegationLookupFault.unknownOrganisation(parameter: "x").status == 400)

        world.registry.delegations = [.sample(world.schema, from: world.consumer, to: world.supplier)]
        let found = try answer(nil, world.consumer, "acme:b.read", .administrator, of: DelegationLookup(world.registry))
        let element = try #require(found.first)
        #expect(
            element.text()
                == """
                {"consumer_org":"\(world.consumer)","supplier_org":"\(world.supplier)",\
                "delegation_scheme_Id":"6b1e-guid","scopes":["acme:a","acme:b.read"],\
                "created":"2026-11-18T11:06:40.000+00:00","resourceid":"acme-schema"}
                """
        )
        #expect(found.count == 1)
        // Over, and so not there.
        world.registry.delegations[0].until = now
        #expect(try answer(nil, world.consumer, nil, .administrator, of: DelegationLookup(world.registry)).isEmpty)
    }

    @Test func `a scope of another register is not told of, though a resource here bundles it`() throws {
        var world = try DelegationWorld()
        try world.add(world.schema, bundling: ["acme:a", "acme:b.read"])
        world.registry.delegations = [.sample(world.schema, from: world.consumer, to: world.supplier)]
        func scopes(elsewhere: Set<String>, _ asked: String?) throws -> [[String]?] {
            try DelegationLookup(world.registry) { elsewhere.contains($0.rawValue) }.answer(
                supplierOrganisation: "\(world.supplier)",
                consumerOrganisation: "\(world.consumer)",
                scope: asked,
                to: .administrator,
                at: now
            ).map { $0["scopes"]?.strings }
        }
        #expect(try scopes(elsewhere: ["acme:a"], "acme:a").isEmpty)
        #expect(try scopes(elsewhere: ["acme:a"], "acme:b.read") == [["acme:b.read"]])
        #expect(try scopes(elsewhere: ["acme:a"], nil) == [["acme:b.read"]])
        #expect(try scopes(elsewhere: ["acme:a", "acme:b.read"], nil).isEmpty)
        #expect(try scopes(elsewhere: [], "acme:a") == [["acme:a", "acme:b.read"]])
    }

    // MARK: The gates

    @Test func `a main administrator passes both gates without access of his own`() throws {
        var world = try DelegationWorld()
        world.registry.roles.assign("HADM", of: world.consumer, to: .person(world.person), source: .given)
        let result = try world.check()
        #expect(result.isDelegable, "\(result.conditions)")
        #expect(
            result.conditions.first { $0.kind == .resourceGate }?.explanation.contains("main administrator") == true
        )
    }

    @Test(
        arguments: [(1, .administrationLevel), (2, .resourceLevel), (3, nil)] as [(Int, DelegationCheckResult.Kind?)]
    )
    func `the login level must reach that of either policy`(level: Int, obstacle: DelegationCheckResult.Kind?) throws {
        var world = try DelegationWorld(level: 3)
        world.assign("DAGL")
        let result = try world.check(level: level)
        #expect(result.obstacle?.kind == obstacle)
        #expect(result.isDelegable == (obstacle == nil))
    }

    @Test func `where the register names persons without numbers, a no says that one of them may be meant`() throws {
        var world = try DelegationWorld()
        world.registry.roles.unlinked = [world.consumer]
        let result = try world.check()
        #expect(result.conditions.map(\.kind).contains(.personNotLinked))
        #expect(!result.isDelegable)
        world.assign("DAGL")
        #expect(try world.check().isDelegable)
    }

    @Test func `a resource that is unknown, of another type or not delegable is no thing to give`() throws {
        var world = try DelegationWorld()
        world.assign("DAGL")
        world.registry.stored[world.schema]?.isDelegable = false
        #expect(try world.check().obstacle?.kind == .resourceDelegable)
        world.registry.stored[world.schema] = nil
        #expect(try world.check().obstacle?.kind == .resourceKnown)
        #expect(try world.check().rights.isEmpty)
    }
}

extension ScopeDelegation {
    static func sample(
        _ resource: ResourceID,
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber
    ) -> ScopeDelegation {
        ScopeDelegation(
            id: DelegationIDSource.system.next(),
            consumer: consumer,
            supplier: supplier,
            resource: resource,
            since: now,
            basis: .operator
        )
    }
}
