/// The rules of RFC 5280 that libcrypto leaves out, in Swift, on the path that it has built.
enum CertificatePathRules {
    /// What these rules find wrong with a path, leaf first, anchor last.
    static func findings(in path: [Certificate], purposes: [OID]) -> [PathFinding] {
        var findings: [PathFinding] = []
        // The anchor's own fields are outside path validation (RFC 5280 §6.1).
        let below = path.count > 1 ? path.dropLast() : path[...]
        for (depth, certificate) in below.enumerated() {
            findings += serialNumber(certificate, depth)
            findings += purpose(certificate, depth, purposes)
        }
        return findings
    }

    /// RFC 5280 §4.1.2.2: a positive integer of at most 20 octets.
    private static func serialNumber(_ certificate: Certificate, _ depth: Int) -> [PathFinding] {
        let number = certificate.serialNumber
        // The twentieth octet may not use its sign bit: as DER it would need a twenty-first.
        let fits = number.bytes.count < 20 || (number.bytes.count == 20 && number.bytes[0] & 0x80 == 0)
        guard number.isNegative || number.bytes.isEmpty || !fits else { return [] }
        return [finding(.malformed, certificate, depth, "the serial number is not positive or longer than 20 octets")]
    }

    /// RFC 5280 §4.2.1.12: where the extension stands, one of its purposes must be the wanted one.
    private static func purpose(_ certificate: Certificate, _ depth: Int, _ wanted: [OID]) -> [PathFinding] {
        guard !wanted.isEmpty, let allowed = certificate.extendedKeyUsage, !allowed.contains(.anyExtendedKeyUsage),
            !allowed.contains(where: wanted.contains)
        else { return [] }
        return [finding(.purpose, certificate, depth, "the extended key usage does not allow the purpose")]
    }

    private static func finding(
        _ fault: PathFault,
        _ certificate: Certificate,
        _ depth: Int,
        _ detail: String
    ) -> PathFinding {
        PathFinding(fault: fault, depth: depth, subject: certificate.subject.shortName, detail: detail)
    }
}
