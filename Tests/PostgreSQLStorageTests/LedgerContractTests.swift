import AuditLedger
import Foundation
import RelationalStorage
import TestSupport
import Testing
import Vocabulary

@testable import PostgreSQLStorage

@Suite("Storage contract: the ledger in PostgreSQL", .timeLimit(.minutes(5)))
struct LedgerContractTests {
    @Test(arguments: StorageContract<TestDatabase>.cases)
    func `keeps its promise`(promise: StorageContractCase<TestDatabase>) async throws { try await promise.check() }
}

/// A database of a test's own on the tests' server.
struct TestDatabase: StorageContractSubject {
    let name: String
    let node = "node-1"

    static func empty() throws -> TestDatabase {
        let name = "test_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
        try PostgreSQLConnection(.socket()).run("CREATE DATABASE \(name)")
        return TestDatabase(name: name)
    }

    func open() throws -> PostgreSQLStore { try open(.migrate) }

    func open(_ opening: PostgreSQLStore.Opening, node: String? = nil) throws -> PostgreSQLStore {
        try PostgreSQLStore(.socket(database: name), node: node ?? self.node, opening: opening)
    }

    func rows() throws -> [LedgerRow] {
        let connection = try connection()
        try connection.run("SET search_path TO \"portvakt_node_\(node)\", portvakt")
        return try Row.fetchAll(
            PostgreSQLDatabase(connection),
            sql: "SELECT sequence, time, kind, previous, hash, coalesce(claims, ''), body FROM ledger ORDER BY sequence"
        )
        .map { row in
            let entry = LedgerEntry(
                position: LedgerPosition(node: node, sequence: row[0]),
                previous: Array(row[3] as Data),
                hash: Array(row[4] as Data),
                body: Array(row[6] as Data)
            )
            let time = Timestamp(seconds: row[1])
            return LedgerRow(entry: entry, time: time, kind: row[2], claims: Array(row[5] as Data))
        }
    }

    func connection() throws -> PostgreSQLConnection { try PostgreSQLConnection(.socket(database: name)) }

    func remove() { try? PostgreSQLConnection(.socket()).run("DROP DATABASE \(name) WITH (FORCE)") }
}
