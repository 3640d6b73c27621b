/// Why no token could be had, with what is needed to mend it; holds no secret and no national identity number.
public struct TokenError: Error, Sendable, Equatable {
    /// What kind of failure it is.
    public enum Kind: Sendable, Equatable {
        /// The server refused the request; asking again will not help.
        case refused
        /// The server answered 429 to every attempt; it named this time to wait.
        case rateLimited(retryAfter: Duration?)
        /// The server answered 5xx to every attempt.
        case serverUnavailable
        /// No connection could be made or kept.
        case network
        /// No answer came in time.
        case timedOut
        /// The answer, or the metadata, is not what the standards demand.
        case invalidResponse
        /// This machine's clock is so far behind (negative) or ahead of the server's that it is not corrected for.
        case clockSkew(Duration)
        /// Something about the configuration is wrong.
        case configuration
        /// The key could not sign.
        case signing
        /// The caller was cancelled; the request goes on for others.
        case cancelled
    }

    /// What kind of failure it is.
    public let kind: Kind
    /// What is wrong, in our words.
    public let message: String
    /// What the server said, if it was the server that refused.
    public let refusal: ServerRefusal?
    /// The status of the last answer.
    public let httpStatus: Int?
    /// How often the server was asked.
    public let attempts: Int
    /// What was asked for.
    public let request: TokenRequest
    /// Where it was asked: the issuer, or the metadata's URL before the issuer is known.
    public let server: String

    /// An error.
    public init(
        _ kind: Kind,
        _ message: String,
        refusal: ServerRefusal? = nil,
        httpStatus: Int? = nil,
        attempts: Int,
        request: TokenRequest,
        server: String
    ) {
        self.kind = kind
        self.message = message
        self.refusal = refusal
        self.httpStatus = httpStatus
        self.attempts = attempts
        self.request = request
        self.server = server
    }

    /// Whether the same request may succeed later, without anybody mending anything.
    public var isRetryable: Bool {
        switch kind {
        case .rateLimited, .serverUnavailable, .network, .timedOut: true
        case .refused, .invalidResponse, .clockSkew, .configuration, .signing, .cancelled: false
        }
    }

    /// The code that integrators search for (`MP-121`), if the server gave one.
    public var code: String? { refusal?.code }

    /// The server's trace id: name it when you ask the server's operator.
    public var traceID: String? { refusal?.traceID }

    /// What to do about it, if we know.
    public var hint: String? {
        switch kind {
        case .refused: refusal?.hint
        case .clockSkew: "set this machine's clock (NTP); the assertion's times must agree with the server's"
        case .rateLimited: "ask less often: keep one token client for the whole process and let it cache"
        case .network, .timedOut: "check the server's address, the network and the proxy"
        case .serverUnavailable: "the server has trouble; try again later"
        case .invalidResponse: "check that the address is that of the authorization server"
        case .configuration, .signing, .cancelled: nil
        }
    }
}

extension TokenError: CustomStringConvertible {
    /// One line: what is wrong, the code, the trace id.
    public var description: String {
        var text = message
        if let refusal {
            let code = [refusal.code, refusal.reason].compactMap { $0 }.joined(separator: " ")
            text += " [\(code.isEmpty ? refusal.error : code)]"
            if let traceID = refusal.traceID { text += " (trace_id: \(traceID))" }
        }
        return text
    }
}
