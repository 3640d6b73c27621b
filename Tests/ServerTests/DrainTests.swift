import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Server
import JOSE
import Testing
import Vocabulary

/// The two halves of a request's body, the second sent when the gate opens.
private struct HeldBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let form: String
    let gate: AsyncStream<Void>

    struct AsyncIterator: AsyncIteratorProtocol {
        let form: String
        let gate: AsyncStream<Void>
        var part = 0

        mutating func next() async throws -> ByteBuffer? {
            part += 1
            let half = form.utf8.count / 2
            switch part {
            case 1: return ByteBuffer(string: String(form.prefix(half)))
            case 2:
                for await _ in gate { break }
                return ByteBuffer(string: String(form.dropFirst(half)))
            default: return nil
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(form: form, gate: gate) }
}

extension OneAtATime {
    @Suite("DESIGN §1: a server drains by itself before anything is torn down")
    struct DrainTests {
        private static let protocols: [(HTTPClient.Configuration.HTTPVersion, Bool, HTTPVersion)] = [
            (.http1Only, false, .http1_1), (.http1Only, true, .http1_1), (.automatic, true, .http2),
        ]

        @Test(arguments: protocols.indices)
        func `a request in flight gets its token`(index: Int) async throws {
            let (version, isTLS, spoken) = Self.protocols[index]
            let world = try World()
            let form = try world.form()
            let flags = isTLS ? try world.writeTLSFiles() : [:]
            let answer = try await world.serving(flags, httpVersion: version) { live in
                // The connection stands before the end begins.
                #expect(try await live.get(live.url("/jwk")).version == spoken)
                let (gate, opener) = AsyncStream<Void>.makeStream()
                async let pending = live.post(
                    .stream(HeldBody(form: form, gate: gate), length: .known(Int64(form.utf8.count)))
                )
                #expect(try await eventually { live.server.requestsInFlight == 1 })
                await live.server.stop()
                // The socket is closed to others while this request is still being sent.
                #expect(
                    try await eventually {
                        do {
                            _ = try RawConnect.connect(live.ports.public)
                            return false
                        } catch {
                            return true
                        }
                    }
                )
                #expect(live.server.requestsInFlight == 1)
                opener.yield()
                return try await pending
            }
            #expect(answer.status == 200)
            #expect(answer.version == spoken)
            // RFC 9112 §9.6; HTTP/2 has GOAWAY in its place.
            #expect(answer.headers["connection"] == (spoken == .http2 ? [] : ["close"]))
        }

        @Test func `is not ready but serves on for the delay`() async throws {
            let world = try World()
            let form = try world.form()
            let start = ContinuousClock.now
            try await world.serving([.drainDelay: "2s"]) { live in
                #expect(try await live.get(live.url("/health/ready")).status == 200)
                await live.server.stop()
                #expect(try await eventually { try await live.get(live.url("/health/ready")).status == 503 })
                let refused = try await live.get(live.url("/health/ready"))
                #expect(try refused.object()["reason"] == "draining")
                #expect(try await live.get(live.url("/health/live")).status == 200)
                #expect(try await live.post(form).status == 200)
            }
            #expect(ContinuousClock.now - start >= .seconds(2))
        }

        @Test(.timeLimit(.minutes(5))) func `ends at once when nothing is in flight, idle connections or not`()
            async throws
        {
            let world = try World()
            let tls = try world.writeTLSFiles()
            let kinds: [([ConfigurationKey: String], HTTPClient.Configuration.HTTPVersion)] = [
                ([:], .http1Only), (tls, .http1Only), (tls, .automatic),
            ]
            for (flags, version) in kinds {
                // Whoever waited for the deadline would wait for ten minutes.
                let patient = flags.merging([.drainDeadline: "10m"]) { $1 }
                try await world.serving(patient, httpVersion: version) { live in
                    _ = try await live.get(live.url("/jwk"))
                }
            }
        }

        @Test(arguments: [false, true])
        func `a request that does not end is cut at the deadline`(isTLS: Bool) async throws {
            let world = try World()
            let form = try world.form()
            let path = world.path
            let flags = isTLS ? try world.writeTLSFiles() : [:]
            let configuration = try ServerConfiguration(
                ConfigurationInputs(dataFolder: path, flags: flags, environment: ["PORTVAKT_DRAIN_DEADLINE": "1s"])
            )
            let server = try PortvaktServer(configuration, logger: .silent)
            let (ready, told) = AsyncStream<ListenerPorts>.makeStream()
            let (gate, opener) = AsyncStream<Void>.makeStream()
            try await withClient { client in
                async let running: Void = server.run { told.yield($0) }
                var ports = ready.makeAsyncIterator()
                let live = LiveServer(server: server, ports: try #require(await ports.next()), client: client)
                async let pending = live.post(
                    .stream(HeldBody(form: form, gate: gate), length: .known(Int64(form.utf8.count)))
                )
                #expect(try await eventually { server.requestsInFlight == 1 })
                let start = ContinuousClock.now
                await server.stop()
                try await running
                // It ends although nobody has let the request go on.
                #expect(ContinuousClock.now - start >= .seconds(1))
                opener.finish()
                let outcome = try? await pending
                #expect(outcome?.status != 200)
            }
        }

        @Test func `the lock is free when the server has ended`() async throws {
            let world = try World()
            try await world.serving { _ in }
            let status = try await world.serving { live in try await live.get(live.url("/health/ready")).status }
            #expect(status == 200)
        }
    }
}

/// Only connects.
enum RawConnect {
    struct Refused: Error {}

    static func connect(_ port: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Refused() }
    }
}
