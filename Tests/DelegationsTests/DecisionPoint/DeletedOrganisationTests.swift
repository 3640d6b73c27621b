import Delegations
import FoundationEssentials
import TestSupport
import Testing
import Vocabulary
import XACML

@Suite("Decision point: organisations that the register has no more (DESIGN §5)")
struct DeletedOrganisationTests {
    private static let service = DecisionWorld.resource("acme-service")
    private static let customer = DecisionWorld.customer
    private static let supplier = DecisionWorld.supplier

    /// A world with a service whose one rule asks for that attribute, or for none.
    private func world(_ subjects: (String, String)..., algorithm: String? = nil) throws -> DecisionWorld {
        var world = try DecisionWorld()
        let rule = DecisionPolicy.rule("read", subjects: subjects, Self.service, ["read"])
        let policy = algorithm.map { DecisionPolicy.policy(rule, algorithm: $0) } ?? DecisionPolicy.policy(rule)
        try world.add(Self.service, policy)
        return world
    }

    /// The ways for an organisation to be no more: its own deletion, and that of its main unit.
    private static let endings: [@Sendable (inout DecisionWorld, OrganisationNumber) -> Void] = [
        { world, number in world.roles.add(number, isLive: false) },
        { world, number in
            world.roles.add(Sample.organisation(19), isLive: false)
            world.roles.add(number, form: "BEDR", mainUnit: Sample.organisation(19))
        },
    ]

    private func expectEnd(
        of number: OrganisationNumber,
        in world: DecisionWorld,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ decide: (DecisionWorld) throws -> DecisionOutcome
    ) throws {
        #expect(try decide(world).isPermitted, "while it lives", sourceLocation: sourceLocation)
        for end in Self.endings {
            var ended = world
            end(&ended, number)
            let outcome = try decide(ended)
            #expect(outcome.result.decision == .notApplicable, sourceLocation: sourceLocation)
            #expect(
                outcome.explanation.contains { $0.text.contains("`\(number)` does not stand in the register") },
                sourceLocation: sourceLocation
            )
        }
    }

    @Test func `a delegation of a deleted consumer permits nothing`() throws {
        var world = try DecisionWorld()
        world.delegate()
        try expectEnd(of: Self.customer, in: world) { try $0.decide(.party(.organisation(Self.supplier))) }
        try expectEnd(of: Self.customer, in: world) { try $0.decide(.party(.person(DecisionWorld.chair))) }
    }

    @Test func `a delegation to a deleted supplier permits nothing`() throws {
        var world = try DecisionWorld()
        world.delegate()
        try expectEnd(of: Self.supplier, in: world) { try $0.decide(.party(.organisation(Self.supplier))) }
    }

    @Test func `a key role in a branch whose main unit is deleted is none`() throws {
        var world = try DecisionWorld()
        world.delegate()
        world.roles.add(Sample.organisation(19), isLive: false)
        world.roles.add(Self.supplier, form: "BEDR", mainUnit: Sample.organisation(19))
        #expect(try !world.decide(.party(.person(DecisionWorld.chair))).isPermitted)
    }

    @Test func `a deleted owner's system user has neither rights nor packages`() throws {
        var byRight = try world((DecisionAttribute.roleCode, "DAGL"))
        try byRight.addSystemUser(rights: [SystemRight(resource: Self.service, action: "read")])
        var byPackage = try world((DecisionAttribute.accessPackage, "teknisk-samhandling-digdir"))
        try byPackage.addSystemUser(packages: ["teknisk-samhandling-digdir"])
        for world in [byRight, byPackage] {
            try expectEnd(of: Self.customer, in: world) {
                try $0.decide(.systemUser(DecisionWorld.systemUser), "read", Self.service)
            }
        }
    }

    @Test func `a deleted accountant has no role for its clients`() throws {
        var world = try world((DecisionAttribute.roleCode, "A0239"))
        world.roles.assign("REGN", of: Self.customer, to: .organisation(Self.supplier))
        try expectEnd(of: Self.supplier, in: world) {
            try $0.decide(.party(.organisation(Self.supplier)), "read", Self.service)
        }
        var roles = world.roles
        let accountant = Party.organisation(Self.supplier)
        #expect(try !RoleRules(roles).roles(of: accountant, for: Self.customer).isEmpty)
        roles.add(Self.supplier, isLive: false)
        #expect(try RoleRules(roles).roles(of: accountant, for: Self.customer).isEmpty)
    }

    @Test func `a deleted owner's agent acts for no client`() throws {
        var world = try world((DecisionAttribute.accessPackage, "regnskapsforer-lonn"))
        world.roles.assign("REGN", of: Self.customer, to: .organisation(Self.supplier))
        try world.addSystemUser(
            DecisionWorld.agent,
            kind: .agent,
            owner: Self.supplier,
            packages: ["regnskapsforer-lonn"]
        )
        world.clientDelegations = [Self.clientDelegation(["regnskapsforer-lonn"])]
        for number in [Self.supplier, Self.customer] {
            try expectEnd(of: number, in: world) {
                try $0.decide(.systemUser(DecisionWorld.agent), "read", Self.service)
            }
        }
    }

    @Test func `what is open to anybody is closed to and for a deleted organisation`() throws {
        let unless = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-unless-deny"
        for world in [
            try world(), try world(algorithm: unless), try world((DecisionAttribute.partyType, "organization")),
            try world((DecisionAttribute.organisationNumber, "\(Self.supplier)")),
        ] {
            for number in [Self.supplier, Self.customer] {
                try expectEnd(of: number, in: world) {
                    try $0.decide(.party(.organisation(Self.supplier)), "read", Self.service)
                }
            }
        }
    }

    @Test func `an agent loses for its clients what is taken from itself`() throws {
        var world = try world((DecisionAttribute.accessPackage, "regnskapsforer-lonn"))
        world.roles.assign("REGN", of: Self.customer, to: .organisation(Self.supplier))
        let packages = ["regnskapsforer-lonn", "regnskapsforer-med-signeringsrettighet"]
        try world.addSystemUser(DecisionWorld.agent, kind: .agent, owner: Self.supplier, packages: packages)
        world.clientDelegations = [Self.clientDelegation(packages)]
        let agent = DecisionSubject.systemUser(DecisionWorld.agent)
        #expect(try world.decide(agent, "read", Self.service).isPermitted)
        world.systemUsers[0].packages = ["Regnskapsforer-Lonn"]
        #expect(try world.decide(agent, "read", Self.service).isPermitted)
        world.systemUsers[0].packages = ["regnskapsforer-med-signeringsrettighet"]
        #expect(try world.decide(agent, "read", Self.service).result.decision == .notApplicable)
    }

    private static func clientDelegation(_ packages: [String]) -> ClientDelegation {
        ClientDelegation(
            id: UUID(),
            agent: DecisionWorld.agent,
            client: customer,
            packages: packages,
            basis: .operator,
            created: DecisionWorld.now
        )
    }
}
