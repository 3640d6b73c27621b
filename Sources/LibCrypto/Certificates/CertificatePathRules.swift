internal import COpenSSL
internal import Vocabulary

/// The rules of RFC 5280 that libcrypto leaves out, in Swift, on a path.
enum CertificatePathRules {
    /// What these rules find wrong with a path, leaf first; of an anchor at its end little is asked (RFC 5280 §6.1.1 d).
    static func findings(
        in path: [Certificate],
        hasAnchor: Bool,
        options: CertificatePathValidator.Options,
        at: Timestamp
    ) -> [PathFinding] {
        var findings: [PathFinding] = []
        for (depth, certificate) in path.enumerated() {
            let isAnchor = hasAnchor && depth == path.count - 1 && depth > 0
            var faults = validity(certificate, at) + CertificateFormRules.faults(in: certificate, isAnchor: isAnchor)
            if !isAnchor { faults += algorithm(certificate) + purpose(certificate, options.purposes) }
            if depth > 0 { faults += key(certificate) }
            // RFC 5280 §6.1.3 b, c: self-issued certificates are bound by no constraints, but for the last one.
            let bound = path[..<depth].enumerated().filter { $0.offset == 0 || !$0.element.isSelfIssued }
            for member in bound {
                faults += NameConstraintRules.wildcards(of: member.element, under: certificate)
            }
            findings += faults.map { finding($0, certificate, depth) }
        }
        return findings + length(path, hasAnchor: hasAnchor, options)
    }

    /// How many faults a certificate has as an issuer on any path to this leaf, so that ways over it are not tried.
    static func faultsAsIssuer(
        _ certificate: Certificate,
        isAnchor: Bool,
        of leaf: Certificate,
        options: CertificatePathValidator.Options,
        at: Timestamp
    ) -> Int {
        var faults = validity(certificate, at) + CertificateFormRules.faults(in: certificate, isAnchor: isAnchor)
        if !isAnchor { faults += algorithm(certificate) + purpose(certificate, options.purposes) }
        faults += issuing(certificate) + NameConstraintRules.findings(for: leaf, under: certificate)
        return faults.count
    }
}

// MARK: Rules

extension CertificatePathRules {
    typealias Fault = (kind: PathFault, detail: String)

    /// RFC 5280 §4.1.2.5: valid in the first and in the last second too; libcrypto ends a second early.
    private static func validity(_ certificate: Certificate, _ at: Timestamp) -> [Fault] {
        if at < certificate.notBefore { return [(.notYetValid, verdictText(X509_V_ERR_CERT_NOT_YET_VALID))] }
        if at > certificate.notAfter { return [(.expired, verdictText(X509_V_ERR_CERT_HAS_EXPIRED))] }
        return []
    }

    /// RFC 5280 §4.2.1.12: where the extension stands, one of its purposes must be the wanted one.
    private static func purpose(_ certificate: Certificate, _ wanted: [OID]) -> [Fault] {
        guard !wanted.isEmpty, let allowed = certificate.extendedKeyUsage, !allowed.contains(.anyExtendedKeyUsage),
            !allowed.contains(where: wanted.contains)
        else { return [] }
        return [(.purpose, "the extended key usage does not allow the purpose")]
    }

    /// Which algorithms may sign: RSA (PKCS#1, PSS) and ECDSA with the SHA-2 hashes from 256 bits, and Ed25519.
    ///
    /// libcrypto's security level refuses SHA-1 and MD5; of PSS it reads the hash too.
    private static func algorithm(_ certificate: Certificate) -> [Fault] {
        guard !allows(signature: certificate.signatureAlgorithm) else { return [] }
        return [(.weakSignature, "the signature algorithm `\(certificate.signatureAlgorithmName)` is not accepted")]
    }

    /// Whether an algorithm may have signed a certificate or a revocation list.
    static func allows(signature: OID) -> Bool { allowedAlgorithms.contains(signature.dotted) }

    private static let allowedAlgorithms: Set<String> = [
        // RFC 4055 §5, RFC 5758 §3.2, RFC 8410 §3
        "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4", "1.3.101.112",
    ]

    /// RFC 5280 §6.1.4 k to o: an authority that may sign certificates, its critical extensions understood, its key one of ours.
    ///
    /// libcrypto asks it of the whole path again.
    private static func issuing(_ certificate: Certificate) -> [Fault] {
        var faults: [Fault] = []
        if !certificate.isCertificationAuthority {
            faults.append((.notCertificationAuthority, verdictText(X509_V_ERR_INVALID_CA)))
        }
        if let usage = certificate.keyUsage, !usage.contains(.certificateSigning) {
            faults.append((.notCertificationAuthority, verdictText(X509_V_ERR_KEYUSAGE_NO_CERTSIGN)))
        }
        if X509_get_extension_flags(certificate.handle.pointer) & UInt32(EXFLAG_CRITICAL) != 0 {
            faults.append((.criticalExtension, verdictText(X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION)))
        }
        return faults + key(certificate)
    }

    /// Keys of other kinds, sizes and curves are not used to verify anything.
    private static func key(_ certificate: Certificate) -> [Fault] {
        do throws(CryptoError) {
            guard let weakness = try certificate.publicKey().weakness else { return [] }
            return [(.weakKey, weakness.description)]
        } catch {
            return [(.weakKey, error.description)]
        }
    }

    /// The limit on intermediates, of which self-issued ones are none (RFC 5280 §6.1.4 l).
    private static func length(
        _ path: [Certificate],
        hasAnchor: Bool,
        _ options: CertificatePathValidator.Options
    ) -> [PathFinding] {
        let intermediates = (hasAnchor ? path.dropLast() : path[...]).dropFirst()
        let counted = intermediates.filter { !$0.isSelfIssued }
        guard counted.count > options.maximumIntermediates, let last = counted.last else { return [] }
        let detail = "the path has \(counted.count) intermediates, of which \(options.maximumIntermediates) are allowed"
        return [finding((.tooLong, detail), last, path.lastIndex(of: last) ?? 0)]
    }

    private static func finding(_ fault: Fault, _ certificate: Certificate, _ depth: Int) -> PathFinding {
        PathFinding(
            fault: fault.kind,
            depth: depth,
            subject: certificate.subject.shortName,
            detail: fault.detail
        )
    }
}

/// libcrypto's words for one of its verdicts.
func verdictText(_ code: Int32) -> String {
    X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? "error \(code)"
}
