package import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// One request to a server that is not trusted to behave, and its answer whole: bounded in time and in size, no redirect
/// followed, nothing sent twice.
package struct HTTPExchange: Sendable {
    private let client: HTTPClient

    private static let shared: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(2), read: .seconds(5))
        )
        // Whether to connect again is decided by the caller's policy alone.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Exchanges by a client of the caller's, who shuts it down.
    ///
    /// It must not follow redirects: an answer that came by one is refused.
    package init(_ client: HTTPClient) { self.client = client }

    /// Exchanges by a client that the process shares: it connects within two seconds, follows no redirect and is never
    /// shut down.
    package init() { client = Self.shared }

    /// Sends a request and reads the answer, in at most `timeout` from connecting to the last of at most `limit` bytes.
    ///
    /// - Throws: `HTTPFault`.
    package func send(
        _ request: HTTPClientRequest,
        within timeout: Duration,
        readingUpTo limit: Int
    ) async throws(HTTPFault) -> HTTPAnswer {
        do {
            return try await answer(to: request, within: timeout, readingUpTo: limit)
        } catch {
            throw HTTPFault(error)
        }
    }

    /// The HTTP client's own deadline ends with the answer's head; a body that trickles must not outlast the time either.
    private func answer(
        to request: HTTPClientRequest,
        within timeout: Duration,
        readingUpTo limit: Int
    ) async throws -> HTTPAnswer {
        try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                let deadline = NIODeadline.now() + TimeAmount(timeout)
                let response = try await client.execute(request, deadline: deadline)
                // One request for each redirect, and the first.
                guard response.history.count <= 1 else { throw HTTPFault.redirected }
                let body = try await response.body.collect(upTo: limit)
                return HTTPAnswer(
                    status: Int(response.status.code),
                    headers: response.headers.map { ($0.name, $0.value) },
                    body: Array(body.readableBytesView)
                )
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw HTTPClientError.deadlineExceeded
            }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }
}

/// An answer, read whole.
package struct HTTPAnswer: Sendable {
    /// The HTTP status.
    package let status: Int
    /// The header fields, as they came.
    package let headers: [(name: String, value: String)]
    /// The body.
    package let body: [UInt8]
}
