import JOSE
import TokenIssuance
import Vocabulary

extension FuzzTarget {
    /// The compact form of a JWS (RFC 7515 §7.1): what is accepted has exactly the bytes that were sent.
    static let jws = FuzzTarget("jws") { input in
        guard let jws = try? CompactJWS(parsing: input) else { return false }
        let dot = [UInt8(ascii: ".")]
        try demand(
            jws.signingInput + dot + Array(Base64URL.encode(jws.signature).utf8) == input,
            "the parts put together are another token"
        )
        let parts = jws.signingInput.split(separator: dot[0], omittingEmptySubsequences: false)
        try demand(parts.count == 2 && (try Base64URL.decode(parts[1]) == jws.payload), "the payload is another")
        let header = try JSONValue(parsing: try Base64URL.decode(parts[0]))
        try demand(header == .object(jws.header), "the header is another")
        // Reading it once more with the header known must change nothing.
        let text = String(decoding: input, as: UTF8.self)
        let known = try CompactJWS(parsing: text, maximumLength: input.count, known: jws.knownHeader)
        try demand(
            known.header == jws.header && known.payload == jws.payload && known.signature == jws.signature,
            "a known header changes what is read"
        )
        // No key of ours made it: no signature is there that any key would take.
        for kind in [UnverifiedAssertion.Kind.grant, .clientAuthentication] { try checkAssertion(text, as: kind) }
        return true
    }

    /// An assertion whose header and claims are given as JSON, split by a line feed, so that changes reach the claims.
    static let assertion = FuzzTarget("assertion") { input in
        let parts = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return false }
        let text = "\(Base64URL.encode(parts[0])).\(Base64URL.encode(parts[1])).AAAA"
        let isGrant = try checkAssertion(text, as: .grant)
        let isClientAuthentication = try checkAssertion(text, as: .clientAuthentication)
        try demand(!(isGrant && isClientAuthentication), "one JWT passes as grant and as client authentication")
        return isGrant || isClientAuthentication
    }

    /// The members of a header that let its sender choose the key or the meaning.
    private static let forbidden: Set<String> = [
        "jwk", "jku", "x5u", "crit", "b64", "enc", "zip", "epk", "apu", "apv", "p2s", "p2c",
    ]

    /// - Returns: Whether it has the right form.
    @discardableResult
    private static func checkAssertion(_ text: String, as kind: UnverifiedAssertion.Kind) throws -> Bool {
        guard let assertion = try? UnverifiedAssertion(parsing: text, as: kind) else { return false }
        let header = assertion.jws.header
        try demand(forbidden.isDisjoint(with: header.names), "a header names its own key or meaning: \(header.names)")
        try demand(header["alg"]?.string == assertion.algorithm.rawValue, "the algorithm is not the header's")
        try demand((header["kid"] == nil) != (header["x5c"] == nil), "not exactly one of `kid` and `x5c`")
        let claims = assertion.unverifiedClaims
        try demand(claims.expires > claims.issuedAt, "it ends before it begins")
        let latest = Timestamp(seconds: JSONNumber.largestExactInteger)
        for time in [claims.issuedAt, claims.expires, claims.notBefore ?? claims.issuedAt] {
            try demand(Timestamp(seconds: 0) <= time && time <= latest, "a time out of range: \(time)")
        }
        try demand((claims.tokenID?.utf8.count ?? 1) <= AssertionClaims.maximumTokenIDLength, "a `jti` too long")
        try demand(Set(claims.scopes).count == claims.scopes.count, "a scope twice")
        try demand((kind == .grant) == !claims.scopes.isEmpty, "scopes and the kind of JWT do not fit")
        try demand(assertion.replayKey.count == 32, "a replay key of another length")
        return true
    }

    /// The form of a token request: what is accepted, written in another spelling, is the same request.
    static let form = FuzzTarget("form") { input in
        let type = "application/x-www-form-urlencoded"
        guard let form = try? TokenForm(parsing: input, mediaType: type) else { return false }
        var fields: [(String, String)] = [("unknown", "1")]
        switch form.grant {
        case .jwtBearer(let assertion):
            fields += [("grant_type", TokenForm.jwtBearerGrantType), ("assertion", assertion)]
        case .clientCredentials(let scope, let resource, let details):
            fields += [("grant_type", TokenForm.clientCredentialsGrantType), ("scope", scope)]
            if let resource { fields.append(("resource", resource)) }
            if let details { fields.append(("authorization_details", details)) }
        }
        if let text = form.clientAssertion {
            fields += [("client_assertion_type", TokenForm.jwtClientAssertionType), ("client_assertion", text)]
        }
        if let clientID = form.clientID { fields.append(("client_id", clientID)) }
        let written = fields.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
        guard written.utf8.count <= TokenForm.maximumLength else { return true }
        try demand(
            try TokenForm(parsing: Array(written.utf8), mediaType: "\(type); charset=utf-8") == form,
            "the same fields in another spelling are another request"
        )
        if let grant = try? UnverifiedGrant(parsing: form) {
            try demand(!grant.scopes.isEmpty, "a grant without scopes")
        }
        return true
    }

    /// Every byte spelt out, so that nothing depends on which ones need it.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Names and prefixes of scopes (RFC 6749 §3.3).
    static let scopeName = FuzzTarget("scope-name", maximumLength: 320) { input in
        guard let name = try? ScopeName(parsing: input[...]) else { return false }
        try demand(Array(name.rawValue.utf8) == input, "the name is not what was sent")
        try demand(input.allSatisfy(ScopeName.isScopeTokenByte), "a byte that no scope may have")
        try demand(input.count <= ScopeName.maximumLength, "a name too long")
        try demand(try ScopeName(prefix: name.prefix, subscope: name.subscope) == name, "its parts are another name")
        try demand(try ScopePrefix(parsing: name.prefix.rawValue) == name.prefix, "its prefix is none")
        try demand(!name.rawValue.contains(" "), "a name with a space")
        return true
    }
}
