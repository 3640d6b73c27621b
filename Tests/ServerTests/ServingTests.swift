import AsyncHTTPClient
import AuditLedger
import Foundation
import JOSE
import LibCrypto
import NIOCore
import NIOHTTP1
import SQLiteStorage
import Server
import TestSupport
import NIOSSL
import Testing
import TokenIssuance
import Vocabulary

extension OneAtATime {
    @Suite("A server on a real socket and a real database")
    struct ServingTests {
        @Test func `issues a token that its key set proves, and never a second one for it`() async throws {
            let world = try World()
            let form = try world.form()
            let (first, second, keys) = try await world.serving { live in
                (try await live.post(form), try await live.post(form), try await live.get(live.url("/jwk")))
            }
            #expect(first.status == 200)
            #expect(first.headers["cache-control"] == ["no-store"])
            #expect(first.headers["pragma"] == ["no-cache"])
            #expect(first.headers["date"].count == 1)
            #expect(first.headers["portvakt-trace-id"].first?.count == 32)
            let body = try first.object()
            #expect(body.names == ["access_token", "token_type", "expires_in", "scope"])
            #expect(body["expires_in"]?.integer == 119)
            let token = try CompactJWS(parsing: try #require(body["access_token"]?.string))
            let set = try JWKSet(parsing: Array(keys.text.utf8))
            let key = try #require(set.keys.first)
            #expect(key.keyID == world.signingKey.rawValue)
            #expect(token.isSigned(by: key.publicKey, algorithm: .rs256))
            #expect(second.status == 400)
            #expect(try second.object()["code"] == "MP-012")
        }

        @Test func `forgets no assertion over a restart`() async throws {
            let world = try World()
            let form = try world.form()
            #expect(try await world.serving { live in try await live.post(form).status } == 200)
            let again = try await world.serving { live in try await live.post(form) }
            #expect(try again.object()["reason"] == "assertion_replayed")
        }

        @Test func `of a hundred at once one wins`() async throws {
            let world = try World()
            let form = try world.form()
            let statuses = try await world.serving { live in
                try await withThrowingTaskGroup(of: UInt.self) { group in
                    for _ in 0..<100 { group.addTask { try await live.post(form).status } }
                    return try await group.reduce(into: [UInt: Int]()) { $0[$1, default: 0] += 1 }
                }
            }
            #expect(statuses == [200: 1, 400: 99])
        }

        @Test func `an early refusal can be found in the ring by its trace id`() async throws {
            let world = try World()
            let answer = try await world.serving { live in try await live.post("grant_type=password") }
            let trace = try #require(answer.object()["trace_id"]?.string)
            let notes = try RefusalRing.refusals(in: world.path + "/refusals.ring")
            let note = try #require(notes.first { $0.trace.rawValue == trace })
            #expect(note.code == "PV-002")
            #expect(note.address == "127.0.0.1")
        }

        @Test func `the admin listener has its own port and its own names`() async throws {
            try await World().serving { live in
                #expect(try await live.get(live.adminURL("/health/ready")).status == 200)
                let refused = try await live.get(live.adminURL("/api/v1/scopes"))
                #expect(refused.status == 401)
                #expect(refused.headers["www-authenticate"] == [#"Bearer realm="https://test.example.no/""#])
                var request = HTTPClientRequest(url: live.adminURL("/health/live"))
                request.headers.add(name: "host", value: "rebound.example")
                let misdirected = try await Answer(live.client.execute(request, timeout: .seconds(10)))
                #expect(misdirected.status == 421)
                #expect(try await live.get(live.url("/health/ready")).status == 200)
                #expect(try await live.get(live.url("/api/v1/scopes")).status == 404)
            }
        }

        @Test func `speaks HTTP/2 and HTTP/1_1 over TLS`() async throws {
            let world = try World()
            let tls = try world.writeTLSFiles()
            for (version, spoken) in [
                (HTTPClient.Configuration.HTTPVersion.automatic, HTTPVersion.http2), (.http1Only, .http1_1),
            ] {
                let form = try world.form()
                try await world.serving(tls, httpVersion: version) { live in
                    let answer = try await live.post(form)
                    #expect(answer.status == 200)
                    #expect(answer.version == spoken)
                    #expect(answer.headers["content-type"] == ["application/json"])
                    var head = HTTPClientRequest(url: live.url("/jwk"))
                    head.method = .HEAD
                    let empty = try await Answer(live.client.execute(head, timeout: .seconds(10)))
                    #expect(empty.status == 200)
                    #expect(empty.text.isEmpty)
                    let missing = try await live.get(live.url("/nothing"))
                    #expect(missing.status == 404)
                    #expect(try await live.get(live.adminURL("/health/live")).status == 200)
                }
            }
        }

        @Test func `refuses TLS below 1_2`() async throws {
            let world = try World()
            try await world.serving(world.writeTLSFiles()) { live in
                await #expect(throws: (any Error).self) {
                    try await TLSProbe.certificate(port: live.ports.public, maximumVersion: .tlsv11)
                }
                _ = try await TLSProbe.certificate(port: live.ports.public, maximumVersion: .tlsv12)
            }
        }

        @Test func `takes no suite without forward secrecy or authenticated encryption`() async throws {
            let world = try World()
            try await world.serving(world.writeTLSFiles()) { live in
                // RFC 9325 §4.1, §4.2: by key transport, and with CBC.
                for suites in [
                    "AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA:AES256-SHA",
                    "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA",
                ] {
                    await #expect(throws: (any Error).self, "\(suites)") {
                        try await TLSProbe.certificate(port: live.ports.public, maximumVersion: .tlsv12, suites: suites)
                    }
                }
                let taken = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
                _ = try await TLSProbe.certificate(port: live.ports.public, maximumVersion: .tlsv12, suites: taken)
            }
        }

        @Test func `takes a new certificate without a restart, and keeps the old one for a broken file`() async throws {
            let world = try World()
            let tls = try world.writeTLSFiles(named: "tls")
            let old = try Data(contentsOf: URL(filePath: tls[.tlsCertificate] ?? ""))
            try await world.serving(tls) { live in
                let first = try await TLSProbe.certificate(port: live.ports.public)
                try Data("nonsense".utf8).write(to: URL(filePath: tls[.tlsCertificate] ?? ""))
                try await Task.sleep(for: .milliseconds(2_500))
                #expect(try await TLSProbe.certificate(port: live.ports.public) == first)
                _ = try world.writeTLSFiles(named: "tls")
                #expect(try await eventually { try await TLSProbe.certificate(port: live.ports.public) != first })
                #expect(try Data(contentsOf: URL(filePath: tls[.tlsCertificate] ?? "")) != old)
            }
        }

        @Test func `publishes and uses a new signing key without a restart`() async throws {
            let world = try World()
            let store = try SQLiteStore(DataFolder(path: world.path), opening: .requireCurrent)
            let form = try world.form()
            let (id, header) = try await world.serving { live in
                let (id, _) = try SigningKeyFolder(dataFolder: world.path).makeKey(for: .rs256)
                let now = SystemClock().now
                try store.transaction { transaction in
                    let rotation = SigningKeySchedule(keySetLifetime: 60).rotation(
                        to: id,
                        algorithm: .rs256,
                        among: try transaction.signingKeys(),
                        at: now,
                        immediately: true
                    )
                    for record in [rotation.new] + rotation.replaced { try transaction.store(record) }
                }
                #expect(
                    try await eventually {
                        let set = try JWKSet(parsing: Array(try await live.get(live.url("/jwk")).text.utf8))
                        return Set(set.keys.compactMap(\.keyID)) == [world.signingKey.rawValue, id.rawValue]
                    }
                )
                let token = try await live.post(form).object()["access_token"]?.string
                return (id, try CompactJWS(parsing: try #require(token)).header)
            }
            #expect(header["kid"]?.string == id.rawValue)
            try store.close()
        }

        @Test func `a key set that did not change is not sent again`() async throws {
            try await World().serving { live in
                let first = try await live.get(live.url("/jwk"))
                #expect(first.headers["cache-control"] == ["public, max-age=3600"])
                var request = HTTPClientRequest(url: live.url("/jwk"))
                request.headers.add(name: "if-none-match", value: try #require(first.headers["etag"].first))
                let again = try await Answer(live.client.execute(request, timeout: .seconds(10)))
                #expect(again.status == 304)
                #expect(again.text.isEmpty)
            }
        }
    }
}
