import AuditLedger
import Clients
import Delegations
import EnterpriseCertificates
import Foundation
import JOSE
import LibCrypto
import Organisations
import SQLiteStorage
import Scopes
import TestAuthority
import TestSupport
import Vocabulary

/// What the conformance tests find in the server's store: organisations, scopes, grants and clients, one of each kind.
struct World {
    /// Owns the scopes.
    static let provider = number(31_000_005)
    /// Has access, and clients of every kind.
    static let consumer = number(31_000_000)
    /// Has a certificate and a client, and access to nothing.
    static let stranger = number(31_000_009)
    /// Deleted from the register on 2026-05-01.
    static let deleted = number(31_000_013)
    /// Bankrupt, and alive.
    static let bankrupt = number(31_000_017)
    /// Acts for the consumer by delegations.
    static let supplier = number(31_000_024)
    /// A number that the register does not know.
    static let unknown = number(31_000_020)

    /// `client_id` of the client with the registered RSA key `rsa-1`, P-256 key `p256-1`, expired key `old-1`.
    static let keyClient = "11111111-1111-4111-8111-111111111111"
    /// `client_id` of the client that authenticates by its owner's certificate.
    static let certificateClient = "22222222-2222-4222-8222-222222222222"
    /// `client_id` of a disabled client with the key `rsa-1`.
    static let disabledClient = "33333333-3333-4333-8333-333333333333"
    /// `client_id` of a client of the deleted organisation with the key `rsa-1`.
    static let deletedClient = "44444444-4444-4444-8444-444444444444"
    /// `client_id` of a client of the bankrupt organisation with the key `rsa-1`.
    static let bankruptClient = "55555555-5555-4555-8555-555555555555"
    /// `client_id` of a client of an unknown organisation with the key `rsa-1`.
    static let unknownClient = "66666666-6666-4666-8666-666666666666"
    /// `client_id` of the stranger's client with the key `rsa-1`, and the scope on it.
    static let strangerClient = "77777777-7777-4777-8777-777777777777"

    /// `client_id` of the supplier's client with the key `rsa-1`, and the on-behalf-of entry `customer` for the consumer.
    static let supplierClient = "88888888-8888-4888-8888-888888888888"
    /// `client_id` of a client that the supplier registered for the consumer, with the key `rsa-1`.
    static let ownedClient = "99999999-9999-4999-8999-999999999999"
    /// `client_id` of the client of the scopes' owner, with the key `rsa-1`.
    static let providerClient = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"

    /// `client_id` of a client of the consumer that is registered for DPoP, with the key `rsa-1`.
    static let dpopClient = "cccccccc-cccc-4ccc-8ccc-cccccccccccc"

    /// A CA pair like Buypass's, made once a process.
    static let authority = Result { try CertificateAuthority(.buypass, keys: .small, at: SystemClock().now) }
    /// Another one, which nobody trusts.
    static let otherAuthority = Result { try CertificateAuthority(.buypass, keys: .small, at: SystemClock().now) }

    /// A European trust service whose seals the server takes.
    static let european = Result { try CertificateAuthority(.european, keys: .small, at: SystemClock().now) }
    /// Another one, of the same name, which nobody trusts.
    static let otherEuropean = Result { try CertificateAuthority(.european, keys: .small, at: SystemClock().now) }

    /// Puts the world into an empty store.
    static func fill(_ store: SQLiteStore, at now: Timestamp) throws {
        try importRegister(into: store, at: now)
        try store.transaction { transaction in
            try transaction.insert(
                ScopePrefixAssignment(
                    prefix: try ScopePrefix(parsing: "demo"),
                    owner: provider,
                    created: now,
                    lastUpdated: now
                )
            )
            for scope in try scopes(at: now) { try transaction.insert(scope) }
            for access in try accesses(at: now) { try transaction.put(access) }
            for client in try clients(at: now) { try transaction.insert(client) }
            for delegation in try delegations(at: now) { try transaction.insert(delegation) }
            try transaction.raiseRevision()
        }
    }

    // MARK: Parts

    /// The register's bulk format, read by the real import.
    private static func importRegister(into store: SQLiteStore, at now: Timestamp) throws {
        func unit(_ number: OrganisationNumber, _ name: String, _ more: String = "") -> String {
            """
            {"organisasjonsnummer":"\(number)","navn":"\(name)","respons_klasse":"Enhet",
             "organisasjonsform":{"kode":"AS","beskrivelse":"Aksjeselskap"}\(more)}
            """
        }
        let text = [
            unit(provider, "TILBYDER"), unit(consumer, "KONSUMENT AS"), unit(stranger, "FREMMED AS"),
            unit(supplier, "LEVERANDØR AS"),
            unit(deleted, "SLETTET AS", ",\"slettedato\":\"2026-05-01\""),
            unit(bankrupt, "KONKURS AS", ",\"konkurs\":true,\"konkursdato\":\"2026-04-01\""),
        ].joined(separator: ",")
        let importing = SQLiteOrganisationImport(into: store) { _ in
            LedgerEvent(time: now, kind: .organisationsImported)
        }
        try OrganisationImport(mode: .replace).run(MemoryByteSource(Array("[\(text)]".utf8)), into: importing)
    }

    private static func scopes(at now: Timestamp) throws -> [Scope] {
        let names = [
            "read", "write", "open", "inactive", "users", "ended", "terms", "enforced", "other-enforced", "at", "es256",
            "person", "delegated", "not-delegated", "delegation-ended", "ungranted", "unproven",
            "unproven-for-consumer",
            "unproven-ended", "listed", "possession", "customs", "tariffs", "bound",
        ]
        return try names.map { name in
            var scope = Scope(
                name: try ScopeName(parsing: "demo:\(name)"),
                owner: provider,
                description: name,
                created: now,
                origin: "cli"
            )
            switch name {
            case "open": scope.isAccessibleForAll = true
            case "inactive": scope.isActive = false
            case "users": scope.allowedIntegrationTypes = ["idporten"]
            case "terms": scope.requiredTermsVersion = "2026-1"
            case "enforced": scope.enforcedAudience = "https://api.example.no/a"
            case "other-enforced": scope.enforcedAudience = "https://api.example.no/b"
            case "at": scope.headerType = .accessToken
            case "customs", "tariffs": scope.supportsEuropeanBusinesses = true
            case "bound": scope.requiresClientCertificate = true
            case "listed": scope.hasStatusList = true
            case "possession": scope.requiresDPoP = true
            case "es256": scope.signingAlgorithm = "ES256"
            case "person": scope.pid = .required
            case "delegated", "not-delegated", "delegation-ended", "ungranted":
                scope.delegationSource = ScopeRules.internalDelegationSource
            case "unproven", "unproven-for-consumer", "unproven-ended": scope.allowsUnprovenSupplier = true
            default: break
            }
            return scope
        }
    }

    private static func accesses(at now: Timestamp) throws -> [ScopeAccess] {
        let granted = [
            "read", "inactive", "users", "ended", "terms", "enforced", "other-enforced", "at", "es256", "person",
            "delegated", "not-delegated", "delegation-ended", "unproven", "unproven-for-consumer", "unproven-ended",
            "listed", "possession", "bound",
        ]
        var accesses = try granted.map { name in
            var access = ScopeAccess(
                scope: try ScopeName(parsing: "demo:\(name)"),
                consumer: consumer,
                created: now,
                origin: "cli"
            )
            if name == "ended" { access.validUntil = now }
            return access
        }
        for name in ["unproven", "unproven-ended"] {
            var access = ScopeAccess(
                scope: try ScopeName(parsing: "demo:\(name)"),
                consumer: supplier,
                created: now,
                origin: "cli"
            )
            if name == "unproven-ended" { access.validUntil = now }
            accesses.append(access)
        }
        for organisation in [bankrupt, deleted] {
            accesses.append(
                ScopeAccess(
                    scope: try ScopeName(parsing: "demo:read"),
                    consumer: organisation,
                    created: now,
                    origin: "cli"
                )
            )
        }
        return accesses
    }

    private static func clients(at now: Timestamp) throws -> [Client] {
        let all = try scopes(at: now).map(\.name).filter { $0.rawValue != "demo:write" }
        let rsa = try key("rsa-1", .rs256, TestKeys.rsa, at: now)
        var clients: [Client] = []
        for (id, owner) in [
            (keyClient, consumer), (disabledClient, consumer), (deletedClient, deleted), (bankruptClient, bankrupt),
            (unknownClient, unknown), (strangerClient, stranger), (supplierClient, supplier), (ownedClient, consumer),
            (providerClient, provider), (dpopClient, consumer),
        ] {
            var client = Client(
                id: try ClientID(parsing: id),
                owner: owner,
                name: "client",
                scopes: all,
                created: now
            )
            client.authentication = .registeredKey
            client.keys = [rsa]
            client.isActive = id != disabledClient
            client.requiresDPoP = id == dpopClient
            if id == ownedClient { client.supplier = supplier }
            if id == supplierClient {
                client.onBehalfOf = [
                    OnBehalfOfEntry(value: "customer", consumer: consumer, name: "Customer", created: now)
                ]
            }
            if id == keyClient {
                client.keys.append(try key("p256-1", .es256, TestKeys.p256, at: now))
                client.keys.append(try key("old-1", .rs256, TestKeys.otherRSA, at: now - .days(365)))
            }
            clients.append(client)
        }
        clients.append(
            Client(
                id: try ClientID(parsing: certificateClient),
                owner: consumer,
                name: "by certificate",
                scopes: all,
                created: now
            )
        )
        return clients
    }

    private static func delegations(at now: Timestamp) throws -> [ScopeDelegation] {
        try ["delegated", "delegation-ended", "ungranted"].map { name in
            ScopeDelegation(
                id: DelegationIDSource.system.next(),
                consumer: consumer,
                supplier: supplier,
                resource: try ownResource(of: name),
                since: now,
                until: name == "delegation-ended" ? now : nil,
                basis: .operator
            )
        }
    }

    /// The resource that a scope of the internal register has of its own.
    static func ownResource(of name: String) throws -> ResourceID {
        let scope = try ScopeName(parsing: "demo:\(name)")
        guard let id = ResourceID(of: scope) else { preconditionFailure("`\(scope)` is too long") }
        return id
    }

    private static func key(
        _ id: String,
        _ algorithm: JWSAlgorithm,
        _ key: PrivateKey,
        at now: Timestamp
    ) throws -> ClientKey {
        ClientKey(
            id: try KeyID(parsing: id),
            algorithm: algorithm,
            publicKey: key.publicKey,
            thumbprint: JWK(key.publicKey, keyID: id, algorithm: algorithm).thumbprint(),
            created: now,
            expires: now + .days(365)
        )
    }

    private static func number(_ stem: Int) -> OrganisationNumber {
        guard let number = OrganisationNumber(stem: stem) else { preconditionFailure("\(stem) has no check digit") }
        return number
    }
}
