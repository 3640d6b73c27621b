import Clients
import GRDB
import JOSE
import LibCrypto
import Organisations
import Scopes
import TestSupport
import Testing
import TokenIssuance
import Vocabulary

@testable import SQLiteStorage

@Suite("SQLite: facts for decisions, with the revision they were read at")
struct FactsTests {
    let installation: Installation
    let store: SQLiteStore
    let registry: SQLiteFactsRegistry
    let owner: OrganisationNumber
    let scopeA: ScopeName
    let scopeB: ScopeName
    let client: Client

    init() throws {
        installation = try Installation.empty()
        store = try installation.open()
        registry = SQLiteFactsRegistry(store: store)
        owner = try OrganisationNumber(parsing: "310000124")
        scopeA = try ScopeName(parsing: "demo:a")
        scopeB = try ScopeName(parsing: "demo:b")
        var client = Client(
            id: try ClientID(parsing: "client-a"),
            owner: owner,
            name: "Test",
            scopes: [scopeA],
            created: epoch
        )
        client.keys = [
            ClientKey(
                id: try KeyID(parsing: "key-1"),
                algorithm: .es256,
                publicKey: TestKeys.p256.publicKey,
                thumbprint: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
                created: epoch,
                expires: epoch + 1_000
            )
        ]
        client.authentication = .registeredKey
        self.client = client
        try store.transaction { [owner, scopeA] transaction in
            try transaction.insert(
                ScopePrefixAssignment(prefix: scopeA.prefix, owner: owner, created: epoch, lastUpdated: epoch)
            )
            try transaction.insert(
                Scope(name: scopeA, owner: owner, description: "A", created: epoch, origin: "cli")
            )
            try transaction.put(ScopeAccess(scope: scopeA, consumer: owner, created: epoch, origin: "cli"))
            try transaction.insert(client)
            try transaction.raiseRevision()
        }
    }

    private var query: FactsQuery { FactsQuery(client: client.id, scopes: [scopeB, scopeA]) }

    private func change(_ other: SQLiteStore? = nil, raising: Bool = true) throws {
        try (other ?? store).transaction { transaction in
            var access = ScopeAccess(scope: scopeA, consumer: owner, created: epoch, origin: "cli")
            access.state = .denied
            try transaction.put(access)
            var disabled = client
            disabled.isActive = false
            try transaction.update(disabled)
            if raising { try transaction.raiseRevision() }
        }
    }

    @Test func `gives what is known, in the order asked, and nil for what is not`() async throws {
        defer { installation.remove() }
        let facts = try await registry.facts(for: query)
        #expect(facts.client == client)
        #expect(facts.consumer == nil)
        #expect(facts.scopes.map(\.name) == [scopeB, scopeA])
        #expect(facts.scopes[0].scope == nil)
        #expect(facts.scopes[0].access == nil)
        #expect(facts.scopes[1].scope?.description == "A")
        #expect(facts.scopes[1].access?.state == .approved)
        let revision = try await store.read { try $0.revision }
        #expect(facts.revision == revision)
        let unknown = FactsQuery(client: try ClientID(parsing: "nobody"), scopes: [scopeA])
        #expect(try await registry.facts(for: unknown).client == nil)
        #expect(try await registry.client(unknown.client) == nil)
    }

    @Test func `the transaction's facts are those of the snapshot, with what it has changed itself`() throws {
        defer { installation.remove() }
        try store.transaction { transaction in
            let before = try transaction.facts(for: query)
            var disabled = client
            disabled.isActive = false
            try transaction.update(disabled)
            try transaction.raiseRevision()
            let after = try transaction.facts(for: query)
            #expect(after.revision == before.revision + 1)
            #expect(before.client?.isActive == true)
            #expect(after.client?.isActive == false)
        }
    }

    @Test func `asks the database nothing while no newer revision was seen`() async throws {
        defer { installation.remove() }
        // Only what may lead to a yes is remembered: a scope that is granted.
        let granted = FactsQuery(client: client.id, scopes: [scopeA])
        let first = try await registry.facts(for: granted)
        _ = try await registry.client(client.id)
        // An act that forgets to raise the revision shows what is remembered; no act of ours may.
        try change(raising: false)
        #expect(try await registry.facts(for: granted) == first)
        #expect(try await registry.client(client.id)?.isActive == true)
        #expect(try await registry.currentClient(client.id)?.isActive == false)
    }

    @Test func `reads again as soon as its own process has raised the revision`() async throws {
        defer { installation.remove() }
        let first = try await registry.facts(for: query)
        try change()
        let second = try await registry.facts(for: query)
        #expect(second.revision == first.revision + 1)
        #expect(second.client?.isActive == false)
        #expect(second.scopes[1].access?.state == .denied)
        #expect(try await registry.client(client.id)?.isActive == false)
    }

    @Test func `another process's act is seen by the next transaction, and by the cache from then on`() async throws {
        defer { installation.remove() }
        let remembered = try await registry.facts(for: query)
        try change(installation.open())
        // As the writer does: the revision does not fit, so the decision is taken again on facts read there.
        try store.transaction { transaction in
            let facts = try transaction.facts(for: query)
            #expect(facts.revision != remembered.revision)
            #expect(facts.client?.isActive == false)
        }
        #expect(try await registry.facts(for: query).client?.isActive == false)
    }

    @Test func `an unknown client is looked for again each time, so that a new one works at once`() async throws {
        defer { installation.remove() }
        let id = try ClientID(parsing: "client-new")
        #expect(try await registry.client(id) == nil)
        let new = Client(id: id, owner: owner, name: "New", scopes: [], created: epoch)
        try installation.open().transaction { try $0.insert(new) }
        #expect(try await registry.client(id) == new)
    }
}

@Suite("Cache: bounded, the least used goes first")
struct GenerationalCacheTests {
    @Test func `never holds more than twice a generation, and keeps what is used`() {
        var cache = GenerationalCache<Int, Int>(capacity: 100)
        for number in 0..<10_000 {
            cache.insert(number, for: number, weight: 1)
            #expect(cache.value(for: 0) == 0, "used all the time")
            #expect(cache.count <= 100)
        }
        #expect(cache.value(for: 9_999) == 9_999)
        #expect(cache.value(for: 5_000) == nil)
    }

    @Test func `gives the newest value of a key`() {
        var cache = GenerationalCache<Int, Int>(capacity: 4)
        cache.insert(1, for: 1, weight: 1)
        for number in 2...5 { cache.insert(number, for: number, weight: 1) }
        cache.insert(10, for: 4, weight: 1)
        #expect(cache.value(for: 4) == 10)
    }

    @Test func `bounds the weight, not the number, and keeps nothing that outweighs a generation`() {
        var cache = GenerationalCache<Int, Int>(capacity: 20)
        cache.insert(1, for: 1, weight: 11)
        #expect(cache.value(for: 1) == nil)
        for number in 0..<100 { cache.insert(number, for: number, weight: 5) }
        #expect(cache.count <= 4)
        #expect(cache.value(for: 99) == 99)
    }
}
