internal import COpenSSL

/// One thing that is wrong with a certificate path.
public struct PathFinding: Sendable, Hashable {
    /// What kind of fault it is.
    public let fault: PathFault
    /// Where in the path: 0 is the leaf, 1 its issuer.
    public let depth: Int
    /// Whom the certificate there names; nil when there is none, as for a missing issuer's.
    public let subject: String?
    /// The words of whoever found it, such as libcrypto's `certificate has expired`.
    public let detail: String

    /// A finding.
    public init(fault: PathFault, depth: Int, subject: String?, detail: String) {
        self.fault = fault
        self.depth = depth
        self.subject = subject
        self.detail = detail
    }
}

/// Why a path is not valid: every finding, in the order they were made; never empty.
public struct PathRejection: Error, Equatable, Sendable {
    /// What is wrong.
    public let findings: [PathFinding]

    /// A rejection.
    public init(findings: [PathFinding]) { self.findings = findings }

    /// Whether some finding is of this kind.
    public func contains(_ fault: PathFault) -> Bool { findings.contains { $0.fault == fault } }
}

extension PathRejection: CustomStringConvertible {
    /// All findings on one line.
    public var description: String {
        findings.map { "\($0.detail) (depth \($0.depth)\($0.subject.map { ", `\($0)`" } ?? ""))" }
            .joined(separator: "; ")
    }
}

/// The kinds of faults of a path.
public enum PathFault: String, Sendable, Hashable, CaseIterable {
    /// No anchor stands at the end of the path.
    case unknownIssuer
    /// The leaf is self-signed and no anchor.
    case selfSignedLeaf
    /// A signature does not verify, or its key cannot be used.
    case signature
    /// A certificate is not valid yet.
    case notYetValid
    /// A certificate has expired.
    case expired
    /// A certificate is revoked.
    case revoked
    /// No usable revocation list covers a certificate.
    case revocationListMissing
    /// The revocation list at hand is not valid yet.
    case revocationListNotYetValid
    /// The revocation list at hand is past its next update.
    case revocationListExpired
    /// The revocation list at hand is malformed or not properly signed.
    case revocationListInvalid
    /// More certificates than allowed, or a loop.
    case tooLong
    /// More intermediates than a `pathLenConstraint` allows.
    case pathLength
    /// An issuer may not sign certificates.
    case notCertificationAuthority
    /// The extended key usage does not allow the purpose.
    case purpose
    /// A critical extension that nobody here understands.
    case criticalExtension
    /// Something in a certificate breaks RFC 5280's profile.
    case malformed
    /// No valid policy is left, or a policy extension is invalid.
    case policy
    /// A name lies outside an issuer's name constraints, or cannot be compared with them.
    case nameConstraint
    /// A key is too small.
    case weakKey
    /// A signature algorithm is too weak or unknown.
    case weakSignature
    /// The search ended at its bounds: there may be a valid path that was not tried.
    case searchLimit
    /// The library failed, not the path.
    case unspecified

    /// The kind of one of libcrypto's `X509_V_ERR_` codes.
    init(code: Int32) {
        self =
            Self.trust[code] ?? Self.revocation[code] ?? Self.profile[code] ?? .unspecified
    }

    private static let trust: [Int32: PathFault] = [
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT: .unknownIssuer,
        X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY: .unknownIssuer,
        X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: .unknownIssuer,
        X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: .unknownIssuer,
        X509_V_ERR_CERT_UNTRUSTED: .unknownIssuer,
        X509_V_ERR_CERT_REJECTED: .unknownIssuer,
        X509_V_ERR_SUBJECT_ISSUER_MISMATCH: .unknownIssuer,
        X509_V_ERR_AKID_SKID_MISMATCH: .unknownIssuer,
        X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH: .unknownIssuer,
        X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: .selfSignedLeaf,
        X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE: .signature,
        X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: .signature,
        X509_V_ERR_CERT_SIGNATURE_FAILURE: .signature,
        X509_V_ERR_NO_ISSUER_PUBLIC_KEY: .signature,
        X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid,
        X509_V_ERR_CERT_HAS_EXPIRED: .expired,
        X509_V_ERR_CERT_CHAIN_TOO_LONG: .tooLong,
        X509_V_ERR_PATH_LOOP: .tooLong,
        X509_V_ERR_PATH_LENGTH_EXCEEDED: .pathLength,
        X509_V_ERR_INVALID_CA: .notCertificationAuthority,
        X509_V_ERR_INVALID_NON_CA: .notCertificationAuthority,
        X509_V_ERR_KEYUSAGE_NO_CERTSIGN: .notCertificationAuthority,
        X509_V_ERR_INVALID_PURPOSE: .purpose,
    ]

    private static let revocation: [Int32: PathFault] = [
        X509_V_ERR_CERT_REVOKED: .revoked,
        X509_V_ERR_UNABLE_TO_GET_CRL: .revocationListMissing,
        X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER: .revocationListMissing,
        X509_V_ERR_DIFFERENT_CRL_SCOPE: .revocationListMissing,
        X509_V_ERR_CRL_NOT_YET_VALID: .revocationListNotYetValid,
        X509_V_ERR_CRL_HAS_EXPIRED: .revocationListExpired,
        X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE: .revocationListInvalid,
        X509_V_ERR_CRL_SIGNATURE_FAILURE: .revocationListInvalid,
        X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD: .revocationListInvalid,
        X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD: .revocationListInvalid,
        X509_V_ERR_KEYUSAGE_NO_CRL_SIGN: .revocationListInvalid,
        X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION: .revocationListInvalid,
        X509_V_ERR_CRL_PATH_VALIDATION_ERROR: .revocationListInvalid,
    ]

    private static let profile: [Int32: PathFault] = [
        X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION: .criticalExtension,
        X509_V_ERR_NO_EXPLICIT_POLICY: .policy,
        X509_V_ERR_INVALID_POLICY_EXTENSION: .policy,
        X509_V_ERR_PERMITTED_VIOLATION: .nameConstraint,
        X509_V_ERR_EXCLUDED_VIOLATION: .nameConstraint,
        X509_V_ERR_SUBTREE_MINMAX: .nameConstraint,
        X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE: .nameConstraint,
        X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX: .nameConstraint,
        X509_V_ERR_UNSUPPORTED_NAME_SYNTAX: .nameConstraint,
        X509_V_ERR_EE_KEY_TOO_SMALL: .weakKey,
        X509_V_ERR_CA_KEY_TOO_SMALL: .weakKey,
        X509_V_ERR_CA_MD_TOO_WEAK: .weakSignature,
        X509_V_ERR_UNSUPPORTED_SIGNATURE_ALGORITHM: .weakSignature,
        X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD: .malformed,
        X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD: .malformed,
        X509_V_ERR_INVALID_EXTENSION: .malformed,
        X509_V_ERR_UNNESTED_RESOURCE: .malformed,
        X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH: .malformed,
        X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY: .malformed,
        X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA: .malformed,
        X509_V_ERR_PATHLEN_WITHOUT_KU_KEY_CERT_SIGN: .malformed,
        X509_V_ERR_KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA: .malformed,
        X509_V_ERR_ISSUER_NAME_EMPTY: .malformed,
        X509_V_ERR_SUBJECT_NAME_EMPTY: .malformed,
        X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER: .malformed,
        X509_V_ERR_MISSING_SUBJECT_KEY_IDENTIFIER: .malformed,
        X509_V_ERR_EMPTY_SUBJECT_ALT_NAME: .malformed,
        X509_V_ERR_EMPTY_SUBJECT_SAN_NOT_CRITICAL: .malformed,
        X509_V_ERR_CA_BCONS_NOT_CRITICAL: .malformed,
        X509_V_ERR_AUTHORITY_KEY_IDENTIFIER_CRITICAL: .malformed,
        X509_V_ERR_SUBJECT_KEY_IDENTIFIER_CRITICAL: .malformed,
        X509_V_ERR_CA_CERT_MISSING_KEY_USAGE: .malformed,
        X509_V_ERR_EXTENSIONS_REQUIRE_VERSION_3: .malformed,
        X509_V_ERR_EC_KEY_EXPLICIT_PARAMS: .malformed,
    ]

    /// Whether it says something of revocation lists, not of the certificates themselves.
    var concernsRevocation: Bool {
        switch self {
        case .revoked, .revocationListMissing, .revocationListNotYetValid, .revocationListExpired,
            .revocationListInvalid:
            true
        default: false
        }
    }
}
