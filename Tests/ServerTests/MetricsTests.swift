import AsyncHTTPClient
import Clients
import Foundation
import JOSE
import MetricsExposition
import NIOCore
import NIOHTTP1
import SQLiteStorage
import Testing
import Vocabulary

@testable import Server

@Suite("DESIGN §1: /metrics")
struct MetricsTests {
    private struct Answer {
        let status: Int
        let type: String?
        let text: String
    }

    private static func get(_ url: String, _ fields: [(String, String)] = []) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        for (name, value) in fields { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
        return Answer(
            status: Int(response.status.code),
            type: response.headers.first(name: "content-type"),
            text: text
        )
    }

    private func expect(
        _ status: Int,
        at url: String,
        _ fields: [(String, String)] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await Self.get(url, fields)
        #expect(answer.status == status, sourceLocation: sourceLocation)
    }

    /// Serves a world while `body` asks; its argument is the ports.
    private func serving(
        _ settings: [ConfigurationKey: String] = [:],
        _ body: @Sendable (ListenerPorts) async throws -> Void
    ) async throws {
        let world = try World(settings: settings)
        let server = try PortvaktServer(try world.configuration(), version: "1.2.3", logger: .silent)
        let (ports, port) = AsyncStream<ListenerPorts>.makeStream()
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run { port.yield($0) } }
            var first = ports.makeAsyncIterator()
            let bound = try #require(await first.next())
            do { try await body(bound) } catch {
                await server.stop()
                throw error
            }
            await server.stop()
            try await group.waitForAll()
        }
    }

    @Test func `a peer on loopback reads what was counted, under every name of the table and no other`() async throws {
        try await serving { ports in
            let publicBase = "http://127.0.0.1:\(ports.public)"
            try await expect(200, at: publicBase + "/jwk")
            try await expect(404, at: publicBase + "/nowhere")
            try await expect(404, at: publicBase + "/metrics")
            let answer = try await Self.get("http://127.0.0.1:\(ports.admin)/metrics")
            #expect(answer.status == 200)
            #expect(answer.type == "text/plain; version=0.0.4; charset=utf-8")
            let lines = answer.text.split(separator: "\n").map(String.init)
            #expect(
                lines.contains(#"portvakt_http_requests_total{endpoint="jwk",listener="public",status="2xx"} 1"#)
            )
            #expect(lines.contains(#"portvakt_http_refusals_total{code="PV-004",listener="public"} 2"#))
            #expect(lines.contains("portvakt_ready 1"))
            #expect(lines.contains(#"portvakt_build_info{version="1.2.3"} 1"#))
            #expect(lines.contains { $0.hasPrefix("portvakt_signing_key_state{") && $0.contains(#"state="active""#) })
            #expect(lines.contains(#"portvakt_http_connections{listener="admin"} 1"#))
            // Those that this world has none of.
            let absent: Set = [
                "portvakt_tls_certificate_not_after_timestamp_seconds",
                "portvakt_signing_key_retires_timestamp_seconds",
            ]
            for metric in ServerMetrics.all where !absent.contains(metric.name) {
                let isThere = lines.contains {
                    $0.hasPrefix(metric.name + "{") || $0.hasPrefix(metric.name + " ")
                        || $0.hasPrefix(metric.name + "_bucket{")
                }
                #expect(isThere, "\(metric.name) has no series")
            }
        }
    }

    private func ending(_ key: ClientKey, _ end: Timestamp) -> ClientKey {
        ClientKey(
            id: key.id,
            algorithm: key.algorithm,
            publicKey: key.publicKey,
            thumbprint: key.thumbprint,
            created: key.created,
            expires: end
        )
    }

    @Test func `keys that end within thirty days are counted as soon as the facts change, those of active clients`()
        async throws
    {
        let world = try World()
        let store = try SQLiteStore(DataFolder(path: world.path), opening: .requireCurrent)
        try await world.serving { live in
            let page = live.adminURL("/metrics")
            let now = SystemClock().now
            let changes: [(count: Int, change: (inout Client) -> Void)] = [
                (0, { $0.keys = $0.keys.map { ending($0, now + .days(31)) } }),
                (1, { $0.keys = $0.keys.map { ending($0, now + .days(29)) } }),
                (0, { $0.isActive = false }), (1, { $0.isActive = true }),
                (0, { $0.keys = $0.keys.map { ending($0, now - 1) } }),
            ]
            for (count, change) in changes {
                try store.transaction { transaction in
                    var client = try #require(try transaction.client(ClientID(parsing: world.client)))
                    change(&client)
                    try transaction.update(client)
                    try transaction.raiseRevision()
                }
                let line = "portvakt_client_keys_expiring \(count)\n"
                #expect(try await eventually { try await Self.get(page).text.contains(line) })
            }
        }
        try store.close()
    }

    @Test(arguments: ["X-Forwarded-For", "Forwarded", "Via"])
    func `a request that was forwarded needs a token, on loopback too`(field: String) async throws {
        try await serving { ports in
            let answer = try await Self.get("http://127.0.0.1:\(ports.admin)/metrics", [(field, "for=198.51.100.1")])
            #expect(answer.status == 401)
        }
    }

    @Test(arguments: [[ConfigurationKey.behindTLSProxy: "true"], [.trustedProxies: "192.0.2.7"]])
    func `where a proxy is configured, loopback proves nothing`(settings: [ConfigurationKey: String]) async throws {
        try await serving(settings) { ports in
            let url = "http://127.0.0.1:\(ports.admin)/metrics"
            try await expect(401, at: url)
            try await expect(401, at: url, [("authorization", "Bearer a.b.c")])
        }
    }

    @Test func `where a proxy is configured, a token with the operator's scope reads it, and no other does`()
        async throws
    {
        let world = try World(settings: [.behindTLSProxy: "true"])
        try world.addAdministrativeScopes("portvakt:operator", "altinn:test.read")
        try await world.serving { live in
            let page = live.adminURL("/metrics")
            func answer(_ scope: String) async throws -> (status: Int, text: String) {
                let token = try await live.post(world.form(scope: scope)).object()
                let text = try #require(token["access_token"]?.string)
                let answer = try await Self.get(page, [("authorization", "Bearer \(text)")])
                return (answer.status, answer.text)
            }
            let granted = try await answer("portvakt:operator")
            #expect(granted.status == 200)
            #expect(granted.text.contains("portvakt_ready 1\n"))
            // A token for the same listener, without the scope.
            let other = try await answer("altinn:test.read")
            #expect(other.status == 403)
            #expect(other.text.contains("insufficient_scope"))
            #expect(!other.text.contains("portvakt_ready"))
            // A good token for somebody else.
            let elsewhere = try await answer(world.scope)
            #expect(elsewhere.status == 401)
            #expect(elsewhere.text.contains("access_token_audience"))
            try await expect(401, at: page)
        }
    }

    @Test func `a listener of its own serves it to everybody and nothing else, and the admin listener no more`()
        async throws
    {
        try await serving([.metricsListen: "127.0.0.1:0", .behindTLSProxy: "true"]) { ports in
            let base = "http://127.0.0.1:\(try #require(ports.metrics))"
            let answer = try await Self.get(base + "/metrics", [("x-forwarded-for", "198.51.100.1")])
            #expect(answer.status == 200)
            #expect(answer.text.contains("portvakt_http_connections{listener=\"metrics\"} 1\n"))
            try await expect(404, at: base + "/health/live")
            try await expect(401, at: "http://127.0.0.1:\(ports.admin)/metrics")
        }
    }

    @Test func `the document has the table of the code`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/metrics.md")
        if ProcessInfo.processInfo.environment["PORTVAKT_GOLDEN"] == "write" {
            let text = try String(contentsOf: file, encoding: .utf8)
            let head = text.prefix(upTo: text.range(of: "| Metric |")?.lowerBound ?? text.endIndex)
            try Data((head + ServerMetrics.markdown).utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8).hasSuffix(ServerMetrics.markdown))
    }

    @Test func `whatever the server's modules count is in the table`() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources")
        let known = Set(ServerMetrics.all.map(\.name))
        var seen = 0
        for module in ["AdminAPI", "AuditLedger", "EnterpriseCertificates", "HTTPServer", "Server", "TokenIssuance"] {
            let folder = sources.appending(path: module)
            let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
            for case let file as URL in files where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /(?:label: |MetricSample\(\s*)"((?:portvakt|process)_[a-z_]+)"/) {
                    seen += 1
                    #expect(known.contains(String(match.1)), "\(match.1) in \(file.lastPathComponent)")
                }
            }
        }
        #expect(seen > 20)
    }
}
