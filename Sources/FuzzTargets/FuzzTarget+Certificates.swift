import EnterpriseCertificates
import LibCrypto
import Vocabulary

extension FuzzTarget {
    /// One certificate in DER (RFC 5280 §4), read field by field and judged under the profile of real certificates.
    static let certificate = FuzzTarget("certificate") { input in
        guard let certificate = try? Certificate(der: input) else { return false }
        try demand(certificate.der == input, "the certificate is not what was sent")
        let again = try Certificate(pem: Array(PEM.encode(input, label: "CERTIFICATE").utf8))
        try demand(again == certificate && again.thumbprint == certificate.thumbprint, "as PEM it is another")
        if certificate.isSelfSigned { try demand(certificate.isSelfIssued, "self-signed, and not self-issued") }
        if let key = try? certificate.publicKey() {
            try demand(try PublicKey(spkiDER: key.spkiDER) == key, "its key's DER is another key")
        }
        try demand(!certificate.serialNumber.hexadecimal.isEmpty, "a serial number without digits")
        guard let authority = FuzzAuthority.shared else { return false }
        var check = CertificateCheck(
            trust: .store(authority.trust),
            at: FuzzAuthority.now,
            profile: authority.trust.profile
        )
        check.intermediates = [authority.issuing]
        let report = check.run(TrustStore.File(name: "input.der", contents: input))
        try demand(report.findings.map(\.step) == CertificateCheck.Step.allCases, "a step has no finding")
        if report.isAccepted {
            try demand(
                authority.leaves.contains(certificate.thumbprint),
                "a certificate that nobody issued is accepted"
            )
        }
        return true
    }

    /// A chain as `x5c` brings it, certificates one after the other: accepted only with a leaf that was really issued.
    static let x5c = FuzzTarget("x5c", maximumLength: 8_192) { input in
        guard let authority = FuzzAuthority.shared else { return false }
        let chain = derElements(of: input)
        guard let accepted = try? authority.validator.validate(chain, at: FuzzAuthority.now) else { return false }
        try demand(
            chain.first.map { authority.leaves.contains(HashFunction.sha256.digest($0)) } ?? false,
            "a leaf that nobody issued is accepted"
        )
        try demand(accepted.organisation == authority.organisation, "another organisation is read")
        return true
    }

    /// The profile file beside the anchors (YAML).
    static let profile = FuzzTarget("certificate-profile", maximumLength: 2_048) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return false }
        guard let profile = try? CertificateProfile(yaml: text) else { return false }
        try demand(!profile.policies.isEmpty, "a profile without policies")
        try demand(profile.keyUsage.contains(.digitalSignature), "a profile that does not demand digitalSignature")
        try demand(profile.minimumRSABits >= 2_048, "a profile that lets weak keys in")
        try demand(profile.maximumIntermediates <= 10, "a profile of endless paths")
        return true
    }

    /// Cuts where an outermost sequence of two length octets ends; what is left is the last element.
    private static func derElements(of input: [UInt8]) -> [[UInt8]] {
        var elements: [[UInt8]] = []
        var rest = input[...]
        while rest.count > 4, rest.starts(with: [0x30, 0x82]) {
            let count = 4 + Int(rest[rest.startIndex + 2]) << 8 + Int(rest[rest.startIndex + 3])
            guard count <= rest.count else { break }
            elements.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        if !rest.isEmpty { elements.append(Array(rest)) }
        return elements
    }
}
