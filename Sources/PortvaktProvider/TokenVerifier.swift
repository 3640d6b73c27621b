import JOSE
import LibCrypto
public import Vocabulary

/// Verifies access tokens offline, by the issuer's public keys.
///
/// ```swift
/// let keys = try await RemoteKeySet(loading: .issuer(issuer))
/// let verifier = TokenVerifier(policy: VerificationPolicy(issuer: issuer), keys: keys)
/// let token = try await verifier.verifyBearer(text)
/// try token.require(.scope(catchReports))
/// ```
public struct TokenVerifier: Sendable {
    private let policy: VerificationPolicy
    private let keys: any KeySource
    private let clock: any WallClock

    /// The largest token that is looked at, in bytes.
    public static let maximumTokenLength = 32 * 1024

    /// A verifier; it keeps no state of its own, least of all verdicts.
    public init(policy: VerificationPolicy, keys: any KeySource, clock: any WallClock = SystemClock()) {
        self.policy = policy
        self.keys = keys
        self.clock = clock
    }

    /// Verifies a token that whoever holds may use (RFC 6750); one that is bound to a key is refused.
    ///
    /// - Throws: `VerificationError`, the first check that fails.
    public func verifyBearer(_ token: String) async throws(VerificationError) -> VerifiedToken {
        let jws: CompactJWS
        do throws(CompactJWSError) {
            jws = try CompactJWS(parsing: token, maximumLength: Self.maximumTokenLength)
        } catch {
            throw .malformed(error)
        }
        let header: JOSEHeader
        do throws(JOSEHeader.NotAString) {
            header = try JOSEHeader(jws.header)
        } catch {
            throw .malformedHeader(error.member)
        }
        try policy.checkType(of: header)
        let algorithm = try policy.algorithm(of: header)
        let key: JWK
        do throws(KeySourceError) { key = try await keys.key(for: header) } catch { throw .key(error) }
        // RFC 8725 §3.1: the algorithm is the key's business, not the token's.
        guard key.algorithm.map({ $0 == algorithm }) ?? algorithm.fits(key.publicKey.kind) else {
            throw .algorithm(header.algorithmText)
        }
        guard jws.isSigned(by: key.publicKey, algorithm: algorithm) else { throw .signature }
        let claims: JSONObject
        do throws(CompactJWSError) { claims = try jws.payloadObject() } catch { throw .malformed(error) }
        return try policy.checkClaims(claims, at: clock.now)
    }
}

extension VerificationPolicy {
    /// RFC 8725 §3.11; RFC 7515 §4.1.11.
    func checkType(of header: JOSEHeader) throws(VerificationError) {
        if let member = ["crit", "b64"].first(where: header.object.contains) { throw .criticalHeader(member) }
        guard let type = header.normalisedType else {
            guard acceptsMissingType else { throw .type(nil) }
            return
        }
        guard types.contains(type) else { throw .type(header.type) }
    }

    /// RFC 8725 §3.1: only what this provider has chosen.
    func algorithm(of header: JOSEHeader) throws(VerificationError) -> JWSAlgorithm {
        guard let algorithm = header.algorithm, algorithms.contains(algorithm) else {
            throw .algorithm(header.algorithmText)
        }
        return algorithm
    }

    /// RFC 7519 §4.1, then the claims of Maskinporten.
    func checkClaims(_ claims: JSONObject, at now: Timestamp) throws(VerificationError) -> VerifiedToken {
        // Byte for byte: an issuer is ASCII, and whatever Unicode takes for equal to ASCII is longer.
        guard let name = claims["iss"]?.string, name.utf8.count == issuer.rawValue.utf8.count, name == issuer.rawValue
        else { throw .issuer(claims["iss"]?.string) }
        guard let end = try Self.time("exp", in: claims) else { throw .claim("exp") }
        guard now < end + expiryLeeway else { throw .expired(at: end, now: now) }
        if let start = try Self.time("nbf", in: claims), start > now + tolerance {
            throw .notYetValid(claim: "nbf", at: start, now: now)
        }
        guard let issuedAt = try Self.time("iat", in: claims) else { throw .claim("iat") }
        guard issuedAt <= now + tolerance else { throw .notYetValid(claim: "iat", at: issuedAt, now: now) }
        if let maximumAge, now > issuedAt + maximumAge { throw .tooOld(issuedAt: issuedAt, limit: maximumAge) }
        let audience = try Self.audience(claims)
        try check(audience)
        // RFC 9449 §7.1, RFC 8705 §3: a stolen bound token must not pass where nobody asks for the key.
        guard !claims.contains("cnf"), claims["token_type"].map({ $0.string?.lowercased() == "bearer" }) ?? true else {
            throw .bound
        }
        return try VerifiedToken(claims, issuedAt: issuedAt, expiresAt: end, audience: audience)
    }

    private func check(_ audience: [String]) throws(VerificationError) {
        switch self.audience {
        case .ignored: return
        case .mineIfPresent(let mine):
            guard audience.isEmpty || !mine.isDisjoint(with: audience) else { throw .audience(audience) }
        case .required(let mine): guard !mine.isDisjoint(with: audience) else { throw .audience(audience) }
        }
    }

    /// RFC 7519 §4.1.3: a text or an array of texts; Maskinporten once wrote `unspecified` for none.
    private static func audience(_ claims: JSONObject) throws(VerificationError) -> [String] {
        guard let value = claims["aud"] else { return [] }
        if let text = value.string { return text == "unspecified" ? [] : [text] }
        guard let texts = value.strings else { throw .claim("aud") }
        return texts
    }

    private static func time(_ name: String, in claims: JSONObject) throws(VerificationError) -> Timestamp? {
        guard let value = claims[name] else { return nil }
        guard let seconds = value.number?.flooredNumericDate else { throw .claim(name) }
        return Timestamp(seconds: seconds)
    }
}
