public import AsyncHTTPClient
import Fetching
import NIOHTTP1

/// Reaches the authorization server by async-http-client.
///
/// The client given must not follow redirects: an assertion belongs to the server it was made for. An answer that came by
/// one is refused (`TransportError.redirected`), and the request is not repeated; `HTTPClient.shared` follows redirects. The
/// client used without naming any is shared by the process, connects within two seconds, follows none and is never shut
/// down.
public struct HTTPTokenTransport: TokenTransport {
    private let exchange: HTTPExchange

    /// The transport by a client of the caller's, who also shuts it down.
    public init(_ client: HTTPClient) { exchange = HTTPExchange(client) }

    /// The transport by the process's own client.
    public init() { exchange = HTTPExchange() }

    /// Sends a request and reads the answer whole.
    ///
    /// - Throws: `TransportError`.
    public func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = request.method == .get ? .GET : .POST
        for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
        if request.method == .post { outgoing.body = .bytes(request.body) }
        do throws(HTTPFault) {
            let answer = try await exchange.send(
                outgoing,
                within: request.timeout,
                readingUpTo: request.maximumResponseSize
            )
            return TransportResponse(status: answer.status, headers: answer.headers, body: answer.body)
        } catch {
            throw TransportError(error)
        }
    }
}

extension TransportError {
    fileprivate init(_ fault: HTTPFault) {
        switch fault {
        case .network(let reason): self = .network(reason)
        case .timedOut: self = .timedOut
        case .tooLarge: self = .tooLarge
        case .invalidURL: self = .invalidURL
        case .redirected: self = .redirected
        case .cancelled: self = .cancelled
        }
    }
}
