public import JOSE
public import Vocabulary

/// What the server says of a token (RFC 7662 §2.2).
public struct Introspection: Sendable, Hashable {
    /// The members of the answer.
    public let members: JSONObject
    /// Who asked: `aud` of a signed answer (RFC 9701 §5).
    public let caller: ClientID

    /// Nothing: the same for a token that ended, that was revoked, that is not the caller's business or none at all.
    static func inactive(for caller: ClientID) -> Introspection {
        Introspection(members: ["active": false], caller: caller)
    }

    /// A token that stands, as the owner of some of its scopes may see it.
    ///
    /// - Parameters:
    ///   - token: The token.
    ///   - scopes: Those of its scopes that the caller owns, in the token's order; others are nobody else's business.
    ///   - caller: Who asked.
    /// - Returns: the answer.
    static func active(_ token: OwnToken, scopes: [ScopeName], for caller: ClientID) -> Introspection {
        var members: JSONObject = ["active": true]
        for name in told {
            if let value = token.claims[name] { members[name] = value }
        }
        members["scope"] = .string(scopes.map(\.rawValue).joined(separator: " "))
        return Introspection(members: members, caller: caller)
    }

    /// The claims that are told as they stand in the token: those of RFC 7662 §2.2 that it has, then Maskinporten's and the
    /// proof of possession (RFC 8705 §3.2, RFC 9449 §6.2).
    private static let told = [
        "scope", "client_id", "token_type", "exp", "iat", "sub", "aud", "iss", "jti", "client_amr", "consumer",
        "supplier",
        "delegation_source", "pid", "authorization_details", "consumer_prefix", "cnf",
    ]

    /// The header's `typ` of a signed answer (RFC 9701 §5).
    public static let signedType = "token-introspection+jwt"

    /// The claims of a signed answer (RFC 9701 §5): evidence of what was said, to whom and when.
    func signedPayload(issuer: Issuer, at now: Timestamp) -> JSONObject {
        [
            "iss": .string(issuer.rawValue), "aud": .string(caller.rawValue), "iat": .integer(now.seconds),
            "token_introspection": .object(members),
        ]
    }
}
