import Delegations
import TestSupport
import Testing
import Vocabulary
import XACML

@Suite("Which actions a person may give on (altinn.md §3.4 gate 2)")
struct DelegableRightsTests {
    private static let customer = DecisionWorld.customer
    private static let person = PersonPseudonym.sample(41)

    private func right(
        _ role: RoleCode,
        _ subjects: [(String, String)],
        form: String = "AS",
        source: RoleAssignment.Source = .register,
        level: Int = 3,
        extra: String = "",
        algorithm: String = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"
    ) throws -> DelegableRight {
        var world = try DecisionWorld()
        world.roles.add(Self.customer, form: form)
        world.roles.assign(role, of: Self.customer, to: .person(Self.person), source: source)
        let rule = DecisionPolicy.rule("access", subjects: subjects, DecisionWorld.schema, ["ScopeAccess"])
        try world.add(DecisionWorld.schema, DecisionPolicy.policy(rule + extra, algorithm: algorithm, level: 3))
        let rights = try DelegableRights(world).rights(
            on: DecisionWorld.schema,
            of: Self.person,
            level: level,
            for: .organisation(Self.customer),
            at: DecisionWorld.now
        )
        #expect(rights.map(\.action) == ["ScopeAccess"])
        return try #require(rights.first)
    }

    private let apiadm = [(DecisionAttribute.roleCode, "APIADM")]
    private let package = [(DecisionAttribute.accessPackage, "maskinporten-scopes")]

    @Test(arguments: ["DAGL", "LEDE", "INNH", "DTSO", "DTPR", "KOMP", "BEST", "BOBE", "REPR", "KEMN"] as [RoleCode])
    func `§9-1 the ten roles that give APIADM may give it on`(role: RoleCode) throws {
        let right = try right(role, apiadm)
        #expect(right.isDelegable)
        guard case .held("access", DecisionAttribute.roleCode, "APIADM", .role(let path)) = right.ground else {
            Issue.record("\(right.ground)")
            return
        }
        #expect(path.assignment.role == role)
    }

    @Test(arguments: ["MEDL", "NEST", "VARA", "FFØR", "KOMK", "REGN", "REVI", "KONT", "KNUF"] as [RoleCode])
    func `§9-1 others may not, and are told what would do`(role: RoleCode) throws {
        let right = try right(role, apiadm)
        #expect(!right.isDelegable)
        #expect(right.ground == .missingRole(sufficient: [XACMLTargetAttribute(DecisionAttribute.roleCode, "APIADM")]))
    }

    @Test func `§9-2 KNUF of a NUF gives on only what names APIADMNUF, or the package for NUF`() throws {
        let nuf = [(DecisionAttribute.roleCode, "APIADMNUF")]
        let nufPackage = [(DecisionAttribute.accessPackage, "maskinporten-scopes-nuf")]
        #expect(try !right("KNUF", apiadm, form: "NUF").isDelegable)
        #expect(try right("KNUF", nuf, form: "NUF").isDelegable)
        #expect(try right("KNUF", apiadm + nuf, form: "NUF").isDelegable)
        #expect(try right("KNUF", nufPackage, form: "NUF").isDelegable)
        #expect(try !right("KNUF", nufPackage, form: "AS").isDelegable)
    }

    @Test func `§9-3 REPR may under APIADM, not under the package`() throws {
        #expect(try right("REPR", apiadm).isDelegable)
        #expect(try !right("REPR", package).isDelegable)
        #expect(try right("DAGL", package).isDelegable)
    }

    @Test func `a main administrator gives what he has not, by role or by package`() throws {
        let byRole = try right("HADM", apiadm, source: .given)
        #expect(byRole.isDelegable)
        guard case .mainAdministrator("access", _) = byRole.ground else {
            Issue.record("\(byRole.ground)")
            return
        }
        #expect(try right("HADM", package, source: .given).isDelegable)
        #expect(try right("HOVEDADMINISTRATOR", package, source: .given).isDelegable)
        #expect(try !right("HOVEDADMINISTRATOR", apiadm, source: .given).isDelegable)
    }

    @Test func `what only a certain party may do, no administrator gives on`() throws {
        let named = [(DecisionAttribute.organisationNumber, "\(DecisionWorld.vendor)")]
        let right = try right("HADM", named, source: .given)
        #expect(!right.isDelegable)
        #expect(right.ground == .missingRole(sufficient: []))
    }

    @Test func `access without the right to give it on is told apart`() throws {
        let accountant = [(DecisionAttribute.accessPackage, "regnskapsforer-lonn")]
        let right = try right("REGN", accountant)
        #expect(!right.isDelegable)
        #expect(
            right.ground == .notTransferable(attribute: DecisionAttribute.accessPackage, value: "regnskapsforer-lonn")
        )
    }

    @Test func `the login must reach the policy's level, also a main administrator's`() throws {
        let low = try right("DAGL", apiadm, level: 2)
        #expect(low.hasRight && !low.reachesLevel && !low.isDelegable)
        #expect(low.minimumLevel == 3)
        #expect(try right("DAGL", apiadm, level: 3).isDelegable)
        #expect(try right("DAGL", apiadm, level: 4).isDelegable)
        #expect(try !right("HADM", apiadm, source: .given, level: 2).isDelegable)
    }

    @Test func `a Deny stands, also against a main administrator`() throws {
        let deny = DecisionPolicy.rule("never", "Deny", subjects: [], DecisionWorld.schema, ["ScopeAccess"])
        let right = try right("DAGL", apiadm, extra: deny)
        #expect(!right.isDelegable)
        #expect(right.ground == .undecided(.deny, .ok))
        #expect(try !self.right("HADM", apiadm, source: .given, extra: deny).isDelegable)
    }

    @Test func `what is open to anybody is nobody's to give, but whose role a rule names`() throws {
        let open = DecisionPolicy.rule("open", subjects: [], DecisionWorld.schema, ["ScopeAccess"])
        #expect(try !right("MEDL", apiadm, extra: open).isDelegable)
        #expect(try right("MEDL", apiadm, extra: open).ground == .missingRole(sufficient: [Self.asked]))
        #expect(try right("DAGL", apiadm, extra: open).isDelegable)
        let alone = try right("DAGL", [])
        #expect(!alone.isDelegable)
        #expect(alone.ground == .missingRole(sufficient: []))
        #expect(try !right("HADM", [], source: .given).isDelegable)
    }

    @Test func `a policy that permits unless it denies lets only those give whom a rule names`() throws {
        let unless = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:permit-unless-deny"
        #expect(try !right("MEDL", apiadm, algorithm: unless).isDelegable)
        #expect(try right("MEDL", apiadm, algorithm: unless).ground == .missingRole(sufficient: [Self.asked]))
        #expect(try right("DAGL", apiadm, algorithm: unless).isDelegable)
        #expect(try right("HADM", apiadm, source: .given, algorithm: unless).isDelegable)
    }

    private static let asked = XACMLTargetAttribute(DecisionAttribute.roleCode, "APIADM")

    @Test func `§9-4 a key role in the organisation that was given APIADM is enough`() throws {
        var world = try DecisionWorld()
        let chair = PersonPseudonym.sample(42)
        let clerk = PersonPseudonym.sample(43)
        world.roles.assign("APIADM", of: Self.customer, to: .organisation(DecisionWorld.vendor), source: .given)
        world.roles.assign("LEDE", of: DecisionWorld.vendor, to: .person(chair))
        world.roles.assign("MEDL", of: DecisionWorld.vendor, to: .person(clerk))
        func isDelegable(_ person: PersonPseudonym) throws -> Bool {
            try DelegableRights(world).rights(
                on: DecisionWorld.schema,
                of: person,
                level: 3,
                for: .organisation(Self.customer),
                at: DecisionWorld.now
            ).allSatisfy(\.isDelegable)
        }
        #expect(try isDelegable(chair))
        #expect(try !isDelegable(clerk))
    }

    @Test func `a resource without a policy has no rights to give`() throws {
        let rights = try DelegableRights(try DecisionWorld()).rights(
            on: DecisionWorld.resource("acme-unknown"),
            of: DecisionWorld.director,
            level: 4,
            for: .organisation(Self.customer),
            at: DecisionWorld.now
        )
        #expect(rights.isEmpty)
    }
}
