public import Vocabulary

/// Why it cannot be told whether a certificate is revoked.
public struct RevocationDoubt: Sendable, Hashable {
    /// What is missing or wrong.
    public let cause: String
    /// How old the newest answer is that there is; nil when there is none.
    public let evidenceAge: Seconds?
    /// Whether nobody has been asked yet, so that it may be known in a moment.
    public let isPending: Bool

    /// A doubt.
    public init(_ cause: String, evidenceAge: Seconds? = nil, isPending: Bool = false) {
        self.cause = cause
        self.evidenceAge = evidenceAge
        self.isPending = isPending
    }
}

extension RevocationDoubt: ExpressibleByStringInterpolation {
    /// A doubt without an answer that was ever given.
    public init(stringLiteral cause: String) { self.init(cause) }
}
