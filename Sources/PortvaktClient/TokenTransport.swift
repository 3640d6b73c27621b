/// How requests reach the authorization server.
///
/// The live form is ``HTTPTokenTransport``; tests give a scripted one, and programs with another HTTP client their own.
public protocol TokenTransport: Sendable {
    /// Sends a request and reads the answer whole.
    ///
    /// Never follows a redirect, never sends twice: repeating is the caller's, with a new assertion each time.
    ///
    /// - Throws: `TransportError`.
    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse
}

/// A request to the authorization server; it never prints its body.
public struct TransportRequest: Sendable {
    /// The methods that are used.
    public enum Method: String, Sendable {
        /// Metadata.
        case get = "GET"
        /// Tokens.
        case post = "POST"
    }

    /// The method.
    public let method: Method
    /// The absolute URL.
    public let url: String
    /// The header fields.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]
    /// How long it may take from connecting to the answer's last byte.
    public let timeout: Duration
    /// How many bytes of answer are read at most.
    public let maximumResponseSize: Int

    /// A request.
    public init(
        method: Method,
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        timeout: Duration,
        maximumResponseSize: Int
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.maximumResponseSize = maximumResponseSize
    }
}

extension TransportRequest: CustomStringConvertible {
    /// Method and URL; the body holds an assertion.
    public var description: String { "\(method.rawValue) \(url)" }
}

/// An answer of the authorization server; it never prints its body.
public struct TransportResponse: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The header fields, as they came.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]

    /// An answer.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first field of a name, whatever its case.
    public func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.lowercased() == name }?.value
    }
}

extension TransportResponse: CustomStringConvertible {
    /// The status; the body may hold a token.
    public var description: String { "HTTP \(status), \(body.count) bytes" }
}

/// Why no answer came.
public enum TransportError: Error, Sendable, Equatable {
    /// No connection, or it was lost; says how, without the request.
    case network(String)
    /// Not within the time.
    case timedOut
    /// The answer is larger than allowed.
    case tooLarge
    /// The URL cannot be used.
    case invalidURL
    /// The HTTP client followed a redirect, which it must not: the assertion may have gone to another server.
    case redirected
    /// The task was cancelled.
    case cancelled
}
