public import JOSE
public import Vocabulary

/// Why a token is not good enough; says which check failed, and nothing of the token's text or of other parties.
public enum VerificationError: Error, Sendable, Equatable {
    /// The request does not carry its token as it must.
    case request(BearerCredentials.Fault)
    /// No signed JWT of strict form.
    case malformed(CompactJWSError)
    /// A member of the header has the wrong type.
    case malformedHeader(String)
    /// `typ` is not one of an access token.
    case type(String?)
    /// `crit` or another member that changes what is signed (RFC 7515 §4.1.11).
    case criticalHeader(String)
    /// `alg` is not one that is taken here, or not that of the key.
    case algorithm(String?)
    /// No key could be had for it.
    case key(KeySourceError)
    /// The signature does not hold.
    case signature
    /// Another issuer.
    case issuer(String?)
    /// It has ended.
    case expired(at: Timestamp, now: Timestamp)
    /// `nbf` or `iat` is ahead of this machine's clock; names the claim.
    case notYetValid(claim: String, at: Timestamp, now: Timestamp)
    /// It was issued longer ago than allowed.
    case tooOld(issuedAt: Timestamp, limit: Seconds)
    /// It is meant for another API, or names none where one is demanded.
    case audience([String])
    /// It is bound to a key (`cnf`), so that holding it proves nothing (RFC 9449 §7.1, RFC 8705 §3).
    case bound
    /// A claim is missing or malformed.
    case claim(String)
    /// A bearer token, where only tokens that are bound to a key are taken.
    case proofRequired
    /// It came as one that is bound to a key by DPoP, and is not (RFC 9449 §7.1).
    case notBound
    /// The DPoP proof is not taken, or wants a nonce (RFC 9449 §4.3, §9).
    case proof(DPoPProofFault)
    /// Whether the proof was used before cannot be known at present.
    case proofMemory
    /// It was ended before its time; tells the status in the list.
    case revoked(status: UInt8)
    /// It does not say where its status stands, and it must (``StatusPolicy/required``).
    case statusMissing
    /// Its status is not known.
    case status(StatusListError)
    /// The token is good, but not for this: what was demanded.
    case access(AccessRule.Denial)

    /// The checks in the order they are made; the first that fails ends them.
    public enum Check: String, Sendable, CaseIterable {
        /// Where the request carries the token.
        case request
        /// Three parts of base64url, strict JSON.
        case form
        /// `typ`.
        case type
        /// `alg`.
        case algorithm
        /// The key that the header names.
        case key
        /// The signature.
        case signature
        /// `iss`.
        case issuer
        /// `exp`.
        case expiry
        /// `nbf`, `iat` and the age.
        case start
        /// `aud`.
        case audience
        /// `cnf`.
        case binding
        /// The claims of Maskinporten: `client_id`, `scope`, `consumer`, `supplier`.
        case claims
        /// `status`: whether it was ended before its time.
        case status
        /// What the API demands besides.
        case access
    }

    /// The check that failed.
    public var check: Check {
        switch self {
        case .request: .request
        case .malformed, .malformedHeader: .form
        case .type, .criticalHeader: .type
        case .algorithm: .algorithm
        case .key: .key
        case .signature: .signature
        case .issuer: .issuer
        case .expired: .expiry
        case .notYetValid, .tooOld: .start
        case .audience: .audience
        case .bound, .proofRequired, .notBound, .proof, .proofMemory: .binding
        case .claim: .claims
        case .revoked, .statusMissing, .status: .status
        case .access: .access
        }
    }

    /// Whether the fault lies in how the request proves the token's key.
    var concernsProof: Bool {
        switch self {
        case .bound, .proofRequired, .proof: true
        default: false
        }
    }

    /// All values of ``code``, sorted.
    public static let codes = [
        "access_denied", "insufficient_scope", "proof_invalid", "proof_memory_unavailable", "proof_nonce",
        "proof_required", "request_malformed", "token_algorithm", "token_audience", "token_bound",
        "token_claims", "token_critical_header", "token_expired", "token_issuer", "token_key_unknown",
        "token_keys_unavailable", "token_malformed", "token_not_yet_valid", "token_revoked", "token_signature",
        "token_status", "token_status_unavailable", "token_too_old", "token_type",
    ]

    /// A name for scripts and metrics, one of ``codes``.
    public var code: String {
        switch self {
        case .request: "request_malformed"
        case .malformed, .malformedHeader: "token_malformed"
        case .type: "token_type"
        case .criticalHeader: "token_critical_header"
        case .algorithm: "token_algorithm"
        case .key(.unknownKey): "token_key_unknown"
        case .key(.unavailable): "token_keys_unavailable"
        case .signature: "token_signature"
        case .issuer: "token_issuer"
        case .expired: "token_expired"
        case .notYetValid: "token_not_yet_valid"
        case .tooOld: "token_too_old"
        case .audience: "token_audience"
        case .bound: "token_bound"
        case .proofRequired, .notBound: "proof_required"
        case .proof(let fault): fault.wantsNonce ? "proof_nonce" : "proof_invalid"
        case .proofMemory: "proof_memory_unavailable"
        case .claim: "token_claims"
        case .revoked: "token_revoked"
        case .status(.unavailable), .status(.refused), .status(.index): "token_status_unavailable"
        case .statusMissing, .status: "token_status"
        case .access(let denial): denial.isScope ? "insufficient_scope" : "access_denied"
        }
    }
}

extension VerificationError: CustomStringConvertible {
    /// One line for whoever sent the token.
    public var description: String {
        switch self {
        case .request(let fault): "\(fault)"
        case .malformed(let error): "\(error)"
        case .malformedHeader(let member): "the header's `\(member)` is no text"
        case .type(let type): type.map { "`typ` is `\($0)`, not that of an access token" } ?? "`typ` is missing"
        case .criticalHeader(let member): "the header's `\(member)` is not supported"
        case .algorithm(let name):
            name.map { "`alg` is `\($0)`, which is not taken for this key" } ?? "`alg` is missing"
        case .key(let error): "\(error)"
        case .signature: "the signature does not hold"
        case .issuer(let issuer): issuer.map { "`iss` is `\($0)`, another issuer" } ?? "`iss` is missing"
        case .expired(let end, let now): "it expired at \(end), it is now \(now)"
        case .notYetValid(let claim, let start, let now): "`\(claim)` is \(start), it is now \(now)"
        case .tooOld(let issuedAt, let limit): "it was issued at \(issuedAt), more than \(limit.count) s ago"
        case .audience(let audience):
            audience.isEmpty
                ? "`aud` is missing" : "`aud` names another API: \(audience.map { "`\($0)`" }.joined(separator: ", "))"
        case .bound: "it is bound to a key, and cannot be used as a bearer token"
        case .proofRequired: "it is a bearer token, and only tokens that are bound to a key are taken here"
        case .notBound: "it is not bound to a key: send it as `Bearer`"
        case .proof(let fault): "\(fault)"
        case .proofMemory: "whether the DPoP proof was used before cannot be known at present"
        case .claim(let name): "the claim `\(name)` is missing or malformed"
        case .revoked(let status):
            status == 2 ? "it is suspended (status 2)" : "it was ended before its time (status \(status))"
        case .statusMissing: "the claim `status` is missing, and every token must have one here"
        case .status(let error): "\(error)"
        case .access(let denial): "\(denial)"
        }
    }
}
