import Clients
import Foundation
import GRDB
import GRDBSQLite
import Organisations
import Scopes
import Synchronization
import Testing
import TokenIssuance
import Vocabulary

@testable import SQLiteStorage

@Suite("The register on the path of a token")
struct RegisterLookupTests {
    private let world: RegisterWorld
    private let client: Client
    private let scope: ScopeName

    /// A register of 30,000 main units, a sub-unit, and a client of each of the two kinds.
    init() throws {
        world = try RegisterWorld()
        try world.take(
            RegisterWorld.register(of: 30_000, name: "RASK ELG OG SØNNER I DEN VIDE VERDEN AS"),
            batchSize: 30_000
        )
        try world.take(RegisterWorld.array([RegisterWorld.sub(40_000, of: 20_000)]))
        let scope = try ScopeName(parsing: "demo:a")
        let owner = RegisterWorld.number(20_000)
        client = Client(
            id: try ClientID(parsing: "client-a"),
            owner: owner,
            name: "A",
            scopes: [scope],
            created: Timestamp(seconds: 1_700_000_000)
        )
        self.scope = scope
        try world.store.transaction { [client] transaction in
            let now = Timestamp(seconds: 1_700_000_000)
            try transaction.insert(
                ScopePrefixAssignment(prefix: scope.prefix, owner: owner, created: now, lastUpdated: now)
            )
            try transaction.insert(Scope(name: scope, owner: owner, description: "A", created: now, origin: "cli"))
            try transaction.put(ScopeAccess(scope: scope, consumer: owner, created: now, origin: "cli"))
            try transaction.insert(client)
        }
    }

    /// The statements that `body` runs, and how many pages of the database it looks at.
    private func trace<Result>(
        _ store: SQLiteStore,
        _ body: (SQLiteReader) throws -> Result
    ) throws -> (result: Result, statements: [String], pages: Int) {
        try store.read { reader throws in
            let statements = Statements()
            reader.grdb.trace(options: .statement) { statements.add("\($0)") }
            defer { reader.grdb.trace(options: []) { _ in } }
            let before = Self.pages(reader)
            let result = try body(reader)
            return (result, statements.all, Self.pages(reader) - before)
        }
    }

    private final class Statements: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    /// Pages asked for so far, from memory or not.
    private static func pages(_ reader: SQLiteReader) -> Int {
        [SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS].reduce(0) { sum, counter in
            var (current, highest): (Int32, Int32) = (0, 0)
            sqlite3_db_status(reader.grdb.sqliteConnection, counter, &current, &highest, 0)
            return sum + Int(current)
        }
    }

    /// The pages of the register's table.
    private func registerPages() throws -> Int {
        try DatabaseQueue(path: world.folder.database).read {
            try Int.fetchOne($0, sql: "SELECT sum(length(record)) / 4096 FROM organisation") ?? 0
        }
    }

    @Test func `a token's facts cost one look-up in the register, and a few pages of a register of any size`() throws {
        let query = FactsQuery(client: client.id, scopes: [scope])
        let (facts, statements, pages) = try trace(world.store) { try $0.facts(for: query) }
        #expect(facts.consumer?.number == client.owner)
        #expect(facts.consumer?.impediment == nil)
        #expect(statements.filter { $0.contains("FROM organisation") }.count == 1, "\(statements)")
        // Depth of the trees and no more; the table alone has more than that.
        #expect(try registerPages() > 150)
        #expect(pages < 80)
    }

    @Test func `a sub-unit costs one more, for its main unit`() throws {
        let number = RegisterWorld.number(40_000)
        let (standing, statements, _) = try trace(world.store) { try $0.standing(of: number) }
        #expect(standing?.impediment == nil)
        #expect(statements.filter { $0.contains("FROM organisation") }.count == 2)
    }

    @Test func `facts from memory cost none`() async throws {
        let registry = SQLiteFactsRegistry(store: world.store)
        let query = FactsQuery(client: client.id, scopes: [scope])
        let first = try await registry.facts(for: query)
        // The register's rows are gone, past all our code: only memory can still tell of the unit.
        try world.execute("DELETE FROM organisation")
        #expect(try await registry.facts(for: query) == first)
        #expect(first.consumer?.number == client.owner)
    }

    @Test func `every statement on the path of a token finds its rows by a key`() throws {
        let query = FactsQuery(client: client.id, scopes: [scope], certificates: [Self.thumbprint(1)])
        let (_, statements, _) = try trace(world.store) { try $0.facts(for: query) }
        #expect(statements.count > 3)
        #expect(statements.contains { $0.contains("blocked_certificate WHERE thumbprint") }, "\(statements)")
        try world.store.read { reader throws in
            for statement in Set(statements) where statement.hasPrefix("SELECT") {
                let explanation = try reader.grdb.makeStatement(sql: "EXPLAIN QUERY PLAN " + statement)
                // The plan is the same whatever is asked for.
                explanation.setUncheckedArguments(StatementArguments())
                let plan = try Row.fetchAll(explanation).map { $0[3] as String }
                #expect(plan.filter { $0.hasPrefix("SCAN") && $0 != "SCAN CONSTANT ROW" } == [], "\(statement)")
            }
        }
    }

    private static func thumbprint(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "a", count: 64 - digits.count) + digits
    }

    @Test func `a certificate is looked for among any number of blocked ones by its key`() throws {
        let now = Timestamp(seconds: 1_700_000_000)
        try world.store.transaction { transaction in
            for number in 0..<20_000 { _ = try transaction.block(certificate: Self.thumbprint(number), at: now) }
        }
        let free = FactsQuery(client: client.id, scopes: [scope], certificates: ["\(Self.thumbprint(1))0", "b"])
        let (facts, _, pages) = try trace(world.store) { try $0.facts(for: free) }
        #expect(facts.blockedCertificate == nil)
        #expect(pages < 80)
        let blocked = FactsQuery(client: client.id, scopes: [scope], certificates: ["b", Self.thumbprint(19_999)])
        #expect(try world.store.read { try $0.facts(for: blocked) }.blockedCertificate == Self.thumbprint(19_999))
    }

    @Test func `blocking a certificate, and letting it prove again, is seen by facts in memory`() async throws {
        let registry = SQLiteFactsRegistry(store: world.store)
        let query = FactsQuery(client: client.id, scopes: [scope], certificates: [Self.thumbprint(1)])
        let now = Timestamp(seconds: 1_700_000_000)
        #expect(try await registry.facts(for: query).blockedCertificate == nil)
        let isNew = try world.store.transaction { try $0.block(certificate: Self.thumbprint(1), at: now) }
        #expect(isNew)
        #expect(try await registry.facts(for: query).blockedCertificate == Self.thumbprint(1))
        #expect(try await registry.isBlocked(certificate: Self.thumbprint(1)))
        let wasBlocked = try world.store.transaction { try $0.unblock(certificate: Self.thumbprint(1)) }
        #expect(wasBlocked)
        #expect(try await registry.facts(for: query).blockedCertificate == nil)
        #expect(try await !registry.isBlocked(certificate: Self.thumbprint(1)))
    }

    @Test func `at start nothing of the register is read but whether there is one`() throws {
        try world.store.close()
        let store = try SQLiteStore(world.folder, opening: .requireCurrent)
        defer { try? store.close() }
        let registry = SQLiteFactsRegistry(store: store)
        let (counts, statements, pages) = try trace(store) { try $0.counts() }
        withExtendedLifetime(registry) {}
        #expect(counts.hasRegister)
        #expect(statements.filter { $0.contains("FROM organisation") }.count == 1)
        #expect(pages < 40)
    }
}
