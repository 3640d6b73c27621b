import Administration
import AuditLedger
import Delegations
import JOSE
import Organisations
import SQLiteStorage
import TestSupport
import Testing
import Vocabulary

@Suite("Acts on roles: checked, recorded, and done once")
struct RoleActsTests {
    private let world: World
    private let director = PersonPseudonym.sample(1)
    private let member = PersonPseudonym.sample(2)
    private let receiver = PersonPseudonym.sample(3)
    private let open = PersonPseudonym.sample(4)

    /// The owner has a director and a board member with numbers, and a chair of open data.
    init() throws {
        world = try World()
        let importer = SQLiteRoleImport(into: world.store) { _ in LedgerEvent(time: World.now, kind: .rolesImported) }
        try importer.begin()
        try importer.stage([
            UnitRoles(
                number: World.owner,
                roles: [
                    .init(code: "DAGL", holder: .person(director)), .init(code: "MEDL", holder: .person(member)),
                    .init(code: "LEDE", holder: .unlinkedPerson(open)),
                ]
            )
        ])
        try importer.apply(RoleImportReport(document: .wholeRegister, mode: .replace, isDryRun: false))
    }

    private func holds(
        _ role: RoleCode,
        _ party: Party,
        for organisation: OrganisationNumber = World.owner
    ) throws -> Bool {
        try world.store.read { try RoleRules($0).roles(of: party, for: organisation) }.contains { $0.role == role }
    }

    @Test func `a director gives a role to a person, which counts at once, is recorded and raises the revision`() throws
    {
        let revision = try world.revision()
        let sequence = try world.lastSequence()
        let right = ActingRight.person(director, level: 3)
        let outcome = try world.act(reason: "holiday") {
            try $0.giveRole("APIADM", for: World.owner, to: .person(receiver), by: right)
        }
        #expect(outcome.hasChanged)
        #expect(try holds("APIADM", .person(receiver)))
        #expect(try world.revision() == revision + 1)
        let event = try #require(try world.events(after: sequence).first)
        #expect(event.kind == .roleGiven && event.consumer == World.owner)
        #expect(event.details["role"]?.string == "APIADM")
        #expect(event.details["holder_person"]?.string == "\(receiver)")
        #expect(event.details["basis"]?.string == "person")
        #expect(event.details["person"]?.string == "\(director)")
        #expect(event.details["reason"]?.string == "holiday")
        // Again: nothing is done, nothing recorded.
        try world.unchanged {
            let again = try world.act {
                try $0.giveRole("APIADM", for: World.owner, to: .person(receiver), by: right)
            }
            #expect(!again.hasChanged)
        }
    }

    @Test func `the operator gives a role that no person's role stands behind`() throws {
        let sequence = try world.lastSequence()
        try world.act {
            try $0.giveRole("HADM", for: World.other, to: .organisation(World.consumer), by: .operatorsAct)
        }
        #expect(try holds("HADM", .organisation(World.consumer), for: World.other))
        #expect(try world.events(after: sequence).first?.details["basis"]?.string == "operator")
    }

    @Test func `who may not give changes nothing`() throws {
        try world.unchanged {
            #expect(throws: RoleGivingRefusal.noAccessManager(World.owner)) {
                try world.act {
                    try $0.giveRole("APIADM", for: World.owner, to: .person(receiver), by: .person(member, level: 4))
                }
            }
            #expect(throws: RoleGivingRefusal.notGivable("DAGL")) {
                try world.act { try $0.giveRole("DAGL", for: World.owner, to: .person(receiver), by: .operatorsAct) }
            }
        }
    }

    @Test func `unknown organisations are refused on either side, deleted ones warned of`() throws {
        try world.refused(.unknownOrganisation(World.stranger)) {
            try $0.giveRole("APIADM", for: World.stranger, to: .person(receiver), by: .operatorsAct)
        }
        try world.refused(.unknownOrganisation(World.stranger)) {
            try $0.giveRole("APIADM", for: World.owner, to: .organisation(World.stranger), by: .operatorsAct)
        }
        try world.refused(.unknownOrganisation(World.stranger)) {
            try $0.revokeRole("APIADM", for: World.stranger, from: .person(receiver), by: .operatorsAct)
        }
        let outcome = try world.act {
            try $0.giveRole("APIADM", for: World.owner, to: .organisation(World.deleted), by: .operatorsAct)
        }
        #expect(outcome.warnings == [.organisationDeleted(World.deleted, CalendarDate(parsing: "2026-01-31"))])
    }

    @Test func `a role is taken back by the director or its holder, and revoking it again does no harm`() throws {
        for person in [director, receiver] {
            try world.act { try $0.giveRole("UTINN", for: World.owner, to: .person(receiver), by: .operatorsAct) }
            let sequence = try world.lastSequence()
            try world.act {
                try $0.revokeRole("UTINN", for: World.owner, from: .person(receiver), by: .person(person, level: 3))
            }
            #expect(try !holds("UTINN", .person(receiver)))
            #expect(try world.events(after: sequence).map(\.kind) == [.roleRevoked])
            try world.unchanged {
                let again = try world.act {
                    try $0.revokeRole("UTINN", for: World.owner, from: .person(receiver), by: .operatorsAct)
                }
                #expect(!again.hasChanged)
            }
        }
    }

    @Test func `what the register says is not revoked`() throws {
        try world.unchanged {
            _ = try world.act {
                try $0.revokeRole("DAGL", for: World.owner, from: .person(director), by: .operatorsAct)
            }
        }
        #expect(try holds("DAGL", .person(director)))
    }

    @Test func `linking makes the role the person's, is recorded, and is undone`() throws {
        let sequence = try world.lastSequence()
        #expect(try !holds("HADM", .person(receiver)))
        #expect(try world.act { try $0.linkPerson(open, to: receiver) }.hasChanged)
        #expect(try holds("HADM", .person(receiver)))
        let again = try world.unchanged { try world.act { try $0.linkPerson(open, to: receiver) } }
        #expect(!again.hasChanged)
        #expect(try world.act { try $0.linkPerson(open, to: nil) }.hasChanged)
        #expect(try !holds("HADM", .person(receiver)))
        #expect(try world.events(after: sequence).map(\.kind) == [.personLinked, .personUnlinked])
    }

    @Test func `only a pseudonym of open data is linked, and never in a ring`() throws {
        for (pseudonym, refusal) in [
            (PersonPseudonym.sample(99), PersonLinkRefusal.unknownPseudonym),
            (director, .unknownPseudonym), (receiver, .toItself),
        ] {
            #expect(throws: refusal) { try world.act { try $0.linkPerson(pseudonym, to: receiver) } }
        }
        try world.act { try $0.linkPerson(open, to: receiver) }
        #expect(throws: PersonLinkRefusal.targetIsLinked) { try world.act { try $0.linkPerson(receiver, to: open) } }
    }
}
