import RelationalStorage
import Synchronization
import TestSupport
import Testing

@testable import PostgreSQLStorage

@Suite("The pool of connections", .timeLimit(.minutes(2)))
struct PoolTests {
    private func pool(limit: Int = 2, timeout: Duration = .seconds(30)) throws -> ConnectionPool {
        var settings = try PostgreSQLSettings.socket()
        settings.connectionLimit = limit
        settings.poolTimeout = timeout
        return ConnectionPool(settings) { try $0.run("SET application_name = 'portvakt pool test'") }
    }

    private func process(_ connection: PostgreSQLConnection) throws -> Int64 {
        try connection.number("SELECT pg_backend_pid()")
    }

    @Test func `uses a connection again`() throws {
        let pool = try pool()
        defer { pool.close() }
        let first = try pool.withConnection { try process($0) }
        #expect(try pool.withConnection { try process($0) } == first)
        #expect(pool.count == 1)
    }

    @Test func `never has more than its limit, and says so when nobody gives one back`() throws {
        let pool = try pool(limit: 2, timeout: .milliseconds(50))
        defer { pool.close() }
        try pool.withConnection { _ in
            _ = try pool.withConnection { _ in
                #expect(throws: PostgreSQLError.exhausted(connections: 2)) { try pool.withConnection { _ in } }
            }
        }
        #expect(try pool.withConnection { try $0.number("SELECT 1") } == 1)
        #expect(pool.count == 2)
    }

    @Test func `heals when the server ends its connections`() throws {
        let pool = try pool()
        defer { pool.close() }
        let first = try pool.withConnection { try process($0) }
        let killer = try PostgreSQLConnection(.socket())
        #expect(try killer.number("SELECT pg_terminate_backend(\(first), 10000)::int") == 1)
        #expect(try pool.withConnection { try process($0) } != first)
        #expect(pool.count == 1)
    }

    @Test func `throws away a connection that broke in use`() throws {
        let pool = try pool()
        defer { pool.close() }
        #expect(throws: PostgreSQLError.self) {
            try pool.withConnection { connection in
                let process = try process(connection)
                let killer = try PostgreSQLConnection(.socket())
                _ = try killer.number("SELECT pg_terminate_backend(\(process), 10000)::int")
                try connection.run("SELECT 1")
            }
        }
        #expect(pool.count == 0)
        #expect(try pool.withConnection { try $0.number("SELECT 1") } == 1)
    }

    @Test func `replaces a connection that is old`() throws {
        var settings = try PostgreSQLSettings.socket()
        settings.connectionLifetime = .zero
        let pool = ConnectionPool(settings) { _ in }
        defer { pool.close() }
        let first = try pool.withConnection { try process($0) }
        #expect(try pool.withConnection { try process($0) } != first)
    }

    @Test func `gives nothing after it was closed`() throws {
        let pool = try pool()
        try pool.withConnection { _ in pool.close() }
        #expect(pool.count == 0)
        #expect(throws: PostgreSQLError.closed) { try pool.withConnection { _ in } }
    }

    @Test func `serves many tasks by few threads`() async throws {
        let pool = try pool(limit: 3)
        let threads = WorkerThreads(count: 3)
        defer {
            threads.close()
            pool.close()
        }
        let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 1...200 {
                group.addTask {
                    try await threads.perform {
                        try pool.withConnection { try $0.number("SELECT \(number)") }
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 20_100)
        #expect(pool.count <= 3)
    }
}
