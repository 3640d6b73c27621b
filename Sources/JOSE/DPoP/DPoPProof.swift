internal import LibCrypto
public import Vocabulary

/// A DPoP proof as it was sent (RFC 9449 §4.2): its form holds, and nothing of it is proven.
///
/// The cheap checks stand here, one function each, so that a server can make them before it spends anything on the
/// signature, which ``proved()`` checks.
public struct UnverifiedDPoPProof: Sendable {
    /// `htm`: the method of the request that it is for.
    public let method: String
    /// `htu`: the URL of the request that it is for, as written.
    public let target: String
    /// `jti`.
    public let identifier: String
    /// `iat`.
    public let issuedAt: Timestamp
    /// `nonce`: the one that the server has given.
    public let nonce: String?
    /// `ath`: the hash of the access token that it goes with.
    public let accessTokenHash: String?
    private let notBefore: Timestamp?
    private let expires: Timestamp?
    private let jws: CompactJWS
    private let algorithm: JWSAlgorithm
    private let key: JSONObject

    /// The longest proof in bytes; one by the largest RSA key that is taken has about 4,000.
    public static let maximumLength = 8_192
    /// The longest `jti`, in bytes.
    public static let maximumIdentifierLength = 128
    /// The longest `htu` and `nonce`, in bytes.
    static let maximumTextLength = 2_048
    /// How far `iat` may be from the server's time, either way, when the server has given no nonce.
    public static let window = Seconds(60)

    /// Reads the one `DPoP` field of a request.
    ///
    /// - Parameters:
    ///   - fields: The values of all `DPoP` fields; there must be exactly one.
    ///   - algorithms: Those that are taken.
    /// - Throws: `.missing`, `.repeated`, `.malformed`, `.type`, `.headerMember`, `.algorithm`, `.keyMissing`, `.key` for the members of a
    ///   private or symmetric key, `.claim`.
    public init(
        parsing fields: [String],
        algorithms: Set<JWSAlgorithm> = Set(JWSAlgorithm.allCases)
    ) throws(DPoPProofFault) {
        // RFC 9449 §4.3 item 1: two could be read by two parties in two ways.
        guard let field = fields.first else { throw .missing }
        guard fields.count == 1 else { throw .repeated }
        do throws(CompactJWSError) {
            jws = try CompactJWS(parsing: field, maximumLength: Self.maximumLength)
        } catch {
            throw .malformed(error)
        }
        let header: JOSEHeader
        do throws(JOSEHeader.NotAString) { header = try JOSEHeader(jws.header) } catch {
            throw .headerMember(error.member)
        }
        // RFC 8725 §3.11: a proof is nothing else, and nothing else is a proof.
        guard header.normalisedType == "dpop+jwt" else { throw .type(header.type.map { String($0.prefix(100)) }) }
        if let member = header.dangerousMembers.first(where: { $0 != "jwk" }) { throw .headerMember(member) }
        // RFC 9449 §4.3 item 5.
        guard let algorithm = header.algorithm, algorithms.contains(algorithm) else {
            throw .algorithm(header.algorithmText.map { String($0.prefix(100)) })
        }
        self.algorithm = algorithm
        key = try Self.publicMembers(of: header.object["jwk"])
        let claims: JSONObject
        do throws(CompactJWSError) { claims = try jws.payloadObject() } catch { throw .malformed(error) }
        identifier = try Self.text("jti", in: claims, atMost: Self.maximumIdentifierLength)
        method = try Self.text("htm", in: claims, atMost: 100)
        target = try Self.text("htu", in: claims, atMost: Self.maximumTextLength)
        guard let issuedAt = try Self.time("iat", in: claims) else { throw .claim("iat") }
        self.issuedAt = issuedAt
        notBefore = try Self.time("nbf", in: claims)
        expires = try Self.time("exp", in: claims)
        nonce = try Self.optionalText("nonce", in: claims, atMost: Self.maximumTextLength)
        accessTokenHash = try Self.optionalText("ath", in: claims, atMost: 100)
    }

    /// RFC 9449 §4.3 item 7: no private key.
    ///
    /// Whoever sent one has lost it; its values are not read.
    private static func publicMembers(of value: JSONValue?) throws(DPoPProofFault) -> JSONObject {
        guard let value, case .object(let object) = value else { throw .keyMissing }
        do throws(JWKError) {
            let type = try JWKReader(object).keyType()
            let secrets = type.privateMembers.filter(object.contains)
            guard secrets.isEmpty else { throw .privateMembers(secrets) }
        } catch {
            throw .key(error)
        }
        return object
    }

    private static func text(_ name: String, in claims: JSONObject, atMost limit: Int) throws(DPoPProofFault) -> String
    {
        guard let text = try optionalText(name, in: claims, atMost: limit) else { throw .claim(name) }
        return text
    }

    private static func optionalText(
        _ name: String,
        in claims: JSONObject,
        atMost limit: Int
    ) throws(DPoPProofFault) -> String? {
        guard let value = claims[name] else { return nil }
        guard let text = value.string, !text.isEmpty, text.utf8.count <= limit else { throw .claim(name) }
        return text
    }

    private static func time(_ name: String, in claims: JSONObject) throws(DPoPProofFault) -> Timestamp? {
        guard let value = claims[name] else { return nil }
        guard let seconds = value.number?.flooredNumericDate else { throw .claim(name) }
        return Timestamp(seconds: seconds)
    }
}

// MARK: The checks

extension UnverifiedDPoPProof {
    /// RFC 9449 §4.3 items 8 and 9: the request that it is sent with, and no other.
    ///
    /// - Throws: `.method`, `.target`.
    public func check(method: String, target: DPoPTarget) throws(DPoPProofFault) {
        guard self.method == method else { throw .method(String(self.method.prefix(20))) }
        guard self.target == target.text || DPoPTarget(self.target) == target else {
            throw .target(String(self.target.prefix(200)))
        }
    }

    /// RFC 9449 §4.3 item 11: made a short while ago, by a clock that may differ as much.
    ///
    /// - Throws: `.stale`, `.notYetValid`.
    public func checkTime(at now: Timestamp, window: Seconds = UnverifiedDPoPProof.window) throws(DPoPProofFault) {
        guard issuedAt <= now + window else { throw .notYetValid(issuedAt: issuedAt, now: now) }
        guard now <= issuedAt + window else { throw .stale(issuedAt: issuedAt, now: now) }
        try checkOwnTimes(at: now, window: window)
    }

    /// RFC 7519 §4.1.4, §4.1.5: nobody demands `exp` and `nbf` of a proof, but whoever writes them means them.
    ///
    /// - Throws: `.stale`, `.notYetValid`.
    func checkOwnTimes(at now: Timestamp, window: Seconds) throws(DPoPProofFault) {
        if let notBefore, notBefore > now + window { throw .notYetValid(issuedAt: notBefore, now: now) }
        if let expires, now >= expires + window { throw .stale(issuedAt: issuedAt, now: now) }
    }

    /// RFC 9449 §4.3 item 10, §8: the nonce if there is one, else the time.
    ///
    /// - Parameters:
    ///   - now: The server's time.
    ///   - window: How far `iat` may be from it, either way, without a nonce.
    ///   - nonces: Those that the server gives; nil when it gives none, and `nonce` says nothing.
    ///   - isRequired: Whether a proof without one is refused.
    /// - Throws: `.nonceMissing`, `.nonceUnknown`, `.stale`, `.notYetValid`.
    /// - Returns: In which time the proof could be accepted, for whoever remembers it.
    public func checkFreshness(
        at now: Timestamp,
        window: Seconds = UnverifiedDPoPProof.window,
        nonces: DPoPNonces? = nil,
        isNonceRequired isRequired: Bool = false
    ) throws(DPoPProofFault) -> DPoPProof.Acceptance {
        guard let nonces, let nonce else {
            if nonces != nil, isRequired { throw .nonceMissing }
            try checkTime(at: now, window: window)
            return DPoPProof.Acceptance(from: issuedAt, until: issuedAt + window)
        }
        guard let given = nonces.time(of: nonce, at: now) else { throw .nonceUnknown }
        // The server's own time stands in the nonce: a client without a clock is served (RFC 9449 §11.1); it writes no others.
        try checkOwnTimes(at: now, window: window)
        return DPoPProof.Acceptance(from: given, until: given + DPoPNonces.lifetime)
    }

    /// RFC 9449 §4.3 item 12: it goes with this access token.
    ///
    /// - Throws: `.accessTokenHash`.
    public func check(accessToken: String) throws(DPoPProofFault) {
        guard accessTokenHash == DPoPProof.hash(ofAccessToken: accessToken) else { throw .accessTokenHash }
    }

    /// Checks the signature by the proof's own key (RFC 9449 §4.3 items 6 and 7): the one costly step.
    ///
    /// - Throws: `.key`, `.algorithm` when it does not fit the key, `.signature`.
    public func proved() throws(DPoPProofFault) -> DPoPProof {
        let jwk: JWK
        do throws(JWKError) { jwk = try JWK(parsing: key) } catch { throw .key(error) }
        guard algorithm.fits(jwk.publicKey.kind), jwk.algorithm.map({ $0 == algorithm }) ?? true else {
            throw .algorithm(algorithm.rawValue)
        }
        guard jws.isSigned(by: jwk.publicKey, algorithm: algorithm) else { throw .signature }
        return DPoPProof(thumbprint: jwk.thumbprint(), identifier: identifier)
    }
}

/// A DPoP proof whose signature holds: whoever sent it has the key, or has seen a proof that was sent before.
public struct DPoPProof: Sendable, Hashable {
    /// `jkt`: the thumbprint of the key (RFC 7638), what tokens are bound to.
    public let thumbprint: String
    /// `jti`.
    public let identifier: String

    /// The time in which a proof could be accepted; it must be remembered until the end.
    public struct Acceptance: Sendable, Hashable {
        /// The proof's own time, or that of its nonce.
        public let from: Timestamp
        /// The last second.
        public let until: Timestamp
    }

    /// What tells it from other proofs, whoever made them: SHA-256 of thumbprint and `jti` (RFC 9449 §11.1).
    public var replayKey: [UInt8] { HashFunction.sha256.digest(Array("\(thumbprint).\(identifier)".utf8)) }

    /// `ath` of an access token (RFC 9449 §4.2): SHA-256 of its text in base64url.
    public static func hash(ofAccessToken token: String) -> String {
        Base64URL.encode(HashFunction.sha256.digest(Array(token.utf8)))
    }
}
