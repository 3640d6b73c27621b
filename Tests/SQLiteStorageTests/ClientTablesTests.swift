import Clients
import GRDB
import JOSE
import LibCrypto
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("Tables of clients and their keys")
struct ClientTablesTests {
    private static let key = try? PrivateKey.generate(.ec(.p256))
    private static let otherKey = try? PrivateKey.generate(.ed25519)

    private func number(_ stem: Int) -> OrganisationNumber { OrganisationNumber(stem: stem) ?? number(stem + 1) }

    private func store(_ body: (SQLiteStore) throws -> Void) throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        defer { try? store.close() }
        try body(store)
    }

    private func client(
        _ id: String,
        _ scopes: String...,
        change: (inout Client) throws -> Void = { _ in }
    ) throws -> Client {
        var client = Client(
            id: try ClientID(parsing: id),
            owner: number(31_000_012),
            name: "payroll \(id)",
            scopes: try scopes.map { try ScopeName(parsing: $0) },
            created: epoch
        )
        try change(&client)
        return client
    }

    private func clientKey(_ kid: String, created: Timestamp = epoch, chain: [[UInt8]] = []) throws -> ClientKey {
        let key = try #require(kid.hasPrefix("ed") ? Self.otherKey : Self.key)
        return ClientKey(
            id: try KeyID(parsing: kid),
            algorithm: kid.hasPrefix("ed") ? .edDSA : .es256,
            publicKey: key.publicKey,
            thumbprint: "t-\(kid)",
            certificateThumbprint: chain.isEmpty ? nil : "c-\(kid)",
            certificateChain: chain,
            created: created,
            expires: created + .days(365)
        )
    }

    @Test func `a client comes back with all that was kept`() throws {
        try store { store in
            let full = try client("0b1f", "acme:b", "acme:a") { client in
                client.supplier = number(31_420_077)
                client.description = "Nightly"
                client.uri = "https://example.no"
                client.accessTokenLifetime = 60
                client.isActive = false
                client.authentication = .registeredKey
                client.acceptsTokenEndpointAudience = true
                client.requiresDPoP = true
                client.requiresClientCertificate = true
                client.inertFields = "{\"application_type\":\"web\"}"
                client.lastUpdated = epoch + 7
                client.keys = [
                    try clientKey("k1"), try clientKey("ed2", created: epoch + 1, chain: [[0x30, 0x00], [1, 2, 3]]),
                ]
            }
            let plain = try client("2a", change: { $0.name = "b" })
            try store.transaction { transaction in
                try transaction.insert(full)
                try transaction.insert(plain)
            }
            #expect(try store.read { try $0.client(full.id) } == full)
            #expect(try store.read { try $0.client(plain.id) } == plain)
            #expect(try store.read { try $0.client(ClientID(parsing: "0B1F")) } == nil)
        }
    }

    @Test(arguments: Client.IntegrationType.allCases)
    func `every type comes back`(type: Client.IntegrationType) throws {
        try store { store in
            let client = Client(
                id: try ClientID(parsing: "c"),
                owner: number(31_000_012),
                integrationType: type,
                name: "x",
                scopes: [],
                created: epoch
            )
            try store.transaction { try $0.insert(client) }
            #expect(try store.read { try $0.client(client.id) }?.integrationType == type)
        }
    }

    @Test func `new values take the place of the old ones, scopes and keys too`() throws {
        try store { store in
            var client = try client("c", "acme:a", "acme:b") { $0.keys = [try clientKey("k1")] }
            let other = try self.client("d", "acme:a") { $0.keys = [try clientKey("k1")] }
            try store.transaction { transaction in
                try transaction.insert(client)
                try transaction.insert(other)
            }
            client.name = "other"
            client.scopes = [try ScopeName(parsing: "acme:c"), try ScopeName(parsing: "acme:a")]
            client.keys = [try clientKey("k2")]
            client.authentication = .registeredKey
            client.lastUpdated = epoch + 1
            try store.transaction { try $0.update(client) }
            #expect(try store.read { try $0.client(client.id) } == client)
            #expect(try store.read { try $0.client(other.id) } == other)
        }
    }

    @Test func `an identifier stands once`() throws {
        try store { store in
            let client = try client("c")
            try store.transaction { try $0.insert(client) }
            #expect(throws: StorageError.self) { try store.transaction { try $0.insert(client) } }
        }
    }

    @Test func `lists are by owner, scope, activity and the end of keys`() throws {
        try store { store in
            try store.transaction { transaction in
                try transaction.insert(client("a", "acme:a") { $0.keys = [try clientKey("k1")] })
                try transaction.insert(client("b", "acme:a", "acme:b"))
                try transaction.insert(client("c", "acme:b") { $0.isActive = false })
            }
            func found(_ change: (inout ClientQuery) throws -> Void) throws -> [String] {
                var query = ClientQuery()
                try change(&query)
                return try store.read { try $0.clients(query).map(\.id.rawValue) }
            }
            #expect(try found { _ in } == ["a", "b"])
            #expect(try found { $0.includesInactive = true } == ["a", "b", "c"])
            #expect(try found { $0.scope = try ScopeName(parsing: "acme:b") } == ["b"])
            #expect(try found { $0.owner = number(31_420_077) } == [])
            #expect(try found { $0.owner = number(31_000_012) } == ["a", "b"])
            #expect(try found { $0.keyEndingBefore = epoch + .days(365) } == [])
            #expect(try found { $0.keyEndingBefore = epoch + .days(365) + 1 } == ["a"])
        }
    }

    @Test func `a damaged key is told as a damaged database`() throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        defer { try? store.close() }
        let damaged = try client("c") { $0.keys = [try clientKey("k1")] }
        try store.transaction { try $0.insert(damaged) }
        try installation.foreignConnection().write { try $0.execute(sql: "UPDATE client_key SET public_key = x'3000'") }
        #expect(throws: StorageError.corrupt(detail: "key `k1` of client `c` is malformed")) {
            try store.read { try $0.client(damaged.id) }
        }
    }
}
