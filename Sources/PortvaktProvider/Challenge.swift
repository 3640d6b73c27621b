import Vocabulary

/// What an API answers to a request whose token is not good enough (RFC 6750 §3).
public struct Challenge: Sendable, Hashable {
    /// The HTTP status: 401, 403, or 503 when the issuer's keys cannot be had.
    public let status: Int
    /// The value of `WWW-Authenticate`; nil with 503.
    public let authenticate: String?

    /// The answer to a request without a token: no `error`, for nothing was wrong (RFC 6750 §3.1).
    public static let tokenMissing = Challenge(status: 401, authenticate: "Bearer")

    /// The answer to a request whose token failed.
    public init(_ error: VerificationError) {
        switch error {
        case .key(.unavailable):
            // Not the client's fault: another token would not help.
            status = 503
            authenticate = nil
        case .access(let denial) where denial.isScope:
            status = 403
            let scopes = Self.scopes(of: denial).joined(separator: " ")
            authenticate =
                scopes.isEmpty
                ? #"Bearer error="insufficient_scope""# : #"Bearer error="insufficient_scope", scope="\#(scopes)""#
        case .access:
            status = 403
            authenticate = #"Bearer error="insufficient_scope", error_description="\#(Self.quoted(error.description))""#
        default:
            status = 401
            authenticate = #"Bearer error="invalid_token", error_description="\#(Self.quoted(error.description))""#
        }
    }

    private init(status: Int, authenticate: String?) {
        self.status = status
        self.authenticate = authenticate
    }

    private static func scopes(of denial: AccessRule.Denial) -> [String] {
        switch denial {
        case .scope(let scopes): scopes.map(\.rawValue)
        case .none(let denials): denials.flatMap(scopes(of:))
        case .scopePrefix, .consumer, .supplier, .audience, .custom: []
        }
    }

    /// RFC 6750 §3: printable ASCII without `"` and `\`; what a token brought along must not end the text.
    private static func quoted(_ text: String) -> String {
        String(
            text.unicodeScalars.map {
                (0x20...0x7E).contains($0.value) && $0 != "\"" && $0 != "\\" ? Character($0) : "?"
            }
        )
    }
}
