import Administration
import Delegations
import Organisations
import TestSupport
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("Role facts in the embedded database")
struct RoleTablesTests {
    private let world: RoleWorld
    private let kari: NationalIdentityNumber

    init() throws {
        world = try RoleWorld()
        kari = try RoleWorld.identity(0)
    }

    private var karisPseudonym: PersonPseudonym { world.key.pseudonym(of: kari) }

    private func given(_ role: RoleCode, by index: Int, to holder: Party) -> RoleAssignment {
        RoleAssignment(organisation: RoleWorld.number(index), role: role, holder: holder, source: .given)
    }

    // MARK: Units

    @Test func `a unit has form, main unit and life`() throws {
        try world.register.take(RegisterWorld.array([RegisterWorld.sub(50, of: 3)]))
        #expect(
            try world.store.read { try $0.unit(RoleWorld.number(50)) }
                == Unit(number: RoleWorld.number(50), form: "BEDR", mainUnit: RoleWorld.number(3))
        )
        #expect(try world.store.read { try $0.unit(RoleWorld.number(3)) }?.mainUnit == nil)
        #expect(try world.store.read { try $0.unit(RoleWorld.number(90)) } == nil)
        try world.register.take(
            RegisterWorld.array([RegisterWorld.main(3, more: #","slettedato":"2024-05-06""#)]),
            mode: .update
        )
        let deleted = try #require(try world.store.read { try $0.unit(RoleWorld.number(3)) })
        #expect(!deleted.isLive && deleted.deleted == CalendarDate(parsing: "2024-05-06"))
    }

    @Test func `a department's parent is no main unit: its roles are its own`() throws {
        try world.register.take(
            RegisterWorld.array([
                #"""
                {"organisasjonsnummer":"\#(RoleWorld.number(51))","navn":"ETAT","organisasjonsform":{"kode":"ORGL"},\#
                "overordnetEnhet":"\#(RoleWorld.number(3))"}
                """#
            ]),
            mode: .update
        )
        #expect(try world.store.read { try $0.unit(RoleWorld.number(51)) }?.mainUnit == nil)
    }

    // MARK: Given roles

    @Test func `a role is given once, found from both sides and taken back once`() throws {
        let parties = [Party.organisation(RoleWorld.number(9)), .person(.sample(4))]
        for holder in parties {
            let assignment = given("APIADM", by: 2, to: holder)
            #expect(try world.store.transaction { try $0.give(assignment) })
            #expect(try !world.store.transaction { try $0.give(assignment) })
            #expect(try world.assignments(of: 2) == [assignment])
            #expect(try world.assignments(heldBy: holder) == [assignment])
            #expect(try world.store.transaction { try $0.revoke(assignment) })
            #expect(try !world.store.transaction { try $0.revoke(assignment) })
            #expect(try world.assignments(of: 2).isEmpty && world.assignments(heldBy: holder).isEmpty)
        }
    }

    @Test func `a role that was given stays when the register's are imported`() throws {
        let assignment = given("APIADM", by: 2, to: .person(.sample(4)))
        try world.store.transaction { _ = try $0.give(assignment) }
        try world.take(
            RoleWorld.file([
                RoleWorld.unit(RoleWorld.number(2), [RoleWorld.role("DAGL", person: RoleWorld.person(kari))])
            ])
        )
        #expect(try world.assignments(of: 2).contains(assignment))
        #expect(try world.assignments(of: 2).count == 2)
    }

    // MARK: Persons

    @Test func `a person is found by UUID and number, by a role or because somebody met them`() throws {
        let met = PersonPseudonym.sample(77)
        let holder = PersonPseudonym.sample(78)
        try world.store.transaction { transaction in
            try transaction.remember(met)
            try transaction.give(given("APIADM", by: 2, to: .person(holder)))
        }
        try world.take(
            RoleWorld.file([
                RoleWorld.unit(RoleWorld.number(2), [RoleWorld.role("DAGL", person: RoleWorld.person(kari))])
            ])
        )
        for person in [met, holder, karisPseudonym] {
            let party = Party.person(person)
            #expect(try world.store.read { try $0.party(named: party.uuid) } == party)
            #expect(try world.store.read { try $0.party(numbered: party.partyID) } == party)
            #expect(try world.store.read { try $0.knows(person) })
        }
        let stranger = Party.person(.sample(79))
        #expect(try world.store.read { try $0.party(named: stranger.uuid) } == nil)
        #expect(try world.store.read { try $0.party(numbered: stranger.partyID) } == nil)
        #expect(try !world.store.read { try $0.knows(.sample(79)) })
    }

    @Test func `an organisation is found by UUID and number without any look-up`() throws {
        let party = Party.organisation(RoleWorld.number(90))
        #expect(try world.store.read { try $0.party(named: party.uuid) } == party)
        #expect(try world.store.read { try $0.party(numbered: RoleWorld.number(90).integer) } == party)
        #expect(try world.store.read { try $0.party(numbered: 12) } == nil)
    }

    @Test func `of two persons with one number neither is found by it, and each by its UUID`() throws {
        var bytes = PersonPseudonym.sample(5).bytes
        bytes[12] ^= 0xFF
        let twin = try #require(PersonPseudonym(bytes: bytes))
        #expect(Party.person(twin).partyID == Party.person(.sample(5)).partyID)
        try world.store.transaction { transaction in
            try transaction.remember(.sample(5))
            try transaction.remember(twin)
        }
        #expect(try world.store.read { try $0.party(numbered: Party.person(twin).partyID) } == nil)
        #expect(try world.store.read { try $0.party(named: Party.person(twin).uuid) } == .person(twin))
    }

    // MARK: Open data

    @Test func `open data join nobody: the same name in two units, or two roles, is another person`() throws {
        try world.take(
            RoleWorld.file([
                RoleWorld.unit(
                    RoleWorld.number(1),
                    [
                        RoleWorld.role("DAGL", person: RoleWorld.named("KARI")),
                        RoleWorld.role("LEDE", person: RoleWorld.named("KARI")),
                    ]
                ),
                RoleWorld.unit(RoleWorld.number(2), [RoleWorld.role("DAGL", person: RoleWorld.named("KARI"))]),
            ])
        )
        let holders = try (world.assignments(of: 1) + world.assignments(of: 2)).map(\.holder)
        #expect(Set(holders).count == 3)
        for holder in holders { #expect(try world.assignments(heldBy: holder).count == 1) }
        #expect(try world.assignments(heldBy: .person(karisPseudonym)).isEmpty)
        #expect(try world.store.read { try $0.hasUnlinkedPersons(in: RoleWorld.number(1)) })
        #expect(try !world.store.read { try $0.hasUnlinkedPersons(in: RoleWorld.number(3)) })
    }

    @Test func `a link makes the role the person's, in lists and in rules, and untying takes it back`() throws {
        try world.take(
            RoleWorld.file([
                RoleWorld.unit(RoleWorld.number(1), [RoleWorld.role("DAGL", person: RoleWorld.named("KARI"))])
            ])
        )
        let open = world.key.pseudonym(
            inUnit: RoleWorld.number(1),
            role: "DAGL",
            name: "kari elg",
            birthDate: CalendarDate(parsing: "1970-01-01")
        )
        #expect(try world.store.read { try $0.isUnlinkedHolder(open) })
        #expect(try roles() == [])
        try world.store.transaction { try $0.link(open, to: karisPseudonym) }
        #expect(try roles().contains("APIADM"))
        #expect(try world.assignments(of: 1).map(\.holder) == [.person(karisPseudonym)])
        #expect(try world.assignments(heldBy: .person(karisPseudonym)).map(\.role) == ["DAGL"])
        #expect(try !world.store.read { try $0.hasUnlinkedPersons(in: RoleWorld.number(1)) })
        try world.store.transaction { try $0.link(open, to: nil) }
        #expect(try roles() == [])
    }

    private func roles() throws -> Set<RoleCode> {
        let held = try world.store.read {
            try RoleRules($0).roles(of: .person(karisPseudonym), for: RoleWorld.number(1))
        }
        return Set(held.map(\.role))
    }

    @Test func `damaged roles are a damaged database`() throws {
        for damage in ["04", "0444", "044441474C", "044441474C0100", "044441474C0900000000", "00"] {
            try world.register.execute(
                "INSERT OR REPLACE INTO role_set VALUES (\(RoleWorld.number(4).integer) << 32, x'\(damage)')"
            )
            #expect(throws: StorageError.self, "\(damage)") { try world.assignments(of: 4) }
        }
    }
}
