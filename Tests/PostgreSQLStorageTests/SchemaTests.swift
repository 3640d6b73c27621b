import AuditLedger
import Foundation
import GRDB
import RelationalStorage
import SQLiteStorage
import TestSupport
import Testing
import Vocabulary

@testable import PostgreSQLStorage

@Suite("The schema in PostgreSQL", .timeLimit(.minutes(5)))
struct SchemaTests {
    private let database: TestDatabase

    init() throws { database = try TestDatabase.empty() }

    @Test func `only those who may make the tables do so`() throws {
        defer { database.remove() }
        #expect(throws: PostgreSQLError.schema(.missing(schema: "portvakt"))) { try database.open(.requireCurrent) }
        try database.open(.migrate).close()
        try database.open(.requireCurrent).close()
        let other = PostgreSQLError.schema(.missing(schema: "portvakt_node_node-2"))
        #expect(throws: other) { try database.open(.requireCurrent, node: "node-2") }
    }

    @Test func `tables of a newer program are left alone, whoever opens them`() throws {
        defer { database.remove() }
        try database.open(.migrate).close()
        try database.connection().run("UPDATE portvakt.schema_version SET version = 1000")
        let newer = PostgreSQLError.schema(.newer(found: 1_000, known: PostgreSQLStore.currentSchemaVersion))
        #expect(throws: newer) { try database.open(.migrate) }
        #expect(throws: newer) { try database.open(.requireCurrent) }
        #expect(try database.connection().number("SELECT version FROM portvakt.schema_version") == 1_000)
    }

    @Test func `another program's schema is left alone`() throws {
        defer { database.remove() }
        try database.connection().run("CREATE SCHEMA portvakt")
        #expect(throws: PostgreSQLError.schema(.foreign(schema: "portvakt"))) { try database.open(.migrate) }
        #expect(try database.connection().number("SELECT count(*) FROM pg_tables WHERE schemaname = 'portvakt'") == 0)
    }

    @Test func `nodes that start at once make the tables once`() async throws {
        defer { database.remove() }
        let database = database
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...4 {
                group.addTask { try database.open(.migrate, node: "node-\(number % 2)").close() }
            }
            try await group.waitForAll()
        }
        #expect(try database.connection().number("SELECT count(*) FROM portvakt.revision") == 1)
    }

    @Test func `each node has a chain of its own, and all have one revision`() throws {
        defer { database.remove() }
        let stores = try ["a", "cli@host.example \"b\""].map { try database.open(.migrate, node: $0) }
        for (store, count) in zip(stores, [2, 3]) {
            try store.transaction { transaction in
                for _ in 0..<count {
                    try transaction.append(LedgerEvent(time: Timestamp(seconds: 1), kind: .accessGranted))
                }
            }
        }
        let last = try stores.map { store in
            try store.transaction { try $0.append(LedgerEvent(time: Timestamp(seconds: 2), kind: .accessGranted)) }
        }
        #expect(last.map(\.sequence) == [3, 4])
        try database.connection().run("UPDATE portvakt.revision SET value = 7")
        #expect(try stores.map { store in try store.transaction { try $0.revision } } == [7, 7])
        stores.forEach { $0.close() }
    }

    @Test(arguments: ["", String(repeating: "n", count: 50)])
    func `a node's name must fit`(name: String) {
        defer { database.remove() }
        #expect(throws: PostgreSQLError.self) { try database.open(.migrate, node: name) }
    }

    /// A column: table, name, kind, whether it may be NULL.
    private struct Column: Hashable {
        let name: String
        let kind: String
        let isRequired: Bool
    }

    @Test func `has the tables and columns that SQLite has`() throws {
        defer { database.remove() }
        try database.open(.migrate).close()
        let here = Set(try postgreSQLColumns())
        let there = Set(try sqliteColumns())
        #expect(here.subtracting(there).map(\.name).sorted() == [])
        #expect(there.subtracting(here).map(\.name).sorted() == [])
        #expect(here.count > 250)
    }

    private func postgreSQLColumns() throws -> [Column] {
        let connection = PostgreSQLDatabase(try database.connection())
        let statement = try connection.makeStatement(
            sql: """
                SELECT table_name || '.' || column_name, data_type, is_nullable FROM information_schema.columns
                WHERE table_schema LIKE 'portvakt%' AND table_name <> 'schema_version'
                """
        )
        let kinds = ["bigint": "INTEGER", "text": "TEXT", "bytea": "BLOB"]
        var columns: [Column] = []
        while try statement.step() {
            let kind = statement.text(1) ?? ""
            columns.append(
                Column(
                    name: statement.text(0) ?? "",
                    kind: kinds[kind] ?? kind,
                    isRequired: statement.text(2) == "NO"
                )
            )
        }
        return columns
    }

    /// Those of the index of names are FTS5's own.
    private func sqliteColumns() throws -> [Column] {
        let folder = DataFolder(path: FileManager.default.temporaryDirectory.appending(path: "portvakt-\(UUID())").path)
        try folder.create()
        defer { try? FileManager.default.removeItem(atPath: folder.path) }
        try SQLiteStore(folder, opening: .migrate).close()
        return try DatabaseQueue(path: folder.database).read { database in
            try GRDB.Row.fetchAll(
                database,
                sql: """
                    SELECT m.name || '.' || c.name, c.type, c."notnull" OR c.pk > 0
                    FROM sqlite_schema m JOIN pragma_table_info(m.name) c
                    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND (m.name NOT LIKE 'organisation_name%'
                        OR m.name IN ('organisation_name_state', 'organisation_name_due'))
                    """
            )
            .map { Column(name: $0[0], kind: $0[1], isRequired: $0[2]) }
        }
    }
}
