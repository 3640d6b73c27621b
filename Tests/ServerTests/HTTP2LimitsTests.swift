import Foundation
import Testing

@testable import Server

extension OneAtATime {
    @Suite("Limits on HTTP/2, over a socket")
    struct HTTP2LimitsTests {
        private typealias Frame = HTTP2Probe.Frame

        private func serving(
            _ settings: [ConfigurationKey: String],
            _ body: @Sendable @escaping (LiveServer) async throws -> Void
        ) async throws {
            let world = try World()
            try await world.serving(settings.merging(world.writeTLSFiles()) { $1 }, body)
        }

        @Test func `a connection has a hundred streams at once, as it says, and no more`() async throws {
            try await serving([:]) { live in
                let probe = try await HTTP2Probe.connect(port: live.ports.public)
                #expect(try await eventually { probe.frames.contains { $0.kind == Frame.settings && $0.flags == 0 } })
                let settings = try #require(probe.frames.first { $0.kind == Frame.settings })
                let pairs = stride(from: 0, to: settings.payload.count, by: 6).map {
                    Array(settings.payload[$0..<$0 + 6])
                }
                #expect(pairs.contains([0, 3, 0, 0, 0, 100]))
                // Requests whose bodies do not come.
                for stream in 0..<100 { try await probe.request(UInt32(2 * stream + 1), path: "/token", isPost: true) }
                #expect(probe.frames.allSatisfy { $0.kind != Frame.reset && $0.kind != Frame.goAway })
                try await probe.request(201, path: "/token", isPost: true)
                #expect(
                    try await eventually {
                        probe.frames.contains { $0.kind == Frame.reset && $0.stream == 201 }
                            || probe.frames.contains { $0.kind == Frame.goAway } || probe.isClosed
                    }
                )
                await probe.close()
            }
        }

        @Test func `a stream whose answer is not let through ends with its time, and the connection goes on`()
            async throws
        {
            try await serving([.idleTimeout: "5s"]) { live in
                // RFC 9113 §6.5.2: a first window of nothing, so that no byte of an answer may be sent.
                let probe = try await HTTP2Probe.connect(port: live.ports.public, settings: [4: 0])
                try await probe.request(1, path: "/errors", accept: "text/html")
                #expect(
                    try await eventually { probe.frames.contains { $0.kind == Frame.reset && $0.stream == 1 } }
                )
                // The answer had begun, and nothing of its body came.
                #expect(probe.frames.contains { $0.kind == Frame.headers && $0.stream == 1 })
                #expect(!probe.frames.contains { $0.kind == 0 })
                // Pings would not do: a third within half a minute ends the connection.
                // An answer without a body needs no window: this stream never comes to its own time, however slow the machine.
                let head = [(":method", "HEAD"), (":scheme", "https"), (":path", "/jwk"), (":authority", "localhost")]
                try await probe.request(3, fields: head)
                #expect(
                    try await eventually { probe.frames.contains { $0.kind == Frame.headers && $0.stream == 3 } }
                )
                #expect(!probe.isClosed)
                let metrics = try await live.get(live.adminURL("/metrics")).text
                #expect(metrics.contains("portvakt_http_timed_out_total 1\n"))
                await probe.close()
            }
        }

        @Test(
            arguments: [
                ("two methods", [(":method", "GET"), (":method", "GET"), (":scheme", "https"), (":path", "/jwk")]),
                ("two paths", [(":method", "GET"), (":scheme", "https"), (":path", "/jwk"), (":path", "/token")]),
                ("no method", [(":scheme", "https"), (":path", "/jwk"), (":authority", "a")]),
                ("no scheme", [(":method", "GET"), (":path", "/jwk"), (":authority", "a")]),
                ("no path", [(":method", "GET"), (":scheme", "https"), (":authority", "a")]),
                ("an empty path", [(":method", "GET"), (":scheme", "https"), (":path", ""), (":authority", "a")]),
                ("an unknown one", [(":method", "GET"), (":scheme", "https"), (":path", "/jwk"), (":user", "a")]),
                ("one of answers", [(":method", "GET"), (":scheme", "https"), (":path", "/jwk"), (":status", "200")]),
                ("one behind a field", [(":method", "GET"), (":scheme", "https"), ("a", "b"), (":path", "/jwk")]),
                (
                    "a name in capitals",
                    [(":method", "GET"), (":scheme", "https"), (":path", "/jwk"), ("Accept", "*/*")]
                ),
                ("connection", [(":method", "GET"), (":scheme", "https"), (":path", "/jwk"), ("connection", "close")]),
                (
                    "transfer-encoding",
                    [(":method", "GET"), (":scheme", "https"), (":path", "/jwk"), ("transfer-encoding", "chunked")]
                ),
                ("te", [(":method", "GET"), (":scheme", "https"), (":path", "/jwk"), ("te", "gzip")]),
                (
                    "a line end in a value",
                    [(":method", "GET"), (":scheme", "https"), (":path", "/jwk"), ("a", "b\r\nhost: c")]
                ),
                (
                    "two hosts",
                    [(":method", "GET"), (":scheme", "https"), (":path", "/jwk"), (":authority", "a"), ("host", "b")]
                ),
            ] as [(String, [(String, String)])]
        )
        func `RFC 9113 §8: a request with wrong pseudo-header fields or fields of HTTP/1_1 is never served`(
            name: String,
            fields: [(String, String)]
        ) async throws {
            try await serving([:]) { live in
                let probe = try await HTTP2Probe.connect(port: live.ports.public)
                // The right one first: what is refused below is refused for its fault.
                try await probe.request(
                    1,
                    fields: [(":method", "GET"), (":scheme", "https"), (":path", "/jwk"), (":authority", "a")]
                )
                #expect(try await eventually { probe.frames.contains { $0.stream == 1 && $0.isGranted } })
                try await probe.request(3, fields: fields)
                #expect(
                    try await eventually {
                        probe.isClosed
                            || probe.frames.contains {
                                $0.kind == Frame.goAway
                                    || $0.stream == 3 && ($0.kind == Frame.reset || $0.kind == Frame.headers)
                            }
                    },
                    "\(name)"
                )
                #expect(!probe.frames.contains { $0.stream == 3 && $0.isGranted }, "\(name)")
                await probe.close()
            }
        }
    }
}
