import AuditLedger
import Foundation
import GRDB
import Organisations
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("SQLite, version 13: units become records")
struct OrganisationRecordMigrationTests {
    private let installation: Installation

    init() throws { installation = try Installation.empty() }

    private static func day(_ text: String) throws -> CalendarDate { try #require(CalendarDate(parsing: text)) }

    /// A database of version 12, filled by these statements, and brought up to today's version.
    private func migrated(_ statements: String...) throws -> SQLiteStore {
        try installation.folder.createDatabase()
        let queue = try installation.foreignConnection()
        try queue.write { database in
            for step in Migration.all.prefix(12) {
                try database.execute(sql: step.sql)
                try step.conversion?(database)
            }
            try database.execute(sql: "PRAGMA user_version = 12")
            for statement in statements { try database.execute(sql: statement) }
        }
        try queue.close()
        return try installation.open()
    }

    /// A row as version 12 wrote it, under generation 1; what is not named is as of a live main unit.
    private static func row(_ index: Int, _ columns: [String: String], generation: Int = 1) -> String {
        var all = [
            "id": "\(RegisterWorld.number(index).integer << 32 | Int64(generation))", "sub_unit": "0", "state": "0",
            "bankrupt": "0", "winding_up": "0", "compulsory": "0", "name": "'RASK ELG AS'", "form": "'AS'",
        ]
        all.merge(columns) { $1 }
        let names = all.keys.sorted()
        let values = names.compactMap { all[$0] }
        return "INSERT INTO organisation (\(names.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")));"
    }

    private static let oneGeneration = "UPDATE organisation_register SET generation = 1;"

    @Test func `every column and every member of the detail is kept`() throws {
        defer { installation.remove() }
        let detail = """
            {"registered":"2001-02-03","founded":"2000-12-31","business_enterprises":"2001-03-01",\
            "value_added_tax":"2001-04-01","non_profit":"2001-05-01","reconstruction":"2020-01-01",\
            "foreign_insolvency":"2020-02-01","closed_down":"2021-01-01","municipality":"0301","industry":"62.010",\
            "names":[{"name":"GAMMEL ELG AS","from":"2001-02-03","until":"2010-06-07"},{"name":"UDATERT AS"}],\
            "address":{"lines":["Storgata 1","3. etg"],"postal_code":"0150","place":"OSLO","country":"NO"}}
            """
        let days = try ["2019-01-01", "2019-02-02", "2019-03-03"].map { "\(try Self.day($0).daysSinceEpoch)" }
        let store = try migrated(
            Self.row(
                0,
                [
                    "bankrupt": "1", "bankrupt_day": days[0], "winding_up": "1", "winding_up_day": days[1],
                    "compulsory": "1", "compulsory_day": days[2], "name": "'RASK ÆRLIG ELG AS'",
                    "form_description": "'Aksjeselskap'", "detail": "'\(detail)'",
                ]
            ),
            Self.oneGeneration
        )
        defer { try? store.close() }
        var expected = Organisation(
            number: RegisterWorld.number(0),
            kind: .mainUnit,
            name: "RASK ÆRLIG ELG AS",
            form: .init(code: "AS", description: "Aksjeselskap")
        )
        expected.distress.bankrupt = true
        expected.distress.bankruptSince = try Self.day("2019-01-01")
        expected.distress.windingUp = true
        expected.distress.windingUpSince = try Self.day("2019-02-02")
        expected.distress.compulsoryWindingUp = true
        expected.distress.compulsoryWindingUpSince = try Self.day("2019-03-03")
        expected.registered = try Self.day("2001-02-03")
        expected.founded = try Self.day("2000-12-31")
        expected.registrations.businessEnterprises = try Self.day("2001-03-01")
        expected.registrations.valueAddedTax = try Self.day("2001-04-01")
        expected.registrations.nonProfit = try Self.day("2001-05-01")
        expected.reconstructionSince = try Self.day("2020-01-01")
        expected.foreignInsolvencySince = try Self.day("2020-02-01")
        expected.closedDown = try Self.day("2021-01-01")
        expected.municipality = "0301"
        expected.industryCode = "62.010"
        expected.historicNames = [
            .init(name: "GAMMEL ELG AS", from: try Self.day("2001-02-03"), until: try Self.day("2010-06-07")),
            .init(name: "UDATERT AS", from: nil, until: nil),
        ]
        expected.address = .init(
            lines: ["Storgata 1", "3. etg"],
            postalCode: "0150",
            place: "OSLO",
            countryCode: "NO"
        )
        #expect(try store.read { try $0.organisation(RegisterWorld.number(0)) } == expected)
    }

    @Test func `deleted, deleted without a day, purged and live units stay what they were`() throws {
        defer { installation.remove() }
        let day = try Self.day("2024-02-29")
        let store = try migrated(
            Self.row(0, [:]),
            Self.row(1, ["state": "1", "deleted_day": "\(day.daysSinceEpoch)"]),
            Self.row(2, ["state": "1"]),
            Self.row(3, ["state": "2"]),
            Self.oneGeneration
        )
        defer { try? store.close() }
        let units = try (0..<4).map { index in
            try #require(try store.read { try $0.organisation(RegisterWorld.number(index)) })
        }
        #expect(units.map(\.isLive) == [true, false, false, false])
        #expect(units.map(\.deleted) == [nil, day, nil, nil])
        #expect(units.map(\.isDeleted) == [false, false, true, false])
        #expect(units.map(\.isPurged) == [false, false, false, true])
    }

    @Test func `who stands below whom is known, through every version`() throws {
        defer { installation.remove() }
        let parents = [0, 1].map { "\(RegisterWorld.number($0).integer)" }
        let sub = ["sub_unit": "1", "form": "'BEDR'"]
        let store = try migrated(
            Self.row(0, [:]),
            Self.row(1, [:]),
            // Moved from the one to the other by the second import.
            Self.row(10, sub.merging(["parent": parents[0]]) { $1 }),
            Self.row(10, sub.merging(["parent": parents[1]]) { $1 }, generation: 2),
            Self.row(11, sub.merging(["parent": parents[1]]) { $1 }),
            "UPDATE organisation_register SET generation = 2;"
        )
        defer { try? store.close() }
        let unit = try #require(try store.read { try $0.organisation(RegisterWorld.number(10)) })
        #expect(unit.kind == .subUnit)
        #expect(unit.parent == RegisterWorld.number(1))
        let below = try (0..<2).map { index in
            try store.read { try $0.organisations(below: RegisterWorld.number(index), limit: 10).map(\.number) }
        }
        #expect(below == [[], [RegisterWorld.number(10), RegisterWorld.number(11)]])
    }

    @Test func `the next import finds units that did not change unchanged, and the old table is gone`() throws {
        defer { installation.remove() }
        let store = try migrated(
            Self.row(0, [:]),
            Self.row(1, [:]),
            "UPDATE organisation_register SET generation = 1;"
        )
        defer { try? store.close() }
        let importer = SQLiteOrganisationImport(into: store) { _ in event(.organisationsImported) }
        let report = try OrganisationImport(mode: .replace).run(
            MemoryByteSource(Array(RegisterWorld.register(of: 3).utf8)),
            into: importer
        )
        #expect(report.unchanged == 2)
        #expect(report.added == 1)
        let queue = try installation.foreignConnection()
        let tables = try queue.read {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_schema WHERE name LIKE 'organisation%' ORDER BY name")
        }
        #expect(!tables.contains("organisation_before"))
        #expect(!tables.contains("organisation_parent"))
        #expect(tables.contains("organisation_below"))
        try queue.close()
    }

    @Test func `a row whose detail cannot be read stops the step, and the old version stays whole`() throws {
        defer { installation.remove() }
        #expect(throws: StorageError.self) {
            try migrated(Self.row(0, ["detail": "'{no json'"]), Self.oneGeneration)
        }
        let queue = try installation.foreignConnection()
        #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 12)
        #expect(try queue.read { try String.fetchOne($0, sql: "SELECT detail FROM organisation") } == "{no json")
        try queue.close()
    }
}
