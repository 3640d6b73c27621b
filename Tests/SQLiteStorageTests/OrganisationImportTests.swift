import Foundation
import Organisations
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("The register in SQLite: imports")
struct SQLiteOrganisationImportTests {
    let world: RegisterWorld

    init() throws { world = try RegisterWorld() }

    @Test func `an import raises the revision once and stands in the ledger`() throws {
        let before = try world.revision()
        let report = try world.take(RegisterWorld.register(of: 50), batchSize: 7)
        #expect(report.added == 50)
        #expect(try world.revision() == before + 1)
        #expect(try world.count("ledger") == 1)
        #expect(try !world.isUnswept())
    }

    @Test func `the same import again is recorded and changes nothing, not even the revision`() throws {
        try world.take(RegisterWorld.register(of: 50))
        let revision = try world.revision()
        let report = try world.take(RegisterWorld.register(of: 50))
        #expect(report.unchanged == 50)
        #expect(!report.changesAnything)
        #expect(try world.revision() == revision)
        #expect(try world.count("organisation") == 50)
        #expect(try world.count("ledger") == 2)
        #expect(try !world.isUnswept())
    }

    @Test func `changes and closings take the place of what was there`() throws {
        try world.take(RegisterWorld.register(of: 50))
        let units = (0..<40).map { RegisterWorld.main($0, name: $0 < 5 ? "LUR ELG AS" : "RASK ELG AS") }
        let report = try world.take(RegisterWorld.array(units), batchSize: 3)
        #expect(report.changed == 5)
        #expect(report.closed == 10)
        #expect(try world.unit(RegisterWorld.number(4))?.name == "LUR ELG AS")
        #expect(try world.unit(RegisterWorld.number(45))?.isLive == false)
        // One version of each is left.
        #expect(try world.count("organisation") == 50)
        #expect(try !world.isUnswept())
    }

    @Test func `one kind replaces itself only`() throws {
        try world.take(RegisterWorld.array((10..<20).map { RegisterWorld.sub($0, of: 0) }))
        try world.take(RegisterWorld.register(of: 5))
        let report = try world.take(RegisterWorld.register(of: 4))
        #expect(report.closed == 1)
        #expect(try (10..<20).allSatisfy { try world.unit(RegisterWorld.number($0))?.isLive == true })
    }

    @Test func `live units are counted over many pages and versions`() throws {
        try world.take(RegisterWorld.array((0..<300).map { RegisterWorld.main($0) }))
        try world.take(RegisterWorld.array((0..<250).map { RegisterWorld.main($0) }))
        let act = world.importer()
        try act.begin()
        var purged = try #require(try world.unit(RegisterWorld.number(7)))
        purged.isPurged = true
        try act.stage(added: [], changed: [purged])
        var numbers: [OrganisationNumber] = []
        while true {
            let page = try act.liveNumbers(of: .mainUnit, after: numbers.last, limit: 7)
            guard !page.isEmpty else { break }
            numbers += page
        }
        #expect(numbers == (0..<250).map(RegisterWorld.number))
        try act.abandon()
    }

    @Test func `who stands below whom follows a unit that moves, in the same import as its new parent`() throws {
        func below(_ index: Int) throws -> [OrganisationNumber] {
            try world.store.read { try $0.organisations(below: RegisterWorld.number(index), limit: 10).map(\.number) }
        }
        try world.take(RegisterWorld.register(of: 2))
        try world.take(RegisterWorld.array((10..<13).map { RegisterWorld.sub($0, of: 0) }), batchSize: 2)
        #expect(try below(0) == (10..<13).map(RegisterWorld.number))
        let moved = [RegisterWorld.sub(10, of: 0), RegisterWorld.sub(11, of: 1), RegisterWorld.sub(12, of: 1)]
        #expect(try world.take(RegisterWorld.array(moved)).changed == 2)
        #expect(try below(0) == [RegisterWorld.number(10)])
        #expect(try below(1) == [RegisterWorld.number(11), RegisterWorld.number(12)])
    }

    @Test func `a made-up register comes in whole, and a second time changes nothing`() throws {
        let register = SyntheticRegister(seed: 7, mainUnits: 1_500, subUnits: 1_000)
        for (kind, count) in [(Organisation.Kind.mainUnit, 1_500), (.subUnit, 1_000)] {
            var text: [UInt8] = []
            try register.write(kind) { text += $0 }
            let first = try OrganisationImport(mode: .replace, batchSize: 100)
                .run(MemoryByteSource(text), into: world.importer())
            #expect(first.added == count)
            let second = try OrganisationImport(mode: .replace).run(MemoryByteSource(text), into: world.importer())
            #expect(second.unchanged == count)
            #expect(!second.changesAnything)
        }
        #expect(try world.count("organisation") == 2_500)
        #expect(try !world.isUnswept())
    }

    // MARK: All or nothing

    @Test func `what is staged is seen by nobody before it is applied, and then by all`() throws {
        try world.take(RegisterWorld.register(of: 3))
        let other = try SQLiteStore(world.folder, opening: .requireCurrent)
        let act = world.importer()
        let known = try #require(try world.unit(RegisterWorld.number(1)))
        var changed = known
        changed.name = "LUR ELG AS"
        let added = Organisation(
            number: RegisterWorld.number(9),
            kind: .mainUnit,
            name: "NY AS",
            form: .init(code: "AS", description: nil)
        )
        try act.begin()
        try act.stage(added: [added], changed: [changed])
        for store in [world.store, other] {
            #expect(try store.read { try $0.organisation(changed.number) } == known)
            #expect(try store.read { try $0.organisation(added.number) } == nil)
            #expect(try store.read { try $0.standing(of: added.number) } == nil)
        }
        #expect(try act.units([changed.number, added.number]) == [changed.number: known])
        let revision = try world.revision()
        try act.apply(ImportReport(document: .wholeRegister, mode: .update, isDryRun: false))
        for store in [world.store, other] {
            #expect(try store.read { try $0.organisation(changed.number) } == changed)
            #expect(try store.read { try $0.organisation(added.number) } == added)
        }
        #expect(try world.revision() == revision + 1)
        try other.close()
    }

    @Test func `a truncated file leaves the tables as they were`() throws {
        try world.take(RegisterWorld.register(of: 20))
        let revision = try world.revision()
        let text = RegisterWorld.register(of: 40, name: "LUR ELG AS").dropLast(10)
        #expect(throws: RegisterFileError.truncated(at: Int64(text.utf8.count))) {
            try world.take(String(text), batchSize: 5)
        }
        #expect(try world.revision() == revision)
        #expect(try world.count("organisation") == 20)
        #expect(try world.count("ledger") == 1)
        #expect(try world.unit(RegisterWorld.number(3))?.name == "RASK ELG AS")
        #expect(try world.unit(RegisterWorld.number(30)) == nil)
        #expect(try !world.isUnswept())
    }

    @Test func `too many closings leave the tables as they were`() throws {
        try world.take(RegisterWorld.register(of: 102))
        #expect(throws: ImportRefusal.closesTooMany(kind: .mainUnit, closing: 101, of: 102)) {
            try world.take(RegisterWorld.register(of: 1))
        }
        #expect(try (0..<102).allSatisfy { try world.unit(RegisterWorld.number($0))?.isLive == true })
        #expect(try world.take(RegisterWorld.register(of: 1), allowsClosing: true).closed == 101)
    }

    @Test func `an import that was killed leaves rows that mean nothing, and the next one sweeps them away`() throws {
        try world.take(RegisterWorld.register(of: 20))
        do {
            // Begun, staged, and then neither applied nor abandoned; its lock goes with it.
            let killed = world.importer()
            try killed.begin()
            var unit = try #require(try world.unit(RegisterWorld.number(3)))
            unit.name = "HALV AS"
            let added = Organisation(
                number: RegisterWorld.number(30),
                kind: .mainUnit,
                name: "HALV AS",
                form: .init(code: "AS", description: nil)
            )
            try killed.stage(added: [added], changed: [unit])
            try killed.writeWaiting()
        }
        #expect(try world.isUnswept())
        #expect(try world.count("organisation") == 22)
        #expect(try world.unit(RegisterWorld.number(3))?.name == "RASK ELG AS")
        let report = try world.take(RegisterWorld.register(of: 20))
        #expect(report.unchanged == 20)
        #expect(try world.count("organisation") == 20)
        #expect(try world.unit(RegisterWorld.number(30)) == nil)
    }

    @Test func `replaced versions that could not be removed are swept away by the next import`() throws {
        try world.take(RegisterWorld.register(of: 20, name: "FØR AS"))
        try world.take(RegisterWorld.register(of: 20, name: "NÅ AS"))
        // Killed between applying and removing: the versions of generation 1 still stand behind those of 2.
        try world.execute(
            """
            INSERT INTO organisation (id, record) SELECT id - 1, x'00' FROM organisation
            """
        )
        try world.execute("UPDATE organisation_register SET unswept = 1")
        #expect(try world.count("organisation") == 40)
        #expect(try world.unit(RegisterWorld.number(3))?.name == "NÅ AS")
        #expect(try world.take(RegisterWorld.register(of: 20, name: "NÅ AS")).unchanged == 20)
        #expect(try world.count("organisation") == 20)
        #expect(try world.unit(RegisterWorld.number(3))?.name == "NÅ AS")
    }

    @Test func `a second import at the same time is refused`() throws {
        let first = world.importer()
        try first.begin()
        #expect(throws: ImportRefusal.alreadyRunning) { try world.take(RegisterWorld.register(of: 3)) }
        try first.abandon()
        #expect(try world.take(RegisterWorld.register(of: 3)).added == 3)
    }
}
