import Delegations
import TestSupport
import Testing
import Vocabulary

@Suite("Who has a role for an organisation: direct, by the map, by key role, from the main unit")
struct RoleRulesTests {
    private var world = InMemoryRoles()

    init() {
        world.add(Sample.a)
        world.add(Sample.b)
    }

    @Test func `a register role is held, and the Altinn roles that it gives`() throws {
        var world = world
        world.assign("DAGL", of: Sample.a, to: .person(Sample.kari))
        let codes = try world.codes(of: Sample.kari, for: Sample.a)
        #expect(codes == Set(["DAGL"] + RoleMap.altinnRoles(from: "DAGL")))
        #expect(try world.codes(of: Sample.ola, for: Sample.a).isEmpty)
        #expect(try world.codes(of: Sample.kari, for: Sample.b).isEmpty)
    }

    @Test func `the path tells the assignment and the register role that gave it`() throws {
        var world = world
        world.assign("DAGL", of: Sample.a, to: .person(Sample.kari))
        let held = try RoleRules(world).roles(of: .person(Sample.kari), for: Sample.a)
        let role = try #require(held.first { $0.role == "APIADM" })
        #expect(role.path.mappedFrom == "DAGL")
        #expect(role.path.assignment == world.assignments[0])
        #expect(role.path.keyRole == nil && role.path.mainUnit == nil)
        #expect(role.path.description == "`\(Sample.a)` has assigned `DAGL`; given by `DAGL`")
        #expect(held.first { $0.role == "DAGL" }?.path.isDirect == true)
    }

    @Test func `an organisation holds what the register assigns to it`() throws {
        var world = world
        world.assign("REGN", of: Sample.a, to: .organisation(Sample.b))
        #expect(try world.codes(of: .organisation(Sample.b), for: Sample.a) == ["REGN", "A0239", "A0240", "A0241"])
    }

    @Test func `a role that was given gives no other`() throws {
        var world = world
        world.assign("APIADM", of: Sample.a, to: .person(Sample.kari), source: .given)
        #expect(try world.codes(of: Sample.kari, for: Sample.a) == ["APIADM"])
    }

    @Test(arguments: RegisterRole.all)
    func `whoever has a key role in an organisation has what is assigned to it, nobody else`(role: RegisterRole) throws
    {
        var world = world
        world.assign("APIADM", of: Sample.a, to: .organisation(Sample.b), source: .given)
        world.assign(role.code, of: Sample.b, to: .person(Sample.kari))
        let codes = try world.codes(of: Sample.kari, for: Sample.a)
        #expect(codes == (role.isKeyRole ? ["APIADM"] : []))
    }

    @Test func `the path of a key role names both assignments, and no person`() throws {
        var world = world
        world.assign("REGN", of: Sample.a, to: .organisation(Sample.b))
        world.assign("LEDE", of: Sample.b, to: .person(Sample.kari))
        let held = try RoleRules(world).roles(of: .person(Sample.kari), for: Sample.a)
        let role = try #require(held.first { $0.role == "A0239" })
        #expect(role.path.keyRole?.role == "LEDE")
        #expect(
            role.path.description
                == "`\(Sample.a)` has assigned `REGN` to `\(Sample.b)`; a key role there: `LEDE`; given by `REGN`"
        )
    }

    @Test func `a key role reaches through one organisation, not through two`() throws {
        var world = world
        let c = Sample.organisation(9)
        world.add(c)
        world.assign("APIADM", of: Sample.a, to: .organisation(Sample.b), source: .given)
        world.assign("KOMP", of: Sample.b, to: .organisation(c))
        world.assign("DAGL", of: c, to: .person(Sample.kari))
        #expect(try world.codes(of: Sample.kari, for: Sample.a).isEmpty)
        #expect(try world.codes(of: Sample.kari, for: Sample.b).contains("KOMP"))
    }

    @Test func `an organisation has no key role in another`() throws {
        var world = world
        let c = Sample.organisation(9)
        world.add(c)
        world.assign("APIADM", of: Sample.a, to: .organisation(Sample.b), source: .given)
        world.assign("KOMP", of: Sample.b, to: .organisation(c))
        #expect(try world.codes(of: .organisation(c), for: Sample.a).isEmpty)
    }

    @Test func `a participant of an inter-municipal company has no key role in it`() throws {
        for (form, isKey) in [("IKS", false), ("DA", true)] {
            var world = world
            world.add(Sample.b, form: form)
            world.assign("APIADM", of: Sample.a, to: .organisation(Sample.b), source: .given)
            world.assign("DTPR", of: Sample.b, to: .person(Sample.kari))
            #expect(try world.codes(of: Sample.kari, for: Sample.a) == (isKey ? ["APIADM"] : []))
            // Which takes nothing from what the participant has for the company itself.
            #expect(try world.codes(of: Sample.kari, for: Sample.b).contains("APIADM"))
        }
    }

    @Test func `the head of a participating municipality does not act for the inter-municipal company`() throws {
        for (form, reaches) in [("IKS", false), ("DA", true)] {
            var world = world
            world.add(Sample.a, form: form)
            world.assign("DTPR", of: Sample.a, to: .organisation(Sample.b))
            world.assign("DAGL", of: Sample.b, to: .person(Sample.kari))
            #expect(try world.codes(of: Sample.kari, for: Sample.a).contains("DTPR") == reaches)
            #expect(try world.codes(of: .organisation(Sample.b), for: Sample.a).contains("DTPR"))
        }
    }

    @Test func `other roles of an inter-municipal company pass on as everywhere`() throws {
        var world = world
        world.add(Sample.a, form: "IKS")
        world.assign("REVI", of: Sample.a, to: .organisation(Sample.b))
        world.assign("LEDE", of: Sample.b, to: .person(Sample.kari))
        #expect(try world.codes(of: Sample.kari, for: Sample.a) == ["REVI", "A0237", "A0238"])
    }

    @Test(arguments: ["BEDR", "AAFY"])
    func `roles flow from the main unit to its sub-units of any form, never upwards`(form: String) throws {
        var world = world
        world.add(Sample.m, form: form, mainUnit: Sample.a)
        world.assign("DAGL", of: Sample.a, to: .person(Sample.kari))
        world.assign("APIADM", of: Sample.m, to: .person(Sample.ola), source: .given)
        let held = try RoleRules(world).roles(of: .person(Sample.kari), for: Sample.m)
        #expect(Set(held.map(\.role)).contains("APIADM"))
        #expect(held.allSatisfy { $0.path.mainUnit == Sample.a && !$0.path.isDirect })
        #expect(held.first?.path.description == "`\(Sample.a)` has assigned `DAGL`; main unit of `\(Sample.m)`")
        #expect(try world.codes(of: Sample.ola, for: Sample.m) == ["APIADM"])
        #expect(try world.codes(of: Sample.ola, for: Sample.a).isEmpty)
    }

    @Test func `roles do not flow between two sub-units of one main unit`() throws {
        var world = world
        let other = Sample.organisation(8)
        world.add(Sample.m, form: "BEDR", mainUnit: Sample.a)
        world.add(other, form: "BEDR", mainUnit: Sample.a)
        world.assign("APIADM", of: Sample.m, to: .person(Sample.ola), source: .given)
        #expect(try world.codes(of: Sample.ola, for: other).isEmpty)
    }

    @Test func `a key role, the main unit and the map combine`() throws {
        var world = world
        world.add(Sample.m, form: "BEDR", mainUnit: Sample.a)
        world.assign("REGN", of: Sample.a, to: .organisation(Sample.b))
        world.assign("DAGL", of: Sample.b, to: .person(Sample.kari))
        let held = try RoleRules(world).roles(of: .person(Sample.kari), for: Sample.m)
        let role = try #require(held.first { $0.role == "A0241" })
        #expect(role.path.mainUnit == Sample.a)
        #expect(role.path.keyRole?.organisation == Sample.b)
        #expect(role.path.mappedFrom == "REGN")
    }

    @Test func `nobody has a role for a deleted or unknown organisation`() throws {
        var world = world
        world.assign("DAGL", of: Sample.a, to: .person(Sample.kari))
        world.add(Sample.a, isLive: false)
        #expect(try world.codes(of: Sample.kari, for: Sample.a).isEmpty)
        world.units[Sample.a] = nil
        #expect(try world.codes(of: Sample.kari, for: Sample.a).isEmpty)
    }

    @Test func `a sub-unit ends with its main unit`() throws {
        var world = world
        world.add(Sample.m, form: "BEDR", mainUnit: Sample.a)
        world.assign("APIADM", of: Sample.m, to: .person(Sample.ola), source: .given)
        world.add(Sample.a, isLive: false)
        #expect(try world.codes(of: Sample.ola, for: Sample.m).isEmpty)
    }

    @Test func `a deleted organisation's managers act for nobody`() throws {
        var world = world
        world.assign("APIADM", of: Sample.a, to: .organisation(Sample.b), source: .given)
        world.assign("LEDE", of: Sample.b, to: .person(Sample.kari))
        world.add(Sample.b, isLive: false)
        #expect(try world.codes(of: Sample.kari, for: Sample.a).isEmpty)
    }
}

@Suite("Who has a role for a private person")
struct PersonRolesTests {
    private let today = CalendarDate(daysSinceEpoch: 20_000)

    private func world(form: String = "ENK", deleted: CalendarDate? = nil) -> InMemoryRoles {
        var world = InMemoryRoles()
        world.units[Sample.a] = Unit(number: Sample.a, form: form, deleted: deleted)
        world.add(Sample.b)
        world.assign("INNH", of: Sample.a, to: .person(Sample.kari))
        world.assign("REGN", of: Sample.a, to: .organisation(Sample.b))
        world.assign("FFØR", of: Sample.a, to: .organisation(Sample.m))
        world.assign("DAGL", of: Sample.b, to: .person(Sample.ola))
        return world
    }

    private func codes(of party: Party, in world: InMemoryRoles) throws -> Set<RoleCode> {
        Set(try RoleRules(world).roles(of: party, forPerson: Sample.kari, on: today).map(\.role))
    }

    @Test func `a person has its own roles`() throws {
        let codes = try codes(of: .person(Sample.kari), in: InMemoryRoles())
        #expect(codes == Set(["PRIV"] + RoleMap.altinnRoles(from: "PRIV")))
        #expect(codes.count == 16)
    }

    @Test func `the accountant of a sole proprietorship reaches its owner, and so do the accountant's managers`() throws
    {
        #expect(try codes(of: .organisation(Sample.b), in: world()) == ["REGN", "A0239", "A0240", "A0241"])
        #expect(try codes(of: .person(Sample.ola), in: world()) == ["REGN", "A0239", "A0240", "A0241"])
    }

    @Test func `other relations, and other forms, do not reach the owner`() throws {
        #expect(try codes(of: .organisation(Sample.m), in: world()).isEmpty)
        #expect(try codes(of: .organisation(Sample.b), in: world(form: "DA")).isEmpty)
    }

    @Test func `the reach ends two years after the deletion`() throws {
        let last = CalendarDate(daysSinceEpoch: today.daysSinceEpoch - 729)
        let over = CalendarDate(daysSinceEpoch: today.daysSinceEpoch - 730)
        #expect(try codes(of: .organisation(Sample.b), in: world(deleted: last)).contains("REGN"))
        #expect(try codes(of: .organisation(Sample.b), in: world(deleted: over)).isEmpty)
        var world = world()
        world.add(Sample.a, form: "ENK", isLive: false)
        #expect(try codes(of: .organisation(Sample.b), in: world).isEmpty, "the day is unknown")
    }
}
