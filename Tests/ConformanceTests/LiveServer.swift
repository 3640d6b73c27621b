import AsyncHTTPClient
import AuditLedger
import EnterpriseCertificates
import Foundation
import JOSE
import Logging
import NIOCore
import NIOHTTP1
import SQLiteStorage
import Server
import TestAuthority
import Vocabulary

/// A real server on a real socket with a real database, built by the very function that `serve` calls.
struct LiveServer {
    /// The identifier that it was made for; its addresses are others, as behind a proxy.
    static let issuer = "https://as.example.no/"

    /// The data folder.
    let folder: String
    /// Where the public listener listens.
    let base: String
    /// Where the admin listener listens.
    let adminBase: String
    /// The server, to be stopped by a test that restarts it.
    let server: PortvaktServer

    /// An answer.
    struct Answer: Sendable {
        /// Its status.
        let status: Int
        /// Its header fields.
        let fields: HTTPHeaders
        /// Its body.
        let body: String

        /// The body as a JSON object.
        func json() throws -> JSONObject {
            guard let object = try JSONValue(parsing: Array(body.utf8)).object else { throw NotAnObject() }
            return object
        }

        struct NotAnObject: Error {}
    }

    /// Sends a token request.
    func token(_ form: String, mediaType: String = "application/x-www-form-urlencoded") async throws -> Answer {
        var request = HTTPClientRequest(url: base + "token")
        request.method = .POST
        request.headers.add(name: "content-type", value: mediaType)
        request.body = .bytes(ByteBuffer(string: form))
        return try await Self.send(request)
    }

    /// Posts a form to an endpoint of the public listener.
    func post(_ path: String, _ form: String, _ fields: [(String, String)] = []) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        for (name, value) in fields { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: form))
        return try await Self.send(request)
    }

    /// Sends any request to the public listener.
    func send(_ method: HTTPMethod, _ path: String, _ fields: [(String, String)] = []) async throws -> Answer {
        try await Self.send(method, base + path, fields)
    }

    /// Sends any request.
    static func send(_ method: HTTPMethod, _ url: String, _ fields: [(String, String)] = []) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        for (name, value) in fields { request.headers.add(name: name, value: value) }
        return try await send(request)
    }

    static func send(_ request: HTTPClientRequest) async throws -> Answer {
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Answer(
            status: Int(response.status.code),
            fields: response.headers,
            body: String(buffer: body)
        )
    }

    /// The ledger's entries of one kind, newest first.
    func entries(of kind: LedgerEvent.Kind) throws -> [LedgerEvent] {
        let store = try SQLiteStore(DataFolder(path: folder), opening: .requireCurrent)
        var query = LedgerQuery()
        query.kinds = [kind]
        let entries = try store.read { try $0.newestEntries(query, limit: 1_000) }
        try store.close()
        return entries.map(\.event)
    }

    // MARK: Starting

    /// Makes an installation, fills it, serves it while `body` runs, and clears everything away.
    static func run(
        clock: any WallClock = SystemClock(),
        settings: [ConfigurationKey: String] = [:],
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        _ body: (LiveServer) async throws -> Void
    ) async throws {
        let folder = NSTemporaryDirectory() + "portvakt-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try make(folder, at: clock.now, settings: settings)
        try await serve(folder, clock: clock, instant: instant, body)
    }

    /// Makes an installation with the conformance world in it.
    static func make(_ folder: String, at now: Timestamp, settings: [ConfigurationKey: String] = [:]) throws {
        let authority = try World.authority.get()
        var trust = [
            TrustStore.File(name: "root.pem", contents: Array(authority.root.pem.utf8)),
            TrustStore.File(name: "issuing.pem", contents: Array(authority.issuing.pem.utf8)),
        ]
        if let profile = BundledTrust.profile(for: .test) { trust.append(profile) }
        let european = try World.european.get()
        let seals =
            BundledTrust.sealFiles(for: .test)
            + [european.root, european.issuing].enumerated().map {
                TrustStore.File(name: "european-\($0).pem", contents: Array($1.pem.utf8))
            }
        let plan = Installation.Plan(
            dataFolder: folder,
            issuer: try Issuer(parsing: issuer),
            environment: .test,
            trust: trust,
            sealTrust: seals,
            settings: settings,
            actor: "conformance tests"
        )
        let installation = try Installation.make(plan, at: now)
        try World.fill(installation.store, at: now)
        try installation.store.close()
    }

    /// Serves an installation while `body` runs.
    static func serve(
        _ folder: String,
        clock: any WallClock = SystemClock(),
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        _ body: (LiveServer) async throws -> Void
    ) async throws {
        let configuration = try ServerConfiguration(
            ConfigurationInputs(
                dataFolder: folder,
                flags: [.listen: "127.0.0.1:0", .adminListen: "127.0.0.1:0"],
                environment: [:]
            )
        )
        let server = try PortvaktServer(
            configuration,
            clock: clock,
            instant: instant,
            logger: Logger(label: "conformance") { _ in
                SwiftLogNoOpLogHandler()
            }
        )
        let (ports, continuation) = AsyncStream.makeStream(of: ListenerPorts.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await server.run { continuation.yield($0) }
            }
            var iterator = ports.makeAsyncIterator()
            if let bound = await iterator.next() {
                let live = LiveServer(
                    folder: folder,
                    base: "http://127.0.0.1:\(bound.public)/",
                    adminBase: "http://127.0.0.1:\(bound.admin)/",
                    server: server
                )
                do {
                    try await body(live)
                } catch {
                    await server.stop()
                    throw error
                }
                await server.stop()
            }
            // A server that never listened throws here what kept it.
            try await group.waitForAll()
        }
    }
}
