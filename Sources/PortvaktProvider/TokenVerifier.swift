public import CoreMetrics
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
    private let outcomes: VerificationMetrics
    private let headers = HeaderMemory()

    /// What tells this verifier and its copies from others.
    package var identity: ObjectIdentifier { ObjectIdentifier(headers) }

    /// The largest token that is looked at, in bytes.
    public static let maximumTokenLength = 32 * 1024

    /// A verifier; it keeps no verdicts.
    ///
    /// - Parameters:
    ///   - policy: What is demanded of every token.
    ///   - keys: Who knows the issuer's keys.
    ///   - clock: The clock that `exp`, `nbf` and `iat` are compared with.
    ///   - metrics: Takes `portvakt_provider_verifications_total`; nil for those of the process.
    public init(
        policy: VerificationPolicy,
        keys: any KeySource,
        clock: any WallClock = SystemClock(),
        metrics: (any MetricsFactory)? = nil
    ) {
        self.policy = policy
        self.keys = keys
        self.clock = clock
        outcomes = VerificationMetrics(metrics ?? MetricsSystem.factory)
    }

    /// Verifies a token that whoever holds may use (RFC 6750); one that is bound to a key is refused.
    ///
    /// - Throws: `VerificationError`, the first check that fails.
    public func verifyBearer(_ token: String) async throws(VerificationError) -> VerifiedToken {
        do throws(VerificationError) {
            let verified = try await verify(token)
            outcomes.accepted.increment()
            return verified
        } catch {
            outcomes.count(error)
            throw error
        }
    }

    private func verify(_ token: String) async throws(VerificationError) -> VerifiedToken {
        let known = headers.latest
        let jws: CompactJWS
        do throws(CompactJWSError) {
            jws = try CompactJWS(parsing: token, maximumLength: Self.maximumTokenLength, known: known?.encoded)
        } catch {
            throw .malformed(error)
        }
        let header: AcceptedHeader
        if let known, jws.hasKnownHeader { header = known } else { header = try policy.accept(headerOf: jws) }
        let key: JWK
        do throws(KeySourceError) { key = try await keys.key(for: header.header) } catch { throw .key(error) }
        // RFC 8725 §3.1: the algorithm is the key's business, not the token's.
        guard key.algorithm.map({ $0 == header.algorithm }) ?? header.algorithm.fits(key.publicKey.kind) else {
            throw .algorithm(header.header.algorithmText)
        }
        guard jws.isSigned(by: key.publicKey, algorithm: header.algorithm) else { throw .signature }
        // Only now: nobody but the issuer decides what is remembered.
        if !jws.hasKnownHeader { headers.remember(header) }
        let claims: JSONObject
        do throws(CompactJWSError) { claims = try jws.payloadObject() } catch { throw .malformed(error) }
        return try policy.checkClaims(claims, at: clock.now).proved(by: identity)
    }
}

extension VerificationPolicy {
    /// The checks of a header; what they find depends on nothing but the header.
    func accept(headerOf jws: CompactJWS) throws(VerificationError) -> AcceptedHeader {
        let header: JOSEHeader
        do throws(JOSEHeader.NotAString) { header = try JOSEHeader(jws.header) } catch {
            throw .malformedHeader(error.member)
        }
        try checkType(of: header)
        return AcceptedHeader(encoded: jws.knownHeader, header: header, algorithm: try algorithm(of: header))
    }

    /// RFC 8725 §3.11; RFC 7515 §4.1.11.
    func checkType(of header: JOSEHeader) throws(VerificationError) {
        if let member = Self.criticalMembers.first(where: header.object.contains) { throw .criticalHeader(member) }
        guard let type = header.normalisedType else {
            guard acceptsMissingType else { throw .type(nil) }
            return
        }
        guard types.contains(type) else { throw .type(header.type) }
    }

    private static let criticalMembers = ["crit", "b64"]

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
        guard !claims.contains("cnf"), Self.isBearer(claims["token_type"]) else { throw .bound }
        return try VerifiedToken(claims, issuedAt: issuedAt, expiresAt: end, audience: audience)
    }

    /// RFC 6749 §5.1: the name has no case; nearly all write it so.
    private static func isBearer(_ type: JSONValue?) -> Bool {
        guard let type else { return true }
        guard let text = type.string else { return false }
        return text == "Bearer" || text.lowercased() == "bearer"
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
