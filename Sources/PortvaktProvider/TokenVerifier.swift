public import CoreMetrics
public import JOSE
import LibCrypto
import StatusLists
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
    private let statuses: (any StatusSource)?
    private let proofs: any DPoPReplayStore
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
    ///   - statuses: Who knows which tokens were ended; must be given unless `policy.status` is `ignored`.
    ///   - proofs: Remembers the DPoP proofs that were used; counts only where `policy.dpop` takes bound tokens.
    ///   - clock: The clock that `exp`, `nbf` and `iat` are compared with.
    ///   - metrics: Takes `portvakt_provider_verifications_total`; nil for those of the process.
    public init(
        policy: VerificationPolicy,
        keys: any KeySource,
        statuses: (any StatusSource)? = nil,
        proofs: any DPoPReplayStore = DPoPReplayMemory(),
        clock: any WallClock = SystemClock(),
        metrics: (any MetricsFactory)? = nil
    ) {
        self.policy = policy
        precondition(policy.status == .ignored || statuses != nil, "a policy on statuses needs their source")
        self.keys = keys
        self.statuses = statuses
        self.proofs = proofs
        self.clock = clock
        outcomes = VerificationMetrics(metrics ?? MetricsSystem.factory)
    }

    /// Verifies a token that whoever holds may use (RFC 6750); one that is bound to a key is refused.
    ///
    /// - Throws: `VerificationError`, the first check that fails.
    public func verifyBearer(_ token: String) async throws(VerificationError) -> VerifiedToken {
        try await counted { () async throws(VerificationError) in
            guard policy.dpop.mode != .required else { throw .proofRequired }
            return try await verify(token, shown: .bearer)
        }
    }

    /// Verifies the token of a request, and that whoever sent it holds the key that the token is bound to.
    ///
    /// A bound token passes with its proof alone, a bearer token where the policy takes one. The proof is used up.
    ///
    /// - Throws: `VerificationError`, the first check that fails.
    /// - Returns: The token; nil when the request brings none, or credentials of a scheme that is not taken.
    public func verify(_ request: IncomingRequest) async throws(VerificationError) -> VerifiedToken? {
        if policy.dpop.mode != .off,
            let token = try BearerCredentials.boundToken(authorization: request.authorization, query: request.query)
        {
            return try await counted { () async throws(VerificationError) in
                try await verifyBound(token, of: request)
            }
        }
        guard let token = try BearerCredentials.token(authorization: request.authorization, query: request.query)
        else { return nil }
        return try await counted { () async throws(VerificationError) in
            guard policy.dpop.mode != .required else { throw .proofRequired }
            return try await verify(
                token,
                shown: Presentation(isProved: false, certificateThumbprint: request.certificateThumbprint)
            )
        }
    }

    /// What clients are told in `WWW-Authenticate` about DPoP.
    public var dpop: DPoPPolicy { policy.dpop }

    /// The nonce for the next proof of a client, for the `DPoP-Nonce` field of an answer (RFC 9449 §9); nil where none are given.
    public var nextNonce: String? { policy.dpop.nonces?.nonce(at: clock.now) }

    /// RFC 9449 §7.1: the token first, so that strangers cost one signature; its use last.
    private func verifyBound(
        _ text: String,
        of request: IncomingRequest
    ) async throws(VerificationError) -> VerifiedToken {
        let token = try await verify(
            text,
            shown: Presentation(isProved: true, certificateThumbprint: request.certificateThumbprint)
        )
        guard let thumbprint = token.confirmation?.keyThumbprint else { throw .notBound }
        let now = clock.now
        let proved: (proof: DPoPProof, until: Timestamp)
        do throws(DPoPProofFault) {
            proved = try policy.dpop.check(request, token: text, boundTo: thumbprint, at: now)
        } catch {
            throw .proof(error)
        }
        let outcome: DPoPReplayMemory.Outcome
        do { outcome = try await proofs.claim(proved.proof.replayKey, until: proved.until, at: now) } catch {
            throw .proofMemory
        }
        switch outcome {
        case .new: return token
        case .replayed: throw .proof(.replayed)
        case .full: throw .proofMemory
        }
    }

    private func counted(
        _ verify: () async throws(VerificationError) -> VerifiedToken
    ) async throws(VerificationError) -> VerifiedToken {
        do throws(VerificationError) {
            let verified = try await verify()
            outcomes.accepted.increment()
            return verified
        } catch {
            outcomes.count(error)
            throw error
        }
    }

    private func verify(
        _ token: String,
        shown presentation: Presentation
    ) async throws(VerificationError) -> VerifiedToken {
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
        let token = try policy.checkClaims(claims, shown: presentation, at: clock.now)
        if policy.status != .ignored { try await checkStatus(of: claims) }
        return token.proved(by: identity)
    }

    /// Token Status List draft §8.3: last, so that nobody without a good token makes this program fetch anything.
    private func checkStatus(of claims: JSONObject) async throws(VerificationError) {
        guard let statuses else { return }
        guard let claim = claims["status"] else {
            guard policy.status != .required else { throw .statusMissing }
            return
        }
        // Other mechanisms may stand beside or instead of a list; where one is demanded, they are none.
        guard claim.object == nil || claim["status_list"] != nil else {
            guard policy.status != .required else { throw .statusMissing }
            return
        }
        guard let reference = try? StatusReference(claim: claim) else { throw .status(.claim) }
        let status: UInt8
        do throws(StatusListError) {
            status = try await statuses.status(of: reference)
        } catch {
            if policy.status == .whenAvailable, case .unavailable = error { return }
            throw .status(error)
        }
        guard status == StatusList.valid else { throw .revoked(status: status) }
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
    func checkClaims(
        _ claims: JSONObject,
        shown presentation: Presentation,
        at now: Timestamp
    ) throws(VerificationError) -> VerifiedToken {
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
        let confirmation = try presentation.check(claims)
        return try VerifiedToken(
            claims,
            issuedAt: issuedAt,
            expiresAt: end,
            audience: audience,
            confirmation: confirmation
        )
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
