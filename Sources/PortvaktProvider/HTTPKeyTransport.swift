public import AsyncHTTPClient
import Fetching
import NIOHTTP1

/// Fetches the issuer's documents by async-http-client.
///
/// The client given must not follow redirects: a document that came by one is refused. The one used without naming any is shared by the process, connects within
/// two seconds, follows none and is never shut down.
public struct HTTPKeyTransport: KeyTransport {
    private let exchange: HTTPExchange

    /// The transport by a client of the caller's, who also shuts it down.
    public init(_ client: HTTPClient) { exchange = HTTPExchange(client) }

    /// The transport by the process's own client.
    public init() { exchange = HTTPExchange() }

    /// Fetches a document.
    ///
    /// - Throws: `KeyTransportError`.
    public func fetch(_ request: KeyRequest) async throws(KeyTransportError) -> KeyResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.headers.add(name: "Accept", value: request.accept)
        if let entityTag = request.entityTag { outgoing.headers.add(name: "If-None-Match", value: entityTag) }
        do throws(HTTPFault) {
            let answer = try await exchange.send(outgoing, within: request.timeout, readingUpTo: request.maximumSize)
            return KeyResponse(status: answer.status, headers: answer.headers, body: answer.body)
        } catch {
            throw KeyTransportError(error)
        }
    }
}

extension KeyTransportError {
    init(_ fault: HTTPFault) {
        switch fault {
        case .network(let reason): self = .network(reason)
        case .timedOut: self = .timedOut
        case .tooLarge: self = .tooLarge
        case .invalidURL: self = .network("the URL cannot be used")
        case .redirected: self = .redirected
        case .cancelled: self = .network("cancelled")
        }
    }
}
