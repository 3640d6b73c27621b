import Foundation
import NIOCore
import TestSupport
import Testing

@testable import HTTPServer

@Suite("Connections that do nothing make room for those that do")
struct OpenConnectionsTests {
    private static let ask = "GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    /// Serves with so few connections while `body` speaks to the port.
    private func serving(
        _ maximum: Int,
        _ connections: OpenConnections,
        _ body: @Sendable (Int) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream<Int>.makeStream()
        // No time-out that a test waits for.
        var limits = ListenerLimits(maximumConnections: maximum, idleTimeout: .seconds(3_600))
        limits.bodyTimeout = .seconds(3_600)
        let service = ListenerService(
            responder: try Fixture().listener(),
            host: "127.0.0.1",
            port: 0,
            limits: limits,
            connections: connections,
            logger: .silent,
            bound: { port.yield($0.port ?? 0) }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            var first = ports.makeAsyncIterator()
            try await body(try #require(await first.next()))
            // Ended in the middle of taking a connection, NIO would stop the program.
            while connections.count > 0 { try await Task.sleep(for: .milliseconds(5)) }
            group.cancelAll()
        }
    }

    @Test func `a crowd that never asks keeps nobody out`() async throws {
        let connections = OpenConnections()
        try await serving(8, connections) { port in
            let crowd = try (0..<12).map { _ in try RawConnection(port) }
            for _ in 0..<4 {
                #expect(try await RawConnection.exchange(port, [Self.ask]).hasPrefix("HTTP/1.1 200"))
            }
            // Some of them had to go for that.
            #expect(crowd.contains { $0.isClosed })
            for connection in crowd { connection.close() }
        }
    }

    @Test func `a connection with a request is not the one that is closed`() async throws {
        let connections = OpenConnections()
        try await serving(3, connections) { port in
            let busy = try RawConnection(port)
            try busy.send(
                "POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    + "Content-Length: \(Fixture.form.utf8.count)\r\n\r\n"
            )
            let crowd = try (0..<4).map { _ in try RawConnection(port) }
            for _ in 0..<4 {
                #expect(try await RawConnection.exchange(port, [Self.ask]).hasPrefix("HTTP/1.1 200"))
            }
            #expect(!busy.isClosed)
            try busy.send(Fixture.form)
            #expect(try await busy.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 "))
            for connection in crowd + [busy] { connection.close() }
        }
    }
}
