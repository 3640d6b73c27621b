import HTTPTypes
import NIOCore
import TokenIssuance
public import Vocabulary

/// Draws the identifiers of requests; tests give a counter.
public protocol TraceIDSource: Sendable {
    /// The next identifier, never drawn before.
    func next() -> TraceID
}

/// 128 bits of the system's random numbers.
public struct RandomTraceIDs: TraceIDSource {
    private let pool = RandomPool()

    /// The system's random numbers.
    public init() {}

    /// The next identifier.
    public func next() -> TraceID {
        let drawn = pool.next(2)
        // W3C Trace Context §3.2.2.3: all zeros would be no identifier.
        return TraceID(high: drawn[0], low: drawn[1] | 1)
    }
}

extension TraceID {
    /// The trace id inside a `traceparent` (W3C Trace Context §3.2), nil when the field is not well-formed.
    init?(traceParent field: String) {
        let bytes = field.utf8
        guard bytes.count >= 55 else { return nil }
        let parts = field.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false)
        // Version ff is invalid; version 00 has exactly four parts, a later one may have more.
        guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || bytes.count == 55,
            parts[2].utf8.count == 16
        else { return nil }
        try? self.init(parsing: parts[1])
    }
}

extension HTTPField.Name {
    /// Our own identifier of the request, on every answer.
    static let traceID = known("Portvakt-Trace-Id")
    /// W3C Trace Context §3.2.
    static let traceParent = known("traceparent")
    /// Fetch §3.5: the answer is of the type that it says.
    static let contentTypeOptions = known("X-Content-Type-Options")
    /// Referrer Policy §4.1.
    static let referrerPolicy = known("Referrer-Policy")
    /// RFC 9111 §5.4, for caches of HTTP/1.0 (RFC 6749 §5.1 asks for it).
    static let pragma = known("Pragma")

    /// RFC 9449 §4.1: a proof of possession.
    static let dpop = known("DPoP")
    /// RFC 9449 §8.1: the nonce for the next proof.
    static let dpopNonce = known("DPoP-Nonce")

    /// `Host` where it is left beside the authority, which the first one has become.
    static let furtherHost = known("Host")

    /// A name that is well-formed.
    static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("`\(name)` is no field name") }
        return name
    }
}
