import Foundation
import GRDB
import Organisations
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("The index of names")
struct OrganisationNameTests {
    private let world: RegisterWorld

    init() throws { world = try RegisterWorld() }

    private var index: SQLiteOrganisationNameIndex { SQLiteOrganisationNameIndex(in: world.store) }

    private func search(
        _ text: String,
        kind: Organisation.Kind? = nil,
        limit: Int = 20
    ) throws -> OrganisationNameResult {
        try world.store.read { try $0.organisations(named: OrganisationNameQuery(text, kind: kind, limit: limit)) }
    }

    /// The names found, or the numbers of units where names do not tell them apart.
    private func names(_ text: String, kind: Organisation.Kind? = nil) throws -> [String] {
        try search(text, kind: kind).hits.map(\.unit.name)
    }

    private func importNames(_ names: [String]) throws {
        try world.take(RegisterWorld.array(names.enumerated().map { RegisterWorld.main($0.offset, name: $0.element) }))
    }

    // MARK: Finding

    @Test func `case, marks and unfinished words do not matter, and letters that are others do`() throws {
        try importNames(["SJOKOLADE AS", "ÅL OG ÆRLIG AS", "AL AS", "BJØRN É CAFÉ ANS", "BJORN AS"])
        try index.catchUp()
        #expect(try names("sjokolade as") == ["SJOKOLADE AS"])
        #expect(try names("Sjok") == ["SJOKOLADE AS"])
        // The very letters come first.
        #expect(try names("ål") == ["ÅL OG ÆRLIG AS", "AL AS"] || names("ål") == ["AL AS", "ÅL OG ÆRLIG AS"])
        #expect(try names("al as") == ["AL AS", "ÅL OG ÆRLIG AS"])
        #expect(try names("ærl") == ["ÅL OG ÆRLIG AS"])
        #expect(try names("aerlig") == [])
        #expect(try names("cafe") == ["BJØRN É CAFÉ ANS"])
        #expect(try names("bjørn") == ["BJØRN É CAFÉ ANS"])
        #expect(try names("bjorn") == ["BJORN AS"])
    }

    @Test func `the name itself comes first, then what begins so, then what holds the words, shorter names first`()
        throws
    {
        try importNames([
            "NORDISK ELG OG REV AS", "GAMLE ELG OG REV AS", "ELG OG REVESKINN AS", "ELG OG REV HOLDING AS",
            "ELG OG REV",
            "REV OG ELG AS",
        ])
        try index.catchUp()
        #expect(
            try names("elg og rev") == [
                "ELG OG REV", "ELG OG REV HOLDING AS", "ELG OG REVESKINN AS", "REV OG ELG AS", "GAMLE ELG OG REV AS",
                "NORDISK ELG OG REV AS",
            ]
        )
        let two = try search("elg og rev", limit: 2)
        #expect(two.hits.map(\.unit.name) == ["ELG OG REV", "ELG OG REV HOLDING AS"])
        #expect(two.hits.map(\.match) == [.exact, .beginsWithWords])
        #expect(two.hasMore)
        #expect(try !search("elg og rev", limit: 6).hasMore)
    }

    @Test func `the same letters come before those that only look alike`() throws {
        try importNames(["AL AS", "ÅL AS"])
        try index.catchUp()
        #expect(try names("ål as") == ["ÅL AS", "AL AS"])
        #expect(try names("al as") == ["AL AS", "ÅL AS"])
    }

    @Test func `deleted units come last and say so, purged ones are not found`() throws {
        let deleted = RegisterWorld.main(0, name: "ELG", more: #","slettedato":"2024-02-29""#)
        try world.take(RegisterWorld.array([deleted, RegisterWorld.main(1, name: "ELG OG REV AS")]))
        try index.catchUp()
        let found = try search("elg").hits
        #expect(found.map(\.unit.name) == ["ELG OG REV AS", "ELG"])
        #expect(found.last?.standing.impediment == .deleted(CalendarDate(parsing: "2024-02-29")))
        try world.store.transaction { transaction in
            var unit = try #require(try transaction.organisation(RegisterWorld.number(1)))
            let before = unit
            unit.isPurged = true
            unit.name = ""
            try transaction.grdb.execute(
                sql: "UPDATE organisation SET record = ? WHERE id >> 32 = ?",
                arguments: [Data(OrganisationRecord(unit).bytes), unit.number.integer]
            )
            try transaction.noteReplaced(unit, knownAs: before, at: Timestamp(seconds: 1_700_000_000))
        }
        // Even before the index knows of it.
        #expect(try names("elg og rev") == [])
        #expect(try !search("elg").isComplete)
        try index.catchUp()
        #expect(try search("elg").isComplete)
        #expect(try world.count("organisation_name") == 1)
    }

    @Test func `kinds are told apart, and a sub-unit shows its main unit's state`() throws {
        try world.take(RegisterWorld.array([RegisterWorld.main(0, name: "AVD HOLDING AS")]))
        try world.take(RegisterWorld.array([RegisterWorld.sub(1, of: 0)]))
        try index.catchUp()
        #expect(try names("avd") == ["AVD", "AVD HOLDING AS"])
        #expect(try names("avd", kind: .mainUnit) == ["AVD HOLDING AS"])
        #expect(try names("avd", kind: .subUnit) == ["AVD"])
    }

    @Test func `earlier names and places are found, after names`() throws {
        let renamed = RegisterWorld.main(
            0,
            name: "RASK REV AS",
            more: #","historiskeNavn":[{"navn":"LUR ELG AS","fraDato":"1999-01-02"}]"#
        )
        let placed = RegisterWorld.main(
            1,
            name: "GAUPE AS",
            more: #","forretningsadresse":{"poststed":"ELG","kommunenummer":"1103","landkode":"NO"}"#
        )
        try world.take(RegisterWorld.array([renamed, placed, RegisterWorld.main(2, name: "EN ELG AS")]))
        try index.catchUp()
        #expect(try names("elg") == ["EN ELG AS", "GAUPE AS", "RASK REV AS"])
        #expect(try search("lur elg").hits.map(\.match) == [.elsewhere])
        #expect(try names("gaupe 1103") == ["GAUPE AS"])
    }

    @Test(arguments: [
        "\"", "*", "a*", "elg\"", "elg AND", "NOT elg", "elg OR (", "name : elg", "^elg", "{name} : x",
        "NEAR(elg rev, 3)",
        "elg-rev", "- elg", "elg; DROP TABLE organisation", "''", "\u{0}", "elg\u{0}rev", "\u{301}", "e\u{301}lg", "😀",
        "",
        "   ", "+", ":", "a + b", String(repeating: "elg ", count: 500), String(repeating: "e", count: 10_000),
    ])
    func `nothing that is typed is an error`(text: String) throws {
        try importNames(["ELG AS"])
        try index.catchUp()
        _ = try search(text)
    }

    @Test func `whatever characters are typed, no expression is malformed`() throws {
        try importNames(["ELG AS"])
        try index.catchUp()
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let limit: UInt32 = Bool.random(using: &generator) ? 0x7F : 0x2FFFF
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &generator)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            #expect(throws: Never.self, "\(Array(text.unicodeScalars).map(\.value))") { try search(text) }
        }
    }

    // MARK: Keeping it up

    @Test func `an import leaves the index behind and says so, and catching up finds what is new, renamed and closed`()
        throws
    {
        try importNames(["ELG AS", "REV AS", "GAUPE AS"])
        #expect(try search("elg").hits.isEmpty)
        #expect(try !search("elg").isComplete)
        #expect(try index.catchUp() == .complete(units: 3))
        #expect(try index.catchUp() == .complete(units: 0))
        try importNames(["ELG AS", "BJØRN AS"])
        // The index is behind, but what it leads to is told as it is now.
        #expect(try search("rev").hits.map(\.unit.name) == ["BJØRN AS"])
        #expect(try !search("rev").isComplete)
        #expect(try index.catchUp() == .complete(units: 2))
        #expect(try names("rev") == [])
        #expect(try names("bjørn") == ["BJØRN AS"])
        #expect(try search("gaupe").hits.map(\.standing.impediment) == [.deleted(nil)])
        #expect(try world.count("organisation_name") == 3)
        #expect(try contents() == fresh())
    }

    @Test func `broken off after any page it goes on and ends in the same state`() throws {
        let count = 9_000
        try world.take(RegisterWorld.register(of: count), batchSize: 10_000)
        struct Broken: Error {}
        // A pass tells of each page but the last, and is broken off by what is thrown there.
        for stop in [1, 1, 2] {
            var pages = 0
            #expect(throws: Broken.self) {
                try index.catchUp { _ throws in
                    pages += 1
                    if pages == stop { throw Broken() }
                }
            }
            #expect(try !search("elg").isComplete)
        }
        // Four pages of 2000 are written; the last of them was not noted, as when the process is killed between the two.
        try world.execute(
            """
            UPDATE organisation_name_state
            SET position = (SELECT id >> 32 FROM organisation ORDER BY id LIMIT 1 OFFSET 5999)
            """
        )
        _ = try index.catchUp()
        #expect(try search("elg").isComplete)
        #expect(try world.count("organisation_name") == count)
        #expect(try contents() == fresh())
        try world.execute("INSERT INTO organisation_name (organisation_name) VALUES ('integrity-check')")
    }

    @Test func `an import while the index is being built is taken along`() throws {
        try world.take(RegisterWorld.register(of: 3_000), batchSize: 10_000)
        var imported = false
        try index.catchUp { _ in
            guard !imported else { return }
            imported = true
            try world.take(RegisterWorld.register(of: 3_001, name: "SEN GAUPE AS"), batchSize: 10_000)
        }
        #expect(imported)
        #expect(try search("elg").hits.isEmpty)
        #expect(try search("gaupe", limit: 1_000).hits.count == 1_000)
        #expect(try world.count("organisation_name") == 3_001)
        #expect(try contents() == fresh())
    }

    @Test func `two do not build at the same time`() throws {
        try importNames(["ELG AS"])
        let lock = try #require(try IndexLock(on: world.folder))
        #expect(try index.catchUp() == .busy)
        withExtendedLifetime(lock) {}
    }

    @Test func `segments do not pile up`() throws {
        try world.take(RegisterWorld.register(of: 60_000), batchSize: 60_000)
        try index.catchUp()
        // Each page of 2000 units is a commit of its own and makes one segment at least.
        let segments = try DatabaseQueue(path: world.folder.database).read {
            try Int.fetchOne($0, sql: "SELECT count(DISTINCT segid) FROM organisation_name_idx") ?? 0
        }
        #expect(segments < 25)
    }

    /// All rows, as they stand.
    private func contents() throws -> [String] {
        try DatabaseQueue(path: world.folder.database).read {
            try String.fetchAll(
                $0,
                sql:
                    "SELECT rowid || '|' || name || '|' || former || '|' || place FROM organisation_name ORDER BY rowid"
            )
        }
    }

    /// What an index built at once from the register would hold.
    private func fresh() throws -> [String] {
        try world.store.read { reader in
            let numbers = try VersionTable.organisations.numbers(after: nil, limit: .max, reader) { _ in true }
            return try numbers.compactMap { try reader.organisation($0).flatMap { OrganisationNameRow($0) } }
                .sorted { $0.id < $1.id }.map { "\($0.id)|\($0.name)|\($0.former)|\($0.place)" }
        }
    }
}

/// A small generator that gives the same numbers each time.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
