public import Vocabulary

/// What whoever holds a key says in a DPoP proof (RFC 9449 §4.2), for one request.
public struct DPoPProofDraft: Sendable, Hashable {
    /// `htm`: the request's method.
    public var method: String
    /// The request's URL; its query and fragment are left out of `htu`.
    public var url: String
    /// `jti`: never used before by this key; 1 to 128 characters.
    public var identifier: String
    /// `iat`.
    public var issuedAt: Timestamp
    /// `nonce`: the latest one that the server has given, nil when it has given none.
    public var nonce: String?
    /// The access token that the proof goes with; nil at the token endpoint.
    public var accessToken: String?

    /// A proof for one request.
    public init(
        method: String,
        url: String,
        identifier: String,
        issuedAt: Timestamp,
        nonce: String? = nil,
        accessToken: String? = nil
    ) {
        self.method = method
        self.url = url
        self.identifier = identifier
        self.issuedAt = issuedAt
        self.nonce = nonce
        self.accessToken = accessToken
    }

    /// The header of proofs by this key.
    public static func header(key: JWK, algorithm: JWSAlgorithm) -> JSONObject {
        ["typ": "dpop+jwt", "alg": .string(algorithm.rawValue), "jwk": .object(key.essentialMembers)]
    }

    /// The claims.
    public var claims: JSONObject {
        let target = url.prefix { $0 != "?" && $0 != "#" }
        var claims: JSONObject = [
            "jti": .string(identifier), "htm": .string(method), "htu": .string(String(target)),
            "iat": .integer(issuedAt.seconds),
        ]
        if let nonce { claims["nonce"] = .string(nonce) }
        if let accessToken { claims["ath"] = .string(DPoPProof.hash(ofAccessToken: accessToken)) }
        return claims
    }
}
