public import JOSE
import LibCrypto
public import Vocabulary

/// An assertion as it was sent: a well-formed JWT whose header and claims have the right shape.
///
/// Nothing in it is proven.
public struct UnverifiedAssertion: Sendable {
    /// Which of the two kinds of JWT it is; they never stand in for each other (DESIGN §2.1).
    public enum Kind: Sendable, Hashable {
        /// A JWT authorisation grant (RFC 7523 §2.1).
        case grant
        /// A JWT for client authentication (RFC 7523 §2.2).
        case clientAuthentication
    }

    /// How it says that it is signed.
    public enum Credential: Sendable, Hashable {
        /// With the registered key of that identifier.
        case key(KeyID)
        /// With the first of these certificates (DER), the others lead to an anchor.
        case certificates([[UInt8]])
    }

    /// The longest assertion in bytes.
    public static let maximumLength = 16 * 1024

    /// The most certificates in `x5c`.
    public static let maximumCertificates = 10

    /// Grant or client authentication.
    public let kind: Kind
    /// The signature and what it covers.
    public let jws: CompactJWS
    /// `alg`.
    public let algorithm: JWSAlgorithm
    /// `kid` or `x5c`.
    public let credential: Credential
    /// The claims.
    public let unverifiedClaims: AssertionClaims

    /// Parses an assertion.
    ///
    /// - Throws: the refusals of its form: `.assertionMalformed`, `.headerMember`, `.headerAlgorithm`, `.headerType`,
    ///   `.credentialAmbiguous`, `.credentialMissing`, `.x5cNotArray`, `.x5cElement`, `.claim`, `.claimUnknown`,
    ///   `.assertionEndsBeforeItBegins`.
    public init(parsing text: String, as kind: Kind) throws(Refusal) {
        do { jws = try CompactJWS(parsing: text, maximumLength: Self.maximumLength) } catch {
            throw .assertionMalformed(error)
        }
        self.kind = kind
        try Self.refuseForbiddenMembers(of: jws.header)
        try Self.checkType(of: jws.header, for: kind)
        algorithm = try Self.algorithm(in: jws.header)
        credential = try Self.credential(in: jws.header)
        unverifiedClaims = try AssertionClaims(of: kind, in: jws)
    }

    /// SHA-256 over `jti`, or over the signing input when there is none; the two never collide.
    public var replayKey: [UInt8] {
        if let tokenID = unverifiedClaims.tokenID {
            HashFunction.sha256.digest([1] + tokenID.utf8)
        } else {
            HashFunction.sha256.digest([2] + jws.signingInput)
        }
    }

    /// Members that would let the sender choose key or meaning are refused by name, unread (RFC 8725 §3, §2.3).
    private static func refuseForbiddenMembers(of header: JSONObject) throws(Refusal) {
        for name in ["jwk", "jku", "x5u", "crit", "b64", "enc", "zip", "epk", "apu", "apv", "p2s", "p2c"]
        where header[name] != nil {
            throw .headerMember(name, fault: .forbidden)
        }
    }

    /// security.md §1: `JWT` or none; `client-authentication+jwt` only as client assertion (RFC 10070).
    private static func checkType(of header: JSONObject, for kind: Kind) throws(Refusal) {
        guard let member = header["typ"] else { return }
        guard case .string(let text) = member else { throw .headerMember("typ", fault: .malformed) }
        // RFC 7515 §4.1.9: a media type, without case, the prefix `application/` left out or not.
        var type = text.lowercased()
        if type.hasPrefix("application/") { type.removeFirst("application/".count) }
        switch (type, kind) {
        case ("jwt", _), ("client-authentication+jwt", .clientAuthentication): return
        default: throw .headerType(received: String(text.prefix(100)))
        }
    }

    private static func algorithm(in header: JSONObject) throws(Refusal) -> JWSAlgorithm {
        guard let member = header["alg"] else { throw .headerMember("alg", fault: .missing) }
        guard case .string(let name) = member else { throw .headerMember("alg", fault: .malformed) }
        guard let algorithm = JWSAlgorithm(rawValue: name) else {
            throw .headerAlgorithm(received: String(name.prefix(40)), expected: JWSAlgorithm.allCases.map(\.rawValue))
        }
        return algorithm
    }

    private static func credential(in header: JSONObject) throws(Refusal) -> Credential {
        switch (header["kid"], header["x5c"]) {
        case (.some, .some): throw .credentialAmbiguous
        case (nil, nil): throw .credentialMissing
        case (.some(let kid), nil):
            guard case .string(let text) = kid else { throw .headerMember("kid", fault: .malformed) }
            guard text.utf8.count <= KeyID.maximumLength else { throw .headerMember("kid", fault: .tooLong) }
            guard let id = try? KeyID(parsing: text) else { throw .headerMember("kid", fault: .malformed) }
            return .key(id)
        case (nil, .some(let x5c)):
            // Maskinporten's MP-123: integrators send one string where RFC 7515 §4.1.6 wants an array.
            guard case .array(let elements) = x5c, !elements.isEmpty else { throw .x5cNotArray }
            var certificates: [[UInt8]] = []
            for (index, element) in elements.enumerated() {
                guard index < maximumCertificates, case .string(let text) = element,
                    let certificate = try? Base64.decode(text), !certificate.isEmpty
                else { throw .x5cElement(index: index) }
                certificates.append(certificate)
            }
            return .certificates(certificates)
        }
    }
}
