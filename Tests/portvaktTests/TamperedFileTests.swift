import AuditLedger
import Foundation
import GRDB
import JOSE
import SQLiteStorage
import Testing
import Vocabulary

@testable import portvakt

/// What `EveryEntryTests` does in memory to each entry of 10,000, done to the file itself, at some of them.
@Suite("portvakt audit verify: a file with 10,000 entries")
struct TamperedFileTests {
    private static let size: Int64 = 10_000
    private let world: AdministrationWorld
    /// The database as it was, to begin anew from.
    private let whole: Data

    init() async throws {
        world = try await AdministrationWorld()
        let store = try SQLiteStore(.init(path: world.data), opening: .requireCurrent)
        while let last = try? await store.read({ try $0.lastSequence }), last < Self.size {
            try store.transaction { transaction in
                for number in last..<min(last + 1_000, Self.size) {
                    var event = LedgerEvent(time: AdministrationWorld.now + Seconds(number), kind: .tokenIssued)
                    event.tokenID = TokenID("token-\(number)")
                    event.consumer = AdministrationWorld.consumer
                    event.details["lifetime"] = 120
                    try transaction.append(event)
                }
            }
        }
        try store.close()
        let made = await world.run("audit", "checkpoint", "--new")
        #expect(made.status == .done, "\(made.errors)")
        whole = try Data(contentsOf: URL(filePath: world.data + "/portvakt.db"))
    }

    private struct Stored {
        let previous: [UInt8]
        let hash: [UInt8]
        let body: [UInt8]

        init(_ database: Database, _ sequence: Int64) throws {
            let sql = "SELECT previous, hash, body FROM ledger WHERE sequence = ?"
            let row = try #require(try Row.fetchOne(database, sql: sql, arguments: [sequence]))
            (previous, hash, body) = (Array(row[0] as Data), Array(row[1] as Data), Array(row[2] as Data))
        }

        /// Well formed and well hashed: what a forger makes who knows the format.
        func forged(after previous: [UInt8]) throws -> (hash: Data, body: Data) {
            var body = body
            let salt = try #require(body.firstRange(of: Array(#""salt":""#.utf8))).upperBound
            body[salt] = body[salt] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            return (Data(LedgerEntry.hash(of: body, after: previous)), Data(body))
        }
    }

    /// What somebody does to an entry who can write into the file; gives where `verify` must find it, and its words.
    private enum Deed: String, CaseIterable {
        case changed, dropped, swapped, inserted, replaced

        func callAsFunction(_ sequence: Int64, in database: Database) throws -> (at: Int64, words: String) {
            switch self {
            case .changed:
                var body = try Stored(database, sequence).body
                body[Int(sequence) % body.count] ^= 1
                try Self.set("body = ?", [Data(body)], sequence, database)
                return (sequence, "entry \(sequence) was altered: its hash does not fit")
            case .dropped:
                try database.execute(sql: "DELETE FROM ledger WHERE sequence = ?", arguments: [sequence])
                return (sequence + 1, "entry \(sequence) is missing")
            case .swapped:
                for (from, to) in [(sequence, -1), (sequence + 1, sequence), (-1, sequence + 1)] {
                    try Self.set("sequence = ?", [to], from, database)
                }
                return (sequence, "entry \(sequence) holds the entry \(sequence + 1)")
            case .inserted:
                let (before, model) = (try Stored(database, sequence), try Stored(database, sequence + 1))
                let forged = try model.forged(after: before.hash)
                try database.execute(sql: "UPDATE ledger SET sequence = -sequence - 1 WHERE sequence > \(sequence)")
                try database.execute(sql: "UPDATE ledger SET sequence = -sequence WHERE sequence < 0")
                try database.execute(
                    sql: """
                        INSERT INTO ledger SELECT ?, time, kind, ?, ?, claims, ? FROM ledger WHERE sequence = ?
                        """,
                    arguments: [sequence + 1, Data(before.hash), forged.hash, forged.body, sequence + 2]
                )
                return (sequence + 1, "entry \(sequence + 1) was replaced or inserted")
            case .replaced:
                let stored = try Stored(database, sequence)
                let forged = try stored.forged(after: stored.previous)
                try Self.set("hash = ?, body = ?", [forged.hash, forged.body], sequence, database)
                return (sequence, "entry \(sequence) was replaced or inserted")
            }
        }

        private static func set(
            _ columns: String,
            _ values: [any DatabaseValueConvertible],
            _ sequence: Int64,
            _ database: Database
        ) throws {
            var arguments: [any DatabaseValueConvertible] = values
            arguments.append(sequence)
            try database.execute(
                sql: "UPDATE ledger SET \(columns) WHERE sequence = ?",
                arguments: StatementArguments(arguments)
            )
        }
    }

    @Test func `whatever is done to an entry in the file is found, and the entry named`() async throws {
        #expect(await world.run("audit", "verify").status == .done)
        let path = world.data + "/portvakt.db"
        for place in [2, 5_000, 9_998] as [Int64] {
            for deed in Deed.allCases {
                try whole.write(to: URL(filePath: path))
                chmod(path, 0o600)
                let queue = try DatabaseQueue(path: path)
                let expected = try await queue.write { try deed(place, in: $0) }
                try queue.close()
                let found = await world.run("audit", "verify", "--json")
                #expect(found.status == .negative)
                let record = try found.json
                #expect(record["fault_at"] as? Int == Int(expected.at), "\(deed) \(place)")
                let words = try #require(record["fault"] as? String)
                #expect(words.contains(expected.words), "\(deed) \(place): \(words)")
            }
        }
    }
}
