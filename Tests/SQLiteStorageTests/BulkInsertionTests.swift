import Foundation
import RelationalStorage
@testable import SQLiteStorage
import Testing

@Suite("Rows by the million: one statement for many")
struct BulkInsertionTests {
    let world: RegisterWorld

    init() throws { world = try RegisterWorld() }

    /// Whole statements, a rest, and both.
    @Test(arguments: [0, 1, 63, 64, 65, 128, 200])
    func `every row arrives, with its own values`(count: Int) throws {
        let records = (0..<count).map { Array("record \($0)".utf8) }
        try records.flatMap { $0 }.withUnsafeBytes { all in
            var start = 0
            let ranges = records.map { record in
                defer { start += record.count }
                return start..<(start + record.count)
            }
            try PacedWriting(store: world.store).insert(count, into: "role_set", columns: ["id", "roles"]) {
                try $0.bind(Int64($1) * 10, to: $2)
                try $0.bind(UnsafeRawBufferPointer(rebasing: all[ranges[$1]]), to: $2 + 1)
            }
        }
        let rows = try world.store.read { reader in
            try Row.fetchAll(reader.database, sql: "SELECT id, roles FROM role_set ORDER BY id")
        }
        #expect(rows.map { $0[0] as Int64 } == (0..<Int64(count)).map { $0 * 10 })
        #expect(rows.map { Array($0[1] as Data) } == records)
    }

    @Test func `a row that is there already is passed over where it may be`() throws {
        for count in [10, 130] {
            try PacedWriting(store: world.store).insert(
                count,
                into: "role_holder",
                columns: ["holder", "unit"],
                ignoringKnown: true
            ) {
                try $0.bind(Int64($1), to: $2)
                try $0.bind(7, to: $2 + 1)
            }
        }
        let holders = try world.store.read { reader in
            try Int64.fetchAll(reader.database, sql: "SELECT holder FROM role_holder WHERE unit = 7 ORDER BY holder")
        }
        #expect(holders == Array(0..<130))
    }

    @Test func `elsewhere it is an error, and its transaction leaves nothing`() throws {
        let writing = PacedWriting(store: world.store)
        #expect(throws: (any Error).self) {
            try writing.insert(100, into: "organisation_below", columns: ["id"]) { try $0.bind(Int64($1 % 99), to: $2) }
        }
        let count = try world.store.read {
            try Int.fetchOne($0.database, sql: "SELECT count(*) FROM organisation_below")
        }
        #expect(count == 0)
    }
}
