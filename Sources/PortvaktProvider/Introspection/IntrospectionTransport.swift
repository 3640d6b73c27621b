public import AsyncHTTPClient
import Fetching
import NIOCore
import NIOHTTP1

/// How questions about tokens are sent.
///
/// The live form is ``HTTPIntrospectionTransport``; tests give a scripted one.
public protocol IntrospectionTransport: Sendable {
    /// Posts a form, and reads the answer whole, without following redirects.
    ///
    /// - Throws: `KeyTransportError`.
    func post(_ request: IntrospectionRequest) async throws(KeyTransportError) -> KeyResponse
}

/// A question about a token (RFC 7662 §2.1), as it is sent.
public struct IntrospectionRequest: Sendable {
    /// The absolute URL.
    public let url: String
    /// The header fields that prove who asks; secret.
    public let credentials: [(name: String, value: String)]
    /// The form; it holds the token.
    public let form: String
    /// How long it may take from connecting to the last byte.
    public let timeout: Duration
    /// How many bytes are read at most.
    public let maximumSize: Int
}

extension IntrospectionRequest: CustomStringConvertible, CustomReflectable {
    /// Where it goes, and nothing of what it holds.
    public var description: String { "question to \(url)" }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Asks by async-http-client.
///
/// The client given must not follow redirects: an answer that came by one is refused. The one used without naming any is
/// shared by the process, connects within two seconds, follows none and is never shut down.
public struct HTTPIntrospectionTransport: IntrospectionTransport {
    private let exchange: HTTPExchange

    /// The transport by a client of the caller's, who also shuts it down.
    public init(_ client: HTTPClient) { exchange = HTTPExchange(client) }

    /// The transport by the process's own client.
    public init() { exchange = HTTPExchange() }

    /// Posts a form.
    ///
    /// - Throws: `KeyTransportError`.
    public func post(_ request: IntrospectionRequest) async throws(KeyTransportError) -> KeyResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = .POST
        outgoing.headers.add(name: "Accept", value: "application/json")
        outgoing.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        for field in request.credentials { outgoing.headers.add(name: field.name, value: field.value) }
        outgoing.body = .bytes(ByteBuffer(string: request.form))
        do throws(HTTPFault) {
            let answer = try await exchange.send(outgoing, within: request.timeout, readingUpTo: request.maximumSize)
            return KeyResponse(status: answer.status, headers: answer.headers, body: answer.body)
        } catch {
            throw KeyTransportError(error)
        }
    }
}
