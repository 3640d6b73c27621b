import Foundation
import RelationalStorage
import TestSupport
import Testing

@testable import PostgreSQLStorage

@Suite("Statements of PostgreSQL", .timeLimit(.minutes(2)))
struct StatementTests {
    let database: PostgreSQLDatabase

    init() throws { database = PostgreSQLDatabase(try PostgreSQLConnection(.socket())) }

    @Test(arguments: [Int64.min, -10_001, -1, 0, 1, 9_999, 10_000, .max])
    func `numbers arrive as they were sent`(number: Int64) throws {
        #expect(try Int64.fetchOne(database, sql: "SELECT ?::bigint", arguments: [number]) == number)
        #expect(try Int64.fetchOne(database, sql: "SELECT ?::numeric", arguments: [number]) == number)
    }

    @Test func `sums, counts, truth and small numbers are numbers`() throws {
        let row = try #require(
            try Row.fetchOne(
                database,
                sql: """
                    SELECT sum(x), count(*), true, (-7)::smallint, 2147483647::int, sum(x) * 10000
                    FROM (VALUES (1::bigint), (2)) v (x)
                    """
            )
        )
        #expect((0..<6).map { row[$0] as Int64 } == [3, 2, 1, -7, 2_147_483_647, 30_000])
    }

    @Test(arguments: ["", "blåbær \"'\\\u{1}", String(repeating: "a", count: 100_000)])
    func `texts arrive as they were sent`(text: String) throws {
        #expect(try String.fetchOne(database, sql: "SELECT ?::text", arguments: [text]) == text)
    }

    @Test(arguments: [[], [0], Array(0...255), [UInt8](repeating: 0, count: 100_000)])
    func `bytes arrive as they were sent`(bytes: [UInt8]) throws {
        #expect(try Data.fetchOne(database, sql: "SELECT ?::bytea", arguments: [Data(bytes)]) == Data(bytes))
    }

    @Test func `nothing stays nothing`() throws {
        let row = try #require(
            try Row.fetchOne(
                database,
                sql: "SELECT ?::bigint, ?::text, ?::bytea",
                arguments: [Int64?.none, String?.none, Data?.none]
            )
        )
        #expect((0..<3).map { row.value($0) } == [.null, .null, .null])
    }

    @Test func `a text with a zero byte is refused, not cut short`() {
        #expect(throws: PostgreSQLError.self) {
            try String.fetchOne(database, sql: "SELECT ?::text", arguments: ["a\0b"])
        }
    }

    @Test func `marks are numbered as SQLite numbers them, and quotes are left alone`() {
        let marks = ParameterMarks("SELECT '?', \"?\", ?, ?1, ?, 'it''s ?', ?12")
        #expect(marks.sql == "SELECT '?', \"?\", $1, $1, $2, 'it''s ?', $12")
        #expect(marks.count == 12)
    }

    @Test func `the wrong number of values is refused`() {
        #expect(throws: DatabaseAccessFault.argumentCount(given: 1, wanted: 2)) {
            try database.execute(sql: "SELECT ?::int, ?::int", arguments: [1])
        }
    }

    @Test func `a statement is prepared once a connection, and gives rows one by one`() throws {
        try database.execute(sql: "CREATE TEMPORARY TABLE number (value bigint PRIMARY KEY)")
        let sql = "INSERT INTO number (value) VALUES (?) ON CONFLICT DO NOTHING"
        for value in [1, 2, 2, 3] { try database.cachedStatement(sql: sql).execute(arguments: [value]) }
        #expect(database.changesCount == 1)
        try database.cachedStatement(sql: sql).execute(arguments: [3])
        #expect(database.changesCount == 0)
        #expect(try database.connection.number("SELECT count(*) FROM pg_prepared_statements") == 1)
        let cursor = try Int64.fetchCursor(database, sql: "SELECT value FROM number ORDER BY value DESC")
        var values: [Int64] = []
        while let value = try cursor.next() { values.append(value) }
        #expect(values == [3, 2, 1])
    }

    @Test func `commands together take one round trip and happen all or not at all`() throws {
        let connection = database.connection
        try connection.run("CREATE TEMPORARY TABLE number (value bigint PRIMARY KEY)")
        let insert = try connection.prepare("INSERT INTO number (value) VALUES (?)")
        func command(_ value: Int64) -> PostgreSQLCommand {
            var values = ParameterValues(count: 1)
            values.set(value, at: 0)
            return .prepared(name: insert.name, values)
        }
        #expect(try connection.runTogether([command(1), command(2)]).map(\.changesCount) == [1, 1])
        let error = #expect(throws: PostgreSQLError.self) {
            try connection.runTogether([command(3), command(2), command(4)])
        }
        guard case .refused(.uniqueViolation, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try connection.number("SELECT sum(value) FROM number") == 3)
    }
}
