package import LibCrypto

/// Whether one certificate of a proven path is revoked.
///
/// Only a proven path gives questions: the addresses that will be asked stand in certificates that an anchor vouches for,
/// so that no stranger can send the server anywhere.
package struct RevocationQuestion: Sendable, Hashable {
    /// Names a question: SHA-256 of the certificate's thumbprint and its issuer's.
    package typealias ID = [UInt8]

    /// The certificate in question.
    package let certificate: Certificate
    /// The rest of its path: its issuer first, the anchor last.
    package let issuers: [Certificate]
    /// Names the question.
    package let id: ID
    /// Whom to ask by OCSP, in the certificate's order.
    package let responders: [String]
    /// Where its issuer's lists lie: of two distribution points where one with two names was meant, both.
    package let lists: [String]
    /// Where delta lists lie, which may be missing.
    package let deltas: [String]

    /// More addresses of a kind than this are not asked.
    package static let maximumAddresses = 4

    /// The questions of a proven path: one for each certificate below its anchor, leaf first.
    package static func all(in path: [Certificate]) -> [RevocationQuestion] {
        path.indices.dropLast().map { RevocationQuestion(path[$0], issuers: Array(path[($0 + 1)...])) }
    }

    init(_ certificate: Certificate, issuers: [Certificate]) {
        self.certificate = certificate
        self.issuers = issuers
        id = HashFunction.sha256.digest(certificate.thumbprint + (issuers.first?.thumbprint ?? []))
        responders = Self.usable(certificate.ocspResponders)
        lists = Self.usable(certificate.crlDistributionPoints)
        deltas = Self.usable(certificate.freshestListAddresses)
    }

    /// Whom the certificate names.
    package var subject: String { certificate.subject.shortName }

    /// Whether the certificate says where to ask.
    package var namesSource: Bool { !responders.isEmpty || !lists.isEmpty }

    /// The host that is asked first; empty when it names none.
    var host: String {
        let address = responders.first ?? lists.first ?? ""
        // The scheme, nothing, the authority (RFC 3986 §3).
        let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.count > 2 ? parts[2].lowercased() : ""
    }

    /// LDAP and other schemes are passed over.
    private static func usable(_ addresses: [String]) -> [String] {
        var seen: Set<String> = []
        let web = addresses.filter { address in
            let start = address.prefix(8).lowercased()
            return (start.hasPrefix("http://") || start == "https://") && seen.insert(address).inserted
        }
        return Array(web.prefix(maximumAddresses))
    }
}

extension RevocationQuestion {
    /// The certificate and its issuers as PEM, as the store keeps a question.
    package var chainPEM: String {
        ([certificate] + issuers).map { PEM.encode($0.der, label: "CERTIFICATE") }.joined()
    }

    /// Reads a question from the store; nil for what is no chain.
    package init?(chainPEM: String) {
        guard let all = try? Certificate.all(in: Array(chainPEM.utf8)), let first = all.first, all.count > 1 else {
            return nil
        }
        self.init(first, issuers: Array(all.dropFirst()))
    }
}
