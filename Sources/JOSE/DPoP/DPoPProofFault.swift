public import Vocabulary

/// Why a DPoP proof is not taken (RFC 9449 §4.3), one case for each check.
public enum DPoPProofFault: Error, Equatable, Sendable {
    /// No `DPoP` field.
    case missing
    /// More than one `DPoP` field.
    case repeated
    /// Not a signed JWT of strict form, or too long.
    case malformed(CompactJWSError)
    /// `typ` is another than `dpop+jwt`.
    case type(String?)
    /// A header member that a proof must not have, or that is no text.
    case headerMember(String)
    /// `alg` is none that is taken: missing, symmetric, `none`, or unknown.
    case algorithm(String?)
    /// `jwk` is missing or no object.
    case keyMissing
    /// `jwk` is no public key that is taken: private, symmetric, weak or malformed.
    case key(JWKError)
    /// A claim is missing, has the wrong form, or is too long.
    case claim(String)
    /// The signature does not hold under `jwk`.
    case signature
    /// `htm` is another method than the request's.
    case method(String)
    /// `htu` is another URL than the request's.
    case target(String)
    /// `iat` is too far from the server's time, or `exp` has passed.
    case stale(issuedAt: Timestamp, now: Timestamp)
    /// `iat` or `nbf` is too far ahead of the server's time.
    case notYetValid(issuedAt: Timestamp, now: Timestamp)
    /// A `nonce` of the server is demanded, and the proof has none (RFC 9449 §8).
    case nonceMissing
    /// `nonce` is none of the server's, or has ended.
    case nonceUnknown
    /// `ath` is missing, or is the hash of another access token (RFC 9449 §7).
    case accessTokenHash
    /// The proof is by another key than the token is bound to (RFC 9449 §6.1).
    case otherKey
    /// A proof of this `jti` by this key was seen before (RFC 9449 §11.1).
    case replayed

    /// Whether a new proof with the nonce that comes with the answer mends it: `use_dpop_nonce` (RFC 9449 §8, §9).
    public var wantsNonce: Bool {
        switch self {
        case .nonceMissing, .nonceUnknown: true
        default: false
        }
    }

    /// A name for scripts and metrics, in snake_case; one of ``reasons``.
    public var reason: String {
        switch self {
        case .missing: "dpop_missing"
        case .repeated: "dpop_repeated"
        case .malformed: "dpop_malformed"
        case .type: "dpop_type"
        case .headerMember: "dpop_header"
        case .algorithm: "dpop_algorithm"
        case .keyMissing, .key: "dpop_key"
        case .claim: "dpop_claim"
        case .signature: "dpop_signature"
        case .method: "dpop_method"
        case .target: "dpop_target"
        case .stale: "dpop_stale"
        case .notYetValid: "dpop_not_yet_valid"
        case .nonceMissing: "dpop_nonce_missing"
        case .nonceUnknown: "dpop_nonce_unknown"
        case .accessTokenHash: "dpop_access_token_hash"
        case .otherKey: "dpop_other_key"
        case .replayed: "dpop_replayed"
        }
    }

    /// Every value of ``reason`` that is no demand for a nonce, in the order of the checks.
    public static let reasons = [
        "dpop_missing", "dpop_repeated", "dpop_malformed", "dpop_type", "dpop_header", "dpop_algorithm", "dpop_key",
        "dpop_claim",
        "dpop_signature", "dpop_method", "dpop_target", "dpop_stale", "dpop_not_yet_valid", "dpop_access_token_hash",
        "dpop_other_key", "dpop_replayed",
    ]

    /// The values of ``reason`` that demand a nonce.
    public static let nonceReasons = ["dpop_nonce_missing", "dpop_nonce_unknown"]
}

extension DPoPProofFault: CustomStringConvertible {
    /// What to mend, in one line; names no key and no token.
    public var description: String {
        switch self {
        case .missing: "the `DPoP` field with the proof is missing"
        case .repeated: "the `DPoP` field stands more than once"
        case .malformed(let error): "the DPoP proof is no signed JWT: \(error)"
        case .type(let type):
            "the DPoP proof's `typ` is \(type.map { "`\($0)`" } ?? "missing"), and must be `dpop+jwt`"
        case .headerMember(let name): "the DPoP proof's header member `\(name)` must not be there, or must be a text"
        case .algorithm(let name):
            "the DPoP proof's `alg` is \(name.map { "`\($0)`" } ?? "missing"), and must be an asymmetric one that is supported and fits the key"
        case .keyMissing: "the DPoP proof's header has no `jwk`"
        case .key(let error): "the DPoP proof's `jwk` cannot be used: \(error)"
        case .claim(let name): "the DPoP proof's claim `\(name)` is missing, malformed or too long"
        case .signature: "the DPoP proof's signature does not hold under its `jwk`"
        case .method(let method): "the DPoP proof is for the method `\(method)`: `htm` must be the request's"
        case .target(let target): "the DPoP proof is for `\(target)`: `htu` must be the request's URL without its query"
        case .stale(let issuedAt, let now): "the DPoP proof was made at \(issuedAt), it is now \(now): make a new one"
        case .notYetValid(let issuedAt, let now):
            "the DPoP proof is of \(issuedAt), it is now \(now): set the client's clock"
        case .nonceMissing: "the DPoP proof needs the `nonce` that `DPoP-Nonce` holds"
        case .nonceUnknown: "the DPoP proof's `nonce` has ended or is another server's: use the one in `DPoP-Nonce`"
        case .accessTokenHash: "the DPoP proof's `ath` is missing, or is not the hash of this access token"
        case .otherKey: "the DPoP proof is by another key than the access token is bound to"
        case .replayed: "the DPoP proof was used before: make a new one, with a `jti` of its own, for each request"
        }
    }
}
