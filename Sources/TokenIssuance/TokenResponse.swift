import JOSE
public import Vocabulary

/// A token that was issued: durable in the ledger, signed, ready to leave (RFC 6749 §5.1).
public struct IssuedToken: Sendable {
    /// The token, a compact JWS.
    public let accessToken: String
    /// Its identifier.
    public let tokenID: TokenID
    /// The client that it was issued to.
    public let client: ClientID
    /// `token_type`: `Bearer`, or `DPoP` when every use needs a proof by a key (RFC 9449 §5).
    public let tokenType: String
    /// Seconds until it expires, less one, as Maskinporten answers.
    public let expiresIn: Int64
    /// The scopes, in the order asked.
    public let scopes: [ScopeName]

    /// The body of the answer.
    public func responseBody() -> [UInt8] {
        JSONValue.object([
            "access_token": .string(accessToken),
            "token_type": .string(tokenType),
            "expires_in": .number(JSONNumber(expiresIn)),
            "scope": .string(scopes.map(\.rawValue).joined(separator: " ")),
        ])
        .encoded()
    }
}
