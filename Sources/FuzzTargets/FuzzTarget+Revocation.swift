import LibCrypto
import Vocabulary

extension FuzzTarget {
    /// A revocation list in DER (RFC 5280 §5).
    static let crl = FuzzTarget("crl") { input in
        guard let list = try? CertificateRevocationList(der: input) else { return false }
        try demand(list.der == input, "the list is not what was sent")
        let pem = PEM.encode(input, label: "X509 CRL")
        try demand(try CertificateRevocationList.all(in: Array(pem.utf8)) == [list], "as PEM it is another")
        for serial: [UInt8] in [[], [1], [0x10, 0x01]] {
            _ = list.revocationTime(of: CertificateSerialNumber(bytes: serial))
        }
        return true
    }

    /// A responder's answer in DER (RFC 6960 §4.2): proved only when the issuing authority has signed it.
    static let ocsp = FuzzTarget("ocsp") { input in
        if let request = try? OCSPRequest(der: input) {
            try demand(
                request.der == input || !request.certificates.isEmpty || request.nonce == nil,
                "a request of nothing"
            )
        }
        guard let authority = FuzzAuthority.shared, let response = try? OCSPResponse(der: input) else { return false }
        try demand(response.der == input, "the answer is not what was sent")
        guard
            let statement = try? response.statement(
                on: authority.leaf,
                issuedBy: authority.issuer,
                answering: authority.request,
                at: FuzzAuthority.now
            )
        else { return false }
        // What was signed says that the certificate is good, and when.
        try demand(statement.status == .good, "a statement that nobody signed: \(statement.status)")
        try demand(
            statement.thisUpdate == FuzzAuthority.answered,
            "a statement of another time: \(statement.thisUpdate)"
        )
        return true
    }
}
