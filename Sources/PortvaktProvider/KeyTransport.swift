/// How the issuer's documents are fetched.
///
/// The live form is ``HTTPKeyTransport``; tests give a scripted one, and programs with another HTTP client their own.
public protocol KeyTransport: Sendable {
    /// Fetches a document by GET, whole, without following redirects.
    ///
    /// - Throws: `KeyTransportError`.
    func fetch(_ request: KeyRequest) async throws(KeyTransportError) -> KeyResponse
}

/// A document that is asked for.
public struct KeyRequest: Sendable, Hashable {
    /// The absolute URL.
    public let url: String
    /// The `ETag` of what is known (`If-None-Match`, RFC 9110 §13.1.2).
    public let entityTag: String?
    /// How long it may take from connecting to the last byte.
    public let timeout: Duration
    /// How many bytes are read at most.
    public let maximumSize: Int
    /// The media types that are asked for (`Accept`).
    public let accept: String

    /// What is asked for unless told otherwise: key sets and metadata.
    public static let documents = "application/json, application/jwk-set+json"

    /// A request.
    public init(
        url: String,
        entityTag: String?,
        timeout: Duration,
        maximumSize: Int,
        accept: String = KeyRequest.documents
    ) {
        self.url = url
        self.entityTag = entityTag
        self.timeout = timeout
        self.maximumSize = maximumSize
        self.accept = accept
    }
}

/// An answer.
public struct KeyResponse: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The header fields, as they came.
    public let headers: [(name: String, value: String)]
    /// The body.
    public let body: [UInt8]

    /// An answer.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first field of a name, whatever its case.
    func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.name.lowercased() == name }?.value
    }

    /// `max-age` of `Cache-Control` (RFC 9111 §5.2.2.1), nil when it is not told.
    var maximumAge: Duration? {
        for directive in (header("Cache-Control") ?? "").lowercased().split(separator: ",") {
            let parts = directive.split(separator: "=", maxSplits: 1).map {
                $0.filter { !$0.isWhitespace && $0 != "\"" }
            }
            if parts.count == 2, parts[0] == "max-age", let seconds = UInt32(parts[1]) { return .seconds(seconds) }
        }
        return nil
    }
}

/// Why no answer came.
public enum KeyTransportError: Error, Sendable, Equatable {
    /// No connection, or it was lost; says how.
    case network(String)
    /// Not within the time.
    case timedOut
    /// The document is larger than allowed.
    case tooLarge
    /// The HTTP client followed a redirect, which it must not.
    case redirected
}

extension KeyTransportError: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch self {
        case .network(let reason): reason
        case .timedOut: "no answer came in time"
        case .tooLarge: "the answer is too large"
        case .redirected: "the answer came by a redirect; give a HTTP client that follows none"
        }
    }
}
