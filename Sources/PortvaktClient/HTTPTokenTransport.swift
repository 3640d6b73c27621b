public import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Reaches the authorization server by async-http-client.
///
/// The client given must not follow redirects: an assertion belongs to the server it was made for. The one used without
/// naming any is shared by the process, connects within two seconds, follows none and is never shut down.
public struct HTTPTokenTransport: TokenTransport {
    private let client: HTTPClient

    private static let shared: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(2), read: .seconds(5))
        )
        // Whether to connect again is decided by the retry policy alone.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// The transport by a client of the caller's, who also shuts it down.
    public init(_ client: HTTPClient) { self.client = client }

    /// The transport by the process's own client.
    public init() { client = Self.shared }

    /// Sends a request and reads the answer whole.
    ///
    /// - Throws: `TransportError`.
    public func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = request.method == .get ? .GET : .POST
        for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
        if request.method == .post { outgoing.body = .bytes(request.body) }
        do {
            return try await answer(to: outgoing, limit: request.maximumResponseSize, within: request.timeout)
        } catch {
            throw TransportError(error)
        }
    }

    /// The HTTP client's own deadline ends with the answer's head; a body that trickles must not outlast the time either.
    private func answer(
        to request: HTTPClientRequest,
        limit: Int,
        within timeout: Duration
    ) async throws -> TransportResponse {
        try await withThrowingTaskGroup(of: TransportResponse.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                let deadline = NIODeadline.now() + .nanoseconds(timeout.nanoseconds)
                let response = try await client.execute(request, deadline: deadline)
                let body = try await response.body.collect(upTo: limit)
                return TransportResponse(
                    status: Int(response.status.code),
                    headers: response.headers.map { ($0.name, $0.value) },
                    body: Array(body.readableBytesView)
                )
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw HTTPClientError.deadlineExceeded
            }
            guard let response = try await group.next() else { throw CancellationError() }
            return response
        }
    }
}

extension TransportError {
    /// What an error of the HTTP client means here; its text may name the URL, never the request.
    fileprivate init(_ error: any Error) {
        switch error {
        case is CancellationError: self = .cancelled
        case is NIOTooManyBytesError: self = .tooLarge
        case let error as HTTPClientError:
            switch error {
            case .cancelled: self = .cancelled
            case .readTimeout, .writeTimeout, .connectTimeout, .deadlineExceeded, .tlsHandshakeTimeout,
                .getConnectionFromPoolTimeout:
                self = .timedOut
            case .invalidURL, .emptyHost, .emptyScheme: self = .invalidURL
            default: self = .network(error.shortDescription)
            }
        // NIO's own words for these begin with "connection reset", whatever happened.
        case let error as IOError: self = .network(String(cString: strerror(error.errnoCode)))
        default: self = .network("\(error)")
        }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
