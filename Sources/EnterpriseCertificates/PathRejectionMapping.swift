import LibCrypto

extension CertificateRejection {
    /// The one cause to tell the caller, out of all that path validation found.
    ///
    /// What proves nothing comes first: of a certificate that no anchor stands behind, expiry or policy are only claims.
    init(_ rejection: PathRejection, of leaf: Certificate) {
        for faults in Self.order {
            if let finding = rejection.findings.first(where: { faults.contains($0.fault) && $0.depth > 0 })
                ?? rejection.findings.first(where: { faults.contains($0.fault) })
            {
                self = Self.rejection(for: finding, of: leaf)
                return
            }
        }
        self = .untrusted(issuer: leaf.issuer.shortName, cause: rejection.description)
    }

    private static let order: [Set<PathFault>] = [
        [.selfSignedLeaf],
        [.unknownIssuer, .tooLong, .searchLimit, .unspecified],
        [.signature],
        [.notCertificationAuthority, .pathLength, .nameConstraint],
        [.malformed],
        [.weakKey, .weakSignature],
        [.expired, .notYetValid],
        [.revoked],
        [
            .revocationListMissing, .revocationListExpired, .revocationListNotYetValid, .revocationListInvalid,
        ],
        [.policy],
        [.purpose],
        [.criticalExtension],
    ]

    private static func rejection(for finding: PathFinding, of leaf: Certificate) -> CertificateRejection {
        let subject = finding.subject ?? leaf.subject.shortName
        switch finding.fault {
        case .selfSignedLeaf: return .selfSigned
        case .revoked: return .revoked(subject: subject)
        case .revocationListMissing, .revocationListExpired, .revocationListNotYetValid, .revocationListInvalid:
            return .revocationUnknown("\(finding.detail), for the certificate of `\(subject)`")
        case .policy: return .policy(leaf.policies.map(\.dotted))
        case .unknownIssuer, .signature, .tooLong, .notCertificationAuthority, .pathLength, .nameConstraint,
            .searchLimit, .unspecified:
            return .untrusted(issuer: leaf.issuer.shortName, cause: "\(finding.detail), at `\(subject)`")
        case .malformed, .weakKey, .weakSignature, .expired, .notYetValid, .purpose, .criticalExtension:
            break
        }
        // The rest is the caller's to mend only in the leaf; in an issuer it is a matter of trust.
        guard finding.depth == 0 else {
            return .untrusted(issuer: leaf.issuer.shortName, cause: "\(finding.detail), at `\(subject)`")
        }
        switch finding.fault {
        case .malformed: return .malformed(finding.detail)
        case .weakKey, .weakSignature: return .weakKey(finding.detail)
        case .expired: return .expired(notAfter: leaf.notAfter)
        case .notYetValid: return .notYetValid(notBefore: leaf.notBefore)
        case .purpose: return .extendedKeyUsage((leaf.extendedKeyUsage ?? []).map(\.dotted))
        default: return .criticalExtension(leaf.criticalExtensions.map(\.dotted))
        }
    }
}
