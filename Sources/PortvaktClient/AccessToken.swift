public import Vocabulary

/// An access token as the server gave it; its text never prints itself.
public struct AccessToken: Sendable, Hashable {
    /// How a token is presented to an API.
    public enum Kind: String, Sendable, Hashable {
        /// Whoever holds it may use it (RFC 6750).
        case bearer = "Bearer"
        /// Whoever holds its key may use it, with a proof for each request (RFC 9449).
        case dpop = "DPoP"
    }

    /// The token's text, opaque to its consumer.
    public let value: String
    /// How it is presented.
    public let kind: Kind
    /// The scopes that it was given for.
    public let scopes: Set<ScopeName>
    /// When it was received, by this machine's clock.
    public let receivedAt: Timestamp
    /// When it ends, by this machine's clock.
    public let expiresAt: Timestamp
    /// The server's trace id of the request that gave it.
    public let traceID: String?
    /// Makes the proofs that it is presented with; nil for a bearer token.
    public let prover: DPoPProver?

    /// A token.
    public init(
        value: String,
        kind: Kind,
        scopes: Set<ScopeName>,
        receivedAt: Timestamp,
        expiresAt: Timestamp,
        traceID: String?,
        prover: DPoPProver? = nil
    ) {
        self.value = value
        self.kind = kind
        self.scopes = scopes
        self.receivedAt = receivedAt
        self.expiresAt = expiresAt
        self.traceID = traceID
        self.prover = prover
    }

    /// How long it lives.
    public var lifetime: Seconds { expiresAt - receivedAt }

    /// The value of the `Authorization` field that presents it.
    public var authorization: String { "\(kind.rawValue) \(value)" }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What it is for and until when, without its text.
    public var description: String {
        "\(kind.rawValue) token for \(scopes.sorted().map(\.rawValue).joined(separator: " ")) until \(expiresAt)"
    }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
