import EnterpriseCertificates
import LibCrypto
import TestAuthority
import Vocabulary

/// The issuers of the demo world, with fresh keys: two of enterprise certificates, shaped like Buypass and Commfides, and a
/// European one of electronic seals.
struct DemoIssuers {
    /// How long the lists in `crl` serve, for whoever sets `crl_files`: nobody renews them, so as long as the certificates.
    static let listLifetime = Seconds.days(3 * 365)

    private let authorities: [CertificateAuthority]
    private let european: CertificateAuthority
    private let now: Timestamp

    /// Makes all; their certificates name responder and lists at `address`.
    init(keys: CertificateAuthority.KeySizes, address: String, at now: Timestamp) throws {
        authorities = try CertificateAuthority.Style.allCases.map {
            try CertificateAuthority($0, keys: keys, at: now, address: address)
        }
        european = try CertificateAuthority(.european, keys: keys, at: now, address: address)
        self.now = now
    }

    /// Issues the seal of a European organisation.
    func issue(to holder: DemoSealHolder) throws -> IssuedCertificate {
        var seal = SealTemplate()
        seal.countries = [holder.country]
        return try european.issue(
            EnterpriseCertificateRequest(seal: seal, identifier: holder.identifier, name: holder.name)
        )
    }

    /// Issues a certificate in the style of one of them.
    func issue(
        _ style: CertificateAuthority.Style,
        to organisation: OrganisationNumber,
        named name: String
    ) throws -> IssuedCertificate {
        guard let authority = authorities.first(where: { $0.style == style }) else {
            throw DemoWorldError.inconsistent("no issuer of style `\(style.rawValue)`")
        }
        return try authority.issue(EnterpriseCertificateRequest(organisation: organisation, name: name))
    }

    /// The trust folder: anchors, intermediates, the profile of the test environment, and in `crl` a list of each authority.
    func trust(revoking revoked: [IssuedCertificate]) throws -> [TrustStore.File] {
        guard let profile = BundledTrust.profile(for: .test) else {
            throw DemoWorldError.inconsistent("no profile of the test environment")
        }
        return try [profile] + authorities.flatMap { try files(of: $0, revoking: revoked) }
    }

    /// The trust folder of seals: anchor, intermediate, the profile of the test environment, and the lists.
    func sealTrust() throws -> [TrustStore.File] {
        try BundledTrust.sealFiles(for: .test) + files(of: european, revoking: [])
    }

    private func files(
        of authority: CertificateAuthority,
        revoking revoked: [IssuedCertificate]
    ) throws -> [TrustStore.File] {
        try CertificateAuthority.Role.allCases.flatMap { role in
            let name = "demo-\(authority.style.rawValue)-\(role.rawValue)"
            let list = try authority.revocationList(
                of: role,
                revoked: role == .issuing ? revocations(by: authority, among: revoked) : [],
                thisUpdate: now - .hours(1),
                nextUpdate: now + Self.listLifetime
            )
            return [
                TrustStore.File(name: "\(name).pem", contents: Array(authority.party(role).pem.utf8)),
                TrustStore.File(name: "crl/\(name).crl", contents: list),
            ]
        }
    }

    /// Keeps certificates and keys of the authorities and what they have revoked, for ``DemoAuthorities``.
    func writeAuthorities(to folder: DemoFolder, revoking revoked: [IssuedCertificate]) throws {
        var lines = ""
        for authority in authorities {
            for revocation in try revocations(by: authority, among: revoked) {
                let serial = revocation.serialNumber.hexadecimal
                lines += "\(authority.style.rawValue) \(serial) \(revocation.at.seconds)\n"
            }
        }
        try folder.write(DemoAuthorities.revocationFile, lines)
        for authority in authorities + [european] {
            for role in CertificateAuthority.Role.allCases {
                let name = "\(authority.style.rawValue)-\(role.rawValue)"
                try folder.write("\(name).pem", authority.party(role).pem)
                try folder.write("\(name).key", try authority.party(role).key.pem())
            }
        }
    }

    private func revocations(
        by authority: CertificateAuthority,
        among certificates: [IssuedCertificate]
    ) throws -> [CertificateAuthority.Revocation] {
        try certificates.filter { $0.chain.contains(authority.issuing.der) }.map { issued in
            CertificateAuthority.Revocation(
                serialNumber: try Certificate(der: issued.der).serialNumber,
                at: now - .hours(1)
            )
        }
    }
}
