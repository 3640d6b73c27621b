import AsyncHTTPClient
import Clients
import Foundation
import JOSE
import LibCrypto
import Logging
import NIOCore
import NIOHTTP1
import Organisations
import SQLiteStorage
import Scopes
import Server
import TestAuthority
import TestSupport
import NIOSSL
import TokenIssuance
import AuditLedger
import Testing
import Vocabulary

/// A folder that goes away with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "portvakt-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// An installation with one organisation, one scope and one client, whose key signs its requests.
final class World: Sendable {
    let folder: TemporaryFolder
    let issuer = "https://test.example.no/"
    let client = "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11"
    let scope = "demo:fish.read"
    let signingKey: KeyID

    var path: String { folder.path + "/data" }

    init(settings: [ConfigurationKey: String] = [:]) throws {
        folder = try TemporaryFolder()
        let now = SystemClock().now
        let installation = try Installation.make(
            Installation.Plan(
                dataFolder: folder.path + "/data",
                issuer: Issuer(parsing: issuer),
                environment: .test,
                settings: settings.merging([.listen: "127.0.0.1:0", .adminListen: "127.0.0.1:0"]) { first, _ in first },
                actor: "test"
            ),
            at: now
        )
        signingKey = installation.signingKey.id
        try Self.fill(installation.store, client: client, scope: scope, at: now)
        try installation.store.close()
    }

    private static func fill(_ store: SQLiteStore, client: String, scope: String, at now: Timestamp) throws {
        let owner = try #require(OrganisationNumber(stem: 31_000_000))
        let unit: JSONValue = [
            "organisasjonsnummer": .string("\(owner)"), "navn": "FISK AS",
            "organisasjonsform": ["kode": "AS", "beskrivelse": "Aksjeselskap"],
            "registreringsdatoEnhetsregisteret": "2020-01-01", "konkurs": false, "underAvvikling": false,
            "underTvangsavviklingEllerTvangsopplosning": false,
        ]
        try OrganisationImport(mode: .replace).run(
            MemoryByteSource(JSONValue.array([unit]).encoded()),
            into: SQLiteOrganisationImport(into: store) { _ in .init(time: now, kind: .organisationsImported) }
        )
        let name = try ScopeName(parsing: scope)
        let key = TestKeys.rsa.publicKey
        try store.transaction { transaction in
            try transaction.insert(
                ScopePrefixAssignment(prefix: name.prefix, owner: owner, created: now, lastUpdated: now)
            )
            try transaction.insert(Scope(name: name, owner: owner, description: "Fish", created: now, origin: "test"))
            try transaction.put(ScopeAccess(scope: name, consumer: owner, created: now, origin: "test"))
            var registration = Client(
                id: try ClientID(parsing: client),
                owner: owner,
                name: "fish reader",
                scopes: [name],
                created: now
            )
            registration.authentication = .registeredKey
            registration.keys = [
                ClientKey(
                    id: try KeyID(parsing: "k1"),
                    algorithm: .rs256,
                    publicKey: key,
                    thumbprint: JWK(key, keyID: nil, algorithm: nil).thumbprint(),
                    created: now,
                    expires: now + Seconds.days(30)
                )
            ]
            try transaction.insert(registration)
            try transaction.raiseRevision()
        }
    }

    /// Gives the client scopes of the admin listener, as an operator would.
    func addAdministrativeScopes(_ names: String...) throws {
        let store = try SQLiteStore(DataFolder(path: path), opening: .requireCurrent)
        let now = SystemClock().now
        try store.transaction { transaction in
            var registration = try #require(try transaction.client(ClientID(parsing: client)))
            for text in names {
                let name = try ScopeName(parsing: text)
                try transaction.insert(
                    ScopePrefixAssignment(
                        prefix: name.prefix,
                        owner: registration.owner,
                        created: now,
                        lastUpdated: now
                    )
                )
                try transaction.insert(
                    Scope(name: name, owner: registration.owner, description: text, created: now, origin: "test")
                )
                try transaction.put(
                    ScopeAccess(scope: name, consumer: registration.owner, created: now, origin: "test")
                )
                registration.scopes.append(name)
            }
            try transaction.update(registration)
            try transaction.raiseRevision()
        }
        try store.close()
    }

    /// The configuration that `serve` would read.
    func configuration(_ flags: [ConfigurationKey: String] = [:]) throws -> ServerConfiguration {
        try ServerConfiguration(ConfigurationInputs(dataFolder: path, flags: flags))
    }

    /// A server on it, not started.
    func server(
        _ flags: [ConfigurationKey: String] = [:],
        clock: any WallClock = SystemClock()
    ) throws -> PortvaktServer {
        try PortvaktServer(configuration(flags), clock: clock, logger: .silent)
    }

    /// The form of a good token request.
    func form(
        jti: String = UUID().uuidString,
        scope: String? = nil,
        at now: Timestamp = SystemClock().now
    ) throws -> String {
        let assertion = try AssertionMint(
            client: client,
            audience: issuer,
            scope: scope ?? self.scope,
            at: now,
            jti: jti,
            kid: "k1"
        ).signed(by: TestKeys.rsa)
        return "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)"
    }

    /// A certificate and key of TLS in two files, made anew.
    func writeTLSFiles(named name: String = "tls") throws -> [ConfigurationKey: String] {
        let authority = try CertificateAuthority(
            .buypass,
            keys: .init(authority: .ec(.p256), enterprise: .ec(.p256)),
            at: SystemClock().now
        )
        var request = EnterpriseCertificateRequest(
            organisation: try #require(OrganisationNumber(stem: 31_000_000)),
            name: "localhost"
        )
        request.isSelfSigned = true
        let issued = try authority.issue(request)
        let key = try #require(issued.key)
        let certificateFile = "\(folder.path)/\(name).pem"
        let keyFile = "\(folder.path)/\(name).key"
        try Data(issued.pem.utf8).write(to: URL(filePath: certificateFile))
        try Data(key.pem().utf8).write(to: URL(filePath: keyFile))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyFile)
        return [.tlsCertificate: certificateFile, .tlsKey: keyFile]
    }
}

/// A server that runs, and a client that speaks to it.
struct LiveServer: Sendable {
    let server: PortvaktServer
    let ports: ListenerPorts
    let client: HTTPClient

    private var scheme: String { server.configuration.tls == nil ? "http" : "https" }

    func url(_ path: String) -> String { "\(scheme)://127.0.0.1:\(ports.public)\(path)" }

    func adminURL(_ path: String) -> String { "\(scheme)://127.0.0.1:\(ports.admin)\(path)" }

    func get(_ url: String) async throws -> Answer {
        try await Answer(client.execute(HTTPClientRequest(url: url), timeout: .seconds(60)))
    }

    func post(_ form: String) async throws -> Answer { try await post(.bytes(ByteBuffer(string: form))) }

    func post(_ body: HTTPClientRequest.Body) async throws -> Answer {
        var request = HTTPClientRequest(url: url("/token"))
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        request.body = body
        return try await Answer(client.execute(request, timeout: .seconds(60)))
    }
}

/// An answer, read to its end.
struct Answer: Sendable {
    let status: UInt
    let headers: HTTPHeaders
    let version: HTTPVersion
    let text: String

    init(_ response: HTTPClientResponse) async throws {
        status = response.status.code
        headers = response.headers
        version = response.version
        text = String(buffer: try await response.body.collect(upTo: 1_048_576))
    }

    func object() throws -> JSONObject { try #require(JSONValue(parsing: Array(text.utf8)).object) }
}

extension World {
    /// Runs a server while `body` speaks to it, then ends it in order and waits until it has.
    func serving<Result: Sendable>(
        _ flags: [ConfigurationKey: String] = [:],
        clock: any WallClock = SystemClock(),
        httpVersion: HTTPClient.Configuration.HTTPVersion = .automatic,
        _ body: @Sendable @escaping (LiveServer) async throws -> Result
    ) async throws -> Result {
        let server = try server(flags, clock: clock)
        let (ready, told) = AsyncStream<ListenerPorts>.makeStream()
        return try await withClient(httpVersion) { client in
            try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask {
                    defer { told.finish() }
                    try await server.run { told.yield($0) }
                    return nil
                }
                var first = ready.makeAsyncIterator()
                guard let ports = await first.next() else {
                    try await group.waitForAll()
                    throw CancellationError()
                }
                do {
                    let result = try await body(LiveServer(server: server, ports: ports, client: client))
                    await server.stop()
                    try await group.waitForAll()
                    return result
                } catch {
                    await server.stop()
                    throw error
                }
            }
        }
    }
}

/// A client that takes any certificate, for servers that live as long as a test.
func withClient<Result>(
    _ version: HTTPClient.Configuration.HTTPVersion = .automatic,
    _ body: (HTTPClient) async throws -> Result
) async throws -> Result {
    var configuration = HTTPClient.Configuration(certificateVerification: .none)
    configuration.httpVersion = version
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
        let result = try await body(client)
        try await client.shutdown()
        return result
    } catch {
        try? await client.shutdown()
        throw error
    }
}

extension Logger {
    /// Says nothing, unless `PORTVAKT_TEST_LOG` is set.
    static let silent: Logger = {
        guard ProcessInfo.processInfo.environment["PORTVAKT_TEST_LOG"] != nil else {
            return Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        }
        var logger = Logger(label: "test") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .trace
        return logger
    }()
}

/// Waits until something holds, and gives up after a minute, which no machine is too slow for.
func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(20))
    }
    return false
}
