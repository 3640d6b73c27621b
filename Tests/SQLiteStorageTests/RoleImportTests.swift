import Administration
import AuditLedger
import Delegations
import Foundation
import GRDB
import Organisations
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("Import of roles into the embedded database")
struct RoleImportTests {
    private let world: RoleWorld
    private let kari: NationalIdentityNumber
    private let ola: NationalIdentityNumber

    init() throws {
        world = try RoleWorld()
        kari = try RoleWorld.identity(0)
        ola = try RoleWorld.identity(1)
    }

    private var karisParty: Party { .person(world.key.pseudonym(of: kari)) }
    private var olasParty: Party { .person(world.key.pseudonym(of: ola)) }

    /// Units 0 to 9, each with Kari as managing director and unit 20 as accountant.
    private func units(_ range: Range<Int> = 0..<10, director: NationalIdentityNumber? = nil) -> [String] {
        range.map { index in
            RoleWorld.unit(
                RoleWorld.number(index),
                [
                    RoleWorld.role("DAGL", person: RoleWorld.person(director ?? kari)),
                    RoleWorld.role("REGN", unit: RoleWorld.number(20)),
                ]
            )
        }
    }

    @Test func `roles are kept by unit and found by holder`() throws {
        let report = try world.take(RoleWorld.file(units()))
        #expect(report.added == 10 && report.unitCount == 10 && report.roleCount == 20)
        #expect(
            try world.assignments(of: 3).sorted() == [
                RoleAssignment(organisation: RoleWorld.number(3), role: "DAGL", holder: karisParty),
                RoleAssignment(
                    organisation: RoleWorld.number(3),
                    role: "REGN",
                    holder: .organisation(RoleWorld.number(20))
                ),
            ]
        )
        #expect(try world.assignments(heldBy: karisParty).map(\.organisation) == (0..<10).map(RoleWorld.number))
        #expect(try world.assignments(heldBy: .organisation(RoleWorld.number(20))).allSatisfy { $0.role == "REGN" })
        #expect(try world.assignments(heldBy: .organisation(RoleWorld.number(20))).count == 10)
        #expect(try world.assignments(heldBy: olasParty).isEmpty)
    }

    @Test func `the same file again changes nothing but the ledger`() throws {
        try world.take(RoleWorld.file(units()))
        let revision = try world.register.revision()
        let entries = try world.count("ledger")
        let report = try world.take(RoleWorld.file(units()))
        #expect(report.unchanged == 10 && !report.changesAnything)
        #expect(try world.register.revision() == revision)
        #expect(try world.count("ledger") == entries + 1)
        #expect(try world.count("role_set") == 10)
        #expect(try world.count("role_holder") == 20)
    }

    @Test func `an import replaces roles, ends those it does not mention and leaves the units alone`() throws {
        try world.take(RoleWorld.file(units()))
        let revision = try world.register.revision()
        let report = try world.take(RoleWorld.file(units(0..<2) + units(2..<4, director: ola)))
        #expect(report.unchanged == 2 && report.changed == 2 && report.ended == 6)
        #expect(try world.register.revision() == revision + 1)
        #expect(try world.assignments(of: 5).isEmpty)
        #expect(try world.assignments(heldBy: olasParty).map(\.organisation) == [2, 3].map(RoleWorld.number))
        #expect(try world.assignments(heldBy: karisParty).map(\.organisation) == [0, 1].map(RoleWorld.number))
        #expect(try world.register.unit(RoleWorld.number(5))?.isLive == true)
        // Nothing useless is left behind.
        #expect(try world.count("role_set") == 4)
        #expect(try world.count("role_holder") == 8)
    }

    @Test func `update mode and the answer for one unit leave the others as they are`() throws {
        try world.take(RoleWorld.file(units()))
        #expect(try world.take(RoleWorld.file(units(0..<1, director: ola)), mode: .update).ended == 0)
        let answer = """
            {"rollegrupper":[{"type":{"kode":"DAGL"},"roller":[\(RoleWorld.role("DAGL", person: RoleWorld.person(ola)))]}],
            "_links":{"enhet":{"href":"https://data.brreg.no/enhetsregisteret/api/enheter/\(RoleWorld.number(1))"}}}
            """
        let report = try world.take(Array(answer.utf8))
        #expect(report.document == .singleUnit && report.mode == .update && report.changed == 1)
        #expect(try world.assignments(of: 1).map(\.role) == ["DAGL"])
        #expect(try world.assignments(heldBy: olasParty).count == 2)
        #expect(try world.assignments(heldBy: karisParty).count == 8)
    }

    @Test func `a file of units does not touch roles, and one of roles no units`() throws {
        try world.take(RoleWorld.file(units()))
        let ledger = try world.count("role_set")
        try world.register.take(RegisterWorld.register(of: 40, name: "NY AS"))
        #expect(try world.count("role_set") == ledger)
        #expect(try world.assignments(of: 3).count == 2)
    }

    @Test func `a file that ends roughly leaves everything as it was`() throws {
        try world.take(RoleWorld.file(units()))
        let revision = try world.register.revision()
        let cut = RoleWorld.file(units(0..<9, director: ola)).dropLast(20)
        #expect(throws: RegisterFileError.self) { try world.take(Array(cut)) }
        #expect(try world.register.revision() == revision)
        #expect(try world.count("role_set") == 10)
        #expect(try world.count("role_holder") == 20)
        #expect(try world.assignments(heldBy: olasParty).isEmpty)
    }

    @Test func `a trial run writes nothing`() throws {
        let before = try [world.count("role_set"), world.count("ledger")]
        let report = try world.take(RoleWorld.file(units()), isDryRun: true)
        #expect(report.added == 10)
        #expect(try [world.count("role_set"), world.count("ledger")] == before)
    }

    @Test func `more endings than a day can bring are refused unless allowed`() throws {
        let many = (0..<130).map { index in
            RoleWorld.unit(RoleWorld.number(index), [RoleWorld.role("DAGL", person: RoleWorld.person(kari))])
        }
        try world.take(RoleWorld.file(many))
        #expect(throws: ImportRefusal.endsTooManyRoles(ending: 101, of: 130)) {
            try world.take(RoleWorld.file(Array(many.prefix(29))))
        }
        #expect(try world.assignments(heldBy: karisParty).count == 130)
        #expect(try world.take(RoleWorld.file(Array(many.prefix(30)))).ended == 100, "a hundred is always allowed")
        #expect(try world.take(RoleWorld.file(Array(many.prefix(1))), allowsClosing: true).ended == 29)
    }

    @Test func `a unit that cannot be read keeps its roles and is listed`() throws {
        try world.take(RoleWorld.file(units()))
        var text = units()
        text[4] = text[4].replacing(kari.exposed, with: "12345678901")
        let report = try world.take(RoleWorld.file(text))
        #expect(report.malformedCount == 1)
        #expect(report.malformed.first?.number == RoleWorld.number(4))
        #expect(report.malformed.first?.reason == .identityNumber("fodselsnummer"))
        #expect(report.ended == 0)
        #expect(try world.assignments(of: 4).count == 2)
        // What was wrong with a number is told without the number.
        #expect(!report.malformed.description.contains("12345678901"))
    }

    @Test func `no file gives a role of Altinn`() throws {
        let file = RoleWorld.file([
            RoleWorld.unit(
                RoleWorld.number(0),
                ["APIADM", "HADM", "PRIV", "NEW"].map { RoleWorld.role($0, person: RoleWorld.person(kari)) }
                    + [RoleWorld.role("DAGL", person: RoleWorld.person(kari))]
            )
        ])
        let report = try world.take(file)
        #expect(report.unknownCodes == ["APIADM": 1, "HADM": 1, "PRIV": 1, "NEW": 1])
        #expect(try world.assignments(of: 0).map(\.role) == ["DAGL"])
    }

    @Test func `the ledger holds counts, and no number, name or pseudonym`() throws {
        try world.take(RoleWorld.file(units()))
        let text = try world.store.read { reader in
            try String.fetchOne(
                reader.grdb,
                sql: "SELECT kind || ' ' || CAST(body AS TEXT) FROM ledger ORDER BY sequence DESC"
            ) ?? ""
        }
        #expect(text.contains("roles_imported"))
        #expect(!text.contains(kari.exposed) && !text.contains("KARI"))
        #expect(!text.contains("\(world.key.pseudonym(of: kari))"))
    }

    @Test func `the database holds no number and no name`() throws {
        try world.take(
            RoleWorld.file(
                units() + [
                    RoleWorld.unit(RoleWorld.number(30), [RoleWorld.role("LEDE", person: RoleWorld.named("SOLVEIG"))])
                ]
            )
        )
        try world.store.close()
        let bytes = try #require(FileManager.default.contents(atPath: world.store.folder.database))
        #expect(bytes.count > 10_000)
        for text in [kari.exposed, "SOLVEIG"] {
            #expect(bytes.range(of: Data(text.utf8)) == nil, "\(text)")
        }
    }

    @Test func `an import that was killed leaves rows that mean nothing, and the next one sweeps them away`() throws {
        try world.take(RoleWorld.file(units()))
        let other = Party.organisation(RoleWorld.number(33))
        do {
            let killed = SQLiteRoleImport(into: world.store) { _ in
                LedgerEvent(time: Timestamp(seconds: 0), kind: .rolesImported)
            }
            try killed.begin()
            try killed.stage([
                UnitRoles(
                    number: RoleWorld.number(3),
                    roles: [.init(code: "REVI", holder: .organisation(RoleWorld.number(33)))]
                )
            ])
            try killed.writeWaiting()
        }
        // As though it had been killed while it added to the index.
        try world.register.execute(
            "INSERT INTO role_holder VALUES (\(RoleWorld.number(33).integer), \(RoleWorld.number(3).integer))"
        )
        #expect(try world.count("role_set") == 11)
        #expect(try world.assignments(of: 3).count == 2)
        #expect(try world.assignments(heldBy: other).isEmpty)
        #expect(try world.take(RoleWorld.file(units())).unchanged == 10)
        #expect(try world.count("role_set") == 10)
        #expect(try world.count("role_holder") == 20)
    }

    @Test func `versions that could not be removed are swept away by the next import`() throws {
        try world.take(RoleWorld.file(units()))
        try world.take(RoleWorld.file(units(0..<10, director: ola)))
        try world.register.execute("INSERT INTO role_set SELECT id - 1, x'' FROM role_set")
        try world.register.execute("UPDATE role_register SET unswept = 1")
        #expect(try world.assignments(heldBy: olasParty).count == 10)
        #expect(try world.take(RoleWorld.file(units(0..<10, director: ola))).unchanged == 10)
        #expect(try world.count("role_set") == 10)
    }

    @Test func `a second import at the same time is refused`() throws {
        let first = SQLiteRoleImport(into: world.store) { _ in
            LedgerEvent(time: Timestamp(seconds: 0), kind: .rolesImported)
        }
        try first.begin()
        #expect(throws: ImportRefusal.alreadyRunning) { try world.take(RoleWorld.file(units())) }
        try first.abandon()
        #expect(try world.take(RoleWorld.file(units())).added == 10)
    }
}
