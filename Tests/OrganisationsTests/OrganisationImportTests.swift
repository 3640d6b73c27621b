import Organisations
import Testing
import Vocabulary

@Suite("DESIGN §5: an import is all of the file or nothing")
struct OrganisationImportTests {
    let register = InMemoryRegister()

    // MARK: Replacing

    @Test func `a first import adds all units`() throws {
        let report = try register.take(Samples.register(of: 5), batchSize: 2)
        #expect(report.counts == Counts(added: 5))
        #expect(report.kinds == [.mainUnit])
        #expect(report.document == .wholeRegister)
        #expect(report.mode == .replace)
        #expect(report.unitCount == 5)
        #expect(report.byteCount == Int64(Samples.register(of: 5).utf8.count))
        #expect(report.duration > .zero)
        #expect(register.units.count == 5)
        #expect(register.reports == [report])
        #expect(register.revision == 1)
    }

    @Test func `the same import again changes nothing, not even the revision`() throws {
        try register.take(Samples.register(of: 5))
        let before = register.units
        let report = try register.take(Samples.register(of: 5))
        #expect(report.counts == Counts(unchanged: 5))
        #expect(!report.changesAnything)
        #expect(register.units == before)
        #expect(register.stagedCount == 5)
        #expect(register.revision == 1)
    }

    @Test func `what differs is changed, and nothing else is written`() throws {
        try register.take(Samples.register(of: 3))
        let text = Samples.array([
            Samples.main(Samples.number(at: 0)), Samples.main(Samples.number(at: 1), more: #","konkurs":true"#),
            Samples.main(Samples.number(at: 2)),
        ])
        let report = try register.take(text)
        #expect(report.counts == Counts(changed: 1, unchanged: 2))
        #expect(register.units[Samples.number(at: 1)]?.distress.bankrupt == true)
        #expect(register.stagedCount == 4)
    }

    @Test func `a unit that is missing from a whole register is marked as deleted and keeps its name`() throws {
        try register.take(Samples.register(of: 3))
        let report = try register.take(Samples.register(of: 2))
        #expect(report.counts == Counts(unchanged: 2, closed: 1))
        let unit = try #require(register.units[Samples.number(at: 2)])
        #expect(!unit.isLive)
        #expect(unit.isDeleted)
        #expect(unit.deleted == nil)
        #expect(unit.name == "RASK ELG AS")
    }

    @Test func `a unit that comes back lives again`() throws {
        try register.take(Samples.register(of: 3))
        try register.take(Samples.register(of: 2))
        let report = try register.take(Samples.register(of: 3))
        #expect(report.counts == Counts(changed: 1, unchanged: 2))
        #expect(register.units[Samples.number(at: 2)]?.isLive == true)
    }

    @Test func `one kind replaces itself only, whatever the order of the kinds`() throws {
        try register.take(Samples.array([Samples.sub()]))
        try register.take(Samples.array([Samples.main(), Samples.main(Samples.number(at: 1))]))
        #expect(register.units[Samples.subNumber]?.isLive == true)
        let report = try register.take(Samples.array([Samples.sub(Samples.number(at: 9))]))
        #expect(report.kinds == [.subUnit])
        #expect(report.counts == Counts(added: 1, closed: 1))
        #expect(register.units[Samples.mainNumber]?.isLive == true)
    }

    @Test func `a deletion that the file states keeps what was known, and is a closing only once`() throws {
        try register.take(Samples.array([Samples.main(more: #","stiftelsesdato":"1972-09-18""#)]))
        let text = Samples.array([Samples.deleted(Samples.mainNumber), Samples.main(Samples.number(at: 1))])
        #expect(try register.take(text).counts == Counts(added: 1, closed: 1))
        let unit = try #require(register.units[Samples.mainNumber])
        #expect(unit.deleted == Samples.day("2024-02-29"))
        #expect(unit.founded == Samples.day("1972-09-18"))
        #expect(try register.take(text).counts == Counts(unchanged: 2))
        // It was deleted already when it went missing.
        #expect(try register.take(Samples.array([Samples.main(Samples.number(at: 1))])).counts == Counts(unchanged: 1))
    }

    @Test func `the day of a deletion is learnt later`() throws {
        try register.take(Samples.register(of: 2))
        try register.take(Samples.register(of: 1))
        let report = try register.take(Samples.deleted(Samples.number(at: 1)))
        #expect(report.counts == Counts(changed: 1))
        #expect(register.units[Samples.number(at: 1)]?.deleted == Samples.day("2024-02-29"))
        #expect(register.units[Samples.number(at: 1)]?.isDeleted == false)
    }

    @Test func `an unknown unit that is deleted already is added as such`() throws {
        let report = try register.take(Samples.array([Samples.deleted(Samples.mainNumber)]))
        #expect(report.counts == Counts(added: 1))
        #expect(register.units[Samples.mainNumber]?.isLive == false)
    }

    @Test func `a purged unit stays purged when the register says again that it is deleted`() throws {
        try register.take(Samples.register(of: 1))
        var purged = Organisation(
            number: Samples.number(at: 0),
            kind: .mainUnit,
            name: "",
            form: .init(code: "", description: nil)
        )
        purged.isPurged = true
        try register.begin()
        try register.stage(added: [], changed: [purged])
        try register.apply(ImportReport(document: .singleUnit, mode: .update, isDryRun: false))
        #expect(try register.take(Samples.deleted(Samples.number(at: 0))).counts == Counts(unchanged: 1))
        #expect(register.units[Samples.number(at: 0)] == purged)
    }

    @Test func `a file of both kinds is refused, and may be an update`() throws {
        let text = Samples.array([Samples.main(), Samples.sub()])
        let position = RegisterPosition(index: 1, offset: Int64(Samples.main().utf8.count + 3))
        #expect(throws: RegisterFileError.mixedKinds(file: .mainUnit, unit: .subUnit, at: position)) {
            try register.take(text)
        }
        #expect(register.units.isEmpty)
        let report = try register.take(text, mode: .update)
        #expect(report.counts == Counts(added: 2))
        #expect(report.kinds == [.mainUnit, .subUnit])
    }

    // MARK: Updating

    @Test func `an update adds and changes, and leaves alone what it does not name`() throws {
        try register.take(Samples.register(of: 3))
        let text = Samples.array([
            Samples.main(Samples.number(at: 1), name: "LUR ELG AS"), Samples.main(Samples.number(at: 7)),
        ])
        let report = try register.take(text, mode: .update)
        #expect(report.counts == Counts(added: 1, changed: 1))
        #expect(report.mode == .update)
        #expect(register.units.values.count { $0.isLive } == 4)
    }

    @Test func `an update closes a unit that it says is deleted`() throws {
        try register.take(Samples.register(of: 3))
        let report = try register.take(Samples.array([Samples.deleted(Samples.number(at: 1))]), mode: .update)
        #expect(report.counts == Counts(closed: 1))
    }

    @Test func `a single unit and a page of a search never replace, whatever was asked`() throws {
        try register.take(Samples.register(of: 3))
        #expect(try register.take(Samples.main(Samples.number(at: 7))).mode == .update)
        let page = #"{"_embedded":{"enheter":[\#(Samples.main(Samples.number(at: 8)))]},"page":{}}"#
        let report = try register.take(page)
        #expect(report.mode == .update)
        #expect(report.document == .searchPage)
        #expect(register.units.values.count { $0.isLive } == 5)
    }

    // MARK: Trying

    @Test func `a dry run counts as the import would, and writes nothing`() throws {
        try register.take(Samples.register(of: 3))
        let text = Samples.array([
            Samples.main(Samples.number(at: 0), name: "LUR ELG AS"), Samples.main(Samples.number(at: 7)), "{}",
        ])
        let before = register.units
        var trial = try register.take(text, isDryRun: true)
        #expect(trial.isDryRun)
        #expect(trial.counts == Counts(added: 1, changed: 1, closed: 2, malformed: 1))
        #expect(register.units == before)
        #expect(register.begins == 1)
        #expect(register.reports.count == 1)
        let report = try register.take(text)
        trial.isDryRun = false
        trial.duration = report.duration
        #expect(trial == report)
    }

    // MARK: Closings

    @Test func `up to 100 units may be closed, however small the register`() throws {
        try register.take(Samples.register(of: 101))
        #expect(try register.take(Samples.register(of: 1)).closed == 100)
    }

    @Test func `more than 100 and more than 5 percent are too many`() throws {
        try register.take(Samples.register(of: 102))
        let before = register.units
        #expect(throws: ImportRefusal.closesTooMany(kind: .mainUnit, closing: 101, of: 102)) {
            try register.take(Samples.register(of: 1))
        }
        #expect(register.units == before)
        #expect(register.abandons == 1)
        #expect(throws: ImportRefusal.closesTooMany(kind: .mainUnit, closing: 101, of: 102)) {
            try register.take(Samples.register(of: 1), isDryRun: true)
        }
        #expect(try register.take(Samples.register(of: 1), allowsClosing: true).closed == 101)
    }

    @Test func `5 percent may be closed, one more may not`() throws {
        try register.take(Samples.register(of: 2_040))
        #expect(throws: ImportRefusal.closesTooMany(kind: .mainUnit, closing: 103, of: 2_040)) {
            try register.take(Samples.register(of: 1_937))
        }
        #expect(try register.take(Samples.register(of: 1_938)).closed == 102)
    }

    @Test func `closings that the file states count with the missing ones, in an update too`() throws {
        try register.take(Samples.register(of: 200))
        let deleted = (0..<60).map { Samples.deleted(Samples.number(at: $0)) }
        let live = (60..<150).map { Samples.main(Samples.number(at: $0)) }
        #expect(throws: ImportRefusal.closesTooMany(kind: .mainUnit, closing: 110, of: 200)) {
            try register.take(Samples.array(deleted + live))
        }
        let many = (0..<101).map { Samples.deleted(Samples.number(at: $0)) }
        #expect(throws: ImportRefusal.closesTooMany(kind: .mainUnit, closing: 101, of: 200)) {
            try register.take(Samples.array(many), mode: .update)
        }
        #expect(try register.take(Samples.array(deleted), mode: .update).closed == 60)
    }

    @Test func `only live units of the file's kind count towards the 5 percent`() throws {
        try register.take(Samples.array((0..<3_000).map { Samples.sub(Samples.number(at: 10_000 + $0)) }))
        try register.take(Samples.register(of: 200))
        #expect(throws: ImportRefusal.closesTooMany(kind: .mainUnit, closing: 101, of: 200)) {
            try register.take(Samples.register(of: 99))
        }
    }

    // MARK: Malformed units and broken files

    @Test func `malformed units are listed and do not stop the rest`() throws {
        let text = Samples.array([
            Samples.main(), "{}", Samples.main(Samples.number(at: 1)), #"{"organisasjonsnummer":"1"}"#,
        ])
        let report = try register.take(text, batchSize: 1)
        #expect(report.counts == Counts(added: 2, malformed: 2))
        #expect(report.malformed.map(\.position.index) == [1, 3])
        #expect(
            report.malformed.map(\.reason) == [.missing("organisasjonsnummer"), .number("organisasjonsnummer", .form)]
        )
    }

    @Test func `a unit that cannot be read this time stays as it is`() throws {
        try register.take(Samples.register(of: 4))
        let text = Samples.array([
            Samples.main(Samples.number(at: 0)), Samples.main(Samples.number(at: 1), more: #","konkurs":"ja""#),
            #"{"navn":nope,"organisasjonsnummer" : "\#(Samples.number(at: 2))"}"#,
        ])
        let report = try register.take(text)
        // The fourth is missing; the two that are mentioned are not.
        #expect(report.counts == Counts(unchanged: 1, closed: 1, malformed: 2))
        #expect(register.units[Samples.number(at: 1)]?.isLive == true)
        #expect(register.units[Samples.number(at: 2)]?.isLive == true)
    }

    @Test func `only the first thousand malformed units are named, all are counted`() throws {
        let text = Samples.array([Samples.main()] + Array(repeating: "{}", count: ImportReport.malformedListed + 1))
        let report = try register.take(text)
        #expect(report.malformedCount == ImportReport.malformedListed + 1)
        #expect(report.malformed.count == ImportReport.malformedListed)
        #expect(report.malformed.last?.position.index == ImportReport.malformedListed)
    }

    @Test func `when nothing could be read the import fails`() throws {
        try register.take(Samples.register(of: 3))
        let fault = MalformedUnit(
            position: RegisterPosition(index: 0, offset: 1),
            number: nil,
            reason: .missing("organisasjonsnummer")
        )
        #expect(throws: RegisterFileError.nothingReadable(count: 1, first: [fault])) { try register.take("[{}]") }
        #expect(throws: RegisterFileError.noUnits) { try register.take("[]") }
        #expect(register.units.values.allSatisfy { $0.isLive })
    }

    @Test func `a truncated file changes nothing, however much of it was read`() throws {
        try register.take(Samples.register(of: 3))
        let before = register.units
        let text = Samples.array((0..<50).map { Samples.main(Samples.number(at: $0), name: "LUR ELG AS") })
        let cut = String(text.dropLast(20))
        #expect(throws: RegisterFileError.truncated(at: Int64(cut.utf8.count))) {
            try register.take(cut, batchSize: 5)
        }
        #expect(throws: RegisterFileError.gzip(.truncated)) {
            let packed = Samples.gzip(Array(text.utf8)).dropLast(1)
            try OrganisationImport(mode: .replace, batchSize: 5).run(MemoryByteSource(Array(packed)), into: register)
        }
        #expect(register.units == before)
        #expect(register.revision == 1)
        #expect(register.abandons == 2)
        // Units were staged, so it was the abandoning that kept them out.
        #expect(register.stagedCount > 3)
    }

    @Test func `a store that fails in the middle changes nothing, and the next import goes through`() throws {
        try register.take(Samples.register(of: 3))
        register.failsAtStage = 2
        #expect(throws: InMemoryRegister.Broken.self) { try register.take(Samples.register(of: 50), batchSize: 10) }
        #expect(register.units.count == 3)
        register.failsAtStage = nil
        #expect(try register.take(Samples.register(of: 50)).added == 47)
    }

    @Test func `a second import at the same time is refused and leaves the first alone`() throws {
        try register.begin()
        #expect(throws: ImportRefusal.alreadyRunning) { try register.take(Samples.register(of: 3)) }
        #expect(register.abandons == 0)
    }

    @Test func `progress rises with the file`() throws {
        var seen: [ImportProgress] = []
        let text = Samples.register(of: 10)
        _ = try OrganisationImport(mode: .replace, batchSize: 4).run(
            MemoryByteSource(Array(text.utf8), chunkSize: 100),
            into: register
        ) { seen.append($0) }
        #expect(seen.map(\.units) == seen.map(\.units).sorted())
        #expect(seen.last?.units == 10)
        #expect(seen.count > 2)
        #expect(seen.map(\.bytesTaken) == seen.map(\.bytesTaken).sorted())
        #expect(seen.last?.bytesTaken == Int64(text.utf8.count))
    }
}
