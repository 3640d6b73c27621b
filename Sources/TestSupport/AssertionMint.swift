public import JOSE
public import LibCrypto
public import Vocabulary

/// Makes assertions, right ones and, by changing header or claims, wrong ones.
public struct AssertionMint: Sendable {
    /// The protected header.
    public var header: JSONObject
    /// The claims.
    public var claims: JSONObject

    /// A right grant that lives from `now` for a minute and a half.
    public init(
        client: String,
        audience: String,
        scope: String?,
        at now: Timestamp,
        jti: String? = nil,
        algorithm: JWSAlgorithm = .rs256,
        kid: String? = nil
    ) {
        header = ["alg": .string(algorithm.rawValue)]
        if let kid { header["kid"] = .string(kid) }
        claims = [
            "iss": .string(client), "aud": .string(audience), "iat": .integer(now.seconds),
            "exp": .integer(now.seconds + 90),
        ]
        if let scope { claims["scope"] = .string(scope) }
        if let jti { claims["jti"] = .string(jti) }
    }

    /// The same with other members; a member set to nil is left out.
    public func with(
        header changes: [String: JSONValue?] = [:],
        claims claimChanges: [String: JSONValue?] = [:]
    ) -> AssertionMint {
        var copy = self
        for (name, value) in changes { copy.header[name] = value }
        for (name, value) in claimChanges { copy.claims[name] = value }
        return copy
    }

    /// The compact JWS, signed by `key` as the header's `alg` says, or with RS256 where that says nothing usable.
    public func signed(by key: PrivateKey) throws -> String {
        let named = header["alg"]?.string.flatMap(JWSAlgorithm.init(rawValue:))
        let algorithm = named.flatMap { $0.fits(key.kind) ? $0 : nil } ?? .preferred(for: key.kind)
        return try CompactJWS.sign(header: header, payload: claims.encoded(), with: key, algorithm: algorithm)
    }
}
