public import JOSE
public import TokenIssuance
public import Vocabulary

/// What an API of ours refuses, as the caller is told it (RFC 9457).
public struct Problem: Error, Sendable, Hashable {
    /// The code, which decides status and page.
    public let code: ErrorCode
    /// Why, in a stable word.
    public let reason: String
    /// What to mend; lower case, no full stop.
    public let detail: String
    /// What is meant: a parameter, a scope, expected and received.
    public let details: JSONObject
    /// Further members of the answer, `validationErrors` and Altinn's own `code` above all.
    public var members: JSONObject
    /// The status of the answer: that of the code, but where an interface has always answered otherwise.
    public var status: Int
    /// Whose token was shown; nil before a token was believed.
    public var caller: ClientID?

    /// A refusal.
    public init(
        _ code: ErrorCode,
        reason: String,
        _ detail: String,
        details: JSONObject = [:],
        members: JSONObject = [:]
    ) {
        self.code = code
        status = code.status
        self.reason = reason
        self.detail = detail
        self.details = details
        self.members = members
    }
}
