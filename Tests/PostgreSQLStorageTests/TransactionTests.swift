import AuditLedger
import Foundation
import RelationalStorage
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import PostgreSQLStorage

@Suite("Transactions in PostgreSQL", .timeLimit(.minutes(5)))
struct TransactionTests {
    private let database: TestDatabase

    init() throws { database = try TestDatabase.empty() }

    private static let event = LedgerEvent(time: Timestamp(seconds: 1_790_000_000), kind: .accessGranted)

    @Test func `a failure that nobody heeded is not taken for a commit`() throws {
        defer { database.remove() }
        let store = try database.open()
        #expect(throws: PostgreSQLError.self) {
            try store.transaction { transaction in
                try transaction.append(Self.event)
                _ = try? transaction.database.execute(sql: "SELECT 1 / 0")
            }
        }
        #expect(try database.rows().isEmpty)
        #expect(try store.transaction { try $0.append(Self.event) }.sequence == 1)
    }

    @Test func `an entry is seen by what is asked after it in its transaction`() throws {
        defer { database.remove() }
        try database.open().transaction { transaction in
            for _ in 0..<3 { try transaction.append(Self.event) }
            #expect(try Int64.fetchOne(transaction.database, sql: "SELECT count(*) FROM ledger") == 3)
        }
    }

    @Test func `writers of one chain take turns`() async throws {
        defer { database.remove() }
        let stores = try (0..<4).map { _ in try database.open() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let threads = WorkerThreads(count: 4)
            defer { threads.close() }
            for store in stores {
                group.addTask {
                    try await threads.perform {
                        for _ in 0..<25 { try store.transaction { _ = try $0.append(Self.event) } }
                    }
                }
            }
            try await group.waitForAll()
        }
        var verifier = LedgerVerifier(node: database.node)
        for row in try database.rows() { try verifier.check(row) }
        #expect(verifier.checked == 100)
    }

    @Test func `zones cover what is appended in one transaction and in the next`() throws {
        defer { database.remove() }
        let store = try database.open()
        for second in [5, 3, 9] as [Int64] {
            try store.transaction { transaction in
                _ = try transaction.append(LedgerEvent(time: Timestamp(seconds: second), kind: .accessGranted))
            }
        }
        let row = try store.transaction { transaction in
            try Row.fetchOne(transaction.database, sql: "SELECT zone, earliest, latest FROM ledger_zone")
        }
        #expect(row.map { [$0[0], $0[1], $0[2]] as [Int64] } == [0, 3, 9])
    }

    @Test func `a lock that another holds too long is told by its code, and the connection goes on`() throws {
        defer { database.remove() }
        var settings = try PostgreSQLSettings.socket(database: database.name)
        settings.lockTimeout = .milliseconds(100)
        let store = try PostgreSQLStore(settings, node: database.node, opening: .migrate)
        let holder = try database.connection()
        try holder.run("BEGIN")
        try holder.run("LOCK TABLE portvakt.facts_turn IN EXCLUSIVE MODE")
        let error = #expect(throws: PostgreSQLError.self) { try store.transaction { _ = try $0.append(Self.event) } }
        guard case .refused(.lockNotAvailable, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try holder.run("ROLLBACK")
        #expect(try store.transaction { try $0.append(Self.event) }.sequence == 1)
    }

    @Test func `a connection that breaks in the middle leaves nothing, and the next transaction has another`() throws {
        defer { database.remove() }
        let store = try database.open()
        #expect(throws: PostgreSQLError.self) {
            try store.transaction { transaction in
                try transaction.append(Self.event)
                let process = try transaction.database.connection.number("SELECT pg_backend_pid()")
                _ = try PostgreSQLConnection(.socket()).number("SELECT pg_terminate_backend(\(process), 10000)::int")
            }
        }
        #expect(try store.transaction { try $0.append(Self.event) }.sequence == 1)
    }
}
