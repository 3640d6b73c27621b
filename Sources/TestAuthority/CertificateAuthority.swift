public import LibCrypto
public import Vocabulary

/// A root and an issuing authority shaped like those of Buypass or Commfides, for demonstration and tests only.
///
/// Every name in their certificates says so. Nothing real must ever trust them.
public struct CertificateAuthority: Sendable {
    /// Whose certificates they look like (registry-and-certificates.md §2).
    public enum Style: String, Sendable, CaseIterable {
        /// SEID v2 of Buypass: `organizationIdentifier` alone, no extended key usage, the policies of production.
        case buypass
        /// G3 of Commfides: `serialNumber` besides, clientAuth and emailProtection, the policies of test.
        case commfides
        /// A European trust service that issues electronic seals (ETSI EN 319 412-3).
        case european

        /// The two of Norwegian enterprise certificates.
        public static let allCases: [Style] = [.buypass, .commfides]
    }

    /// How large keys are.
    public struct KeySizes: Sendable, Hashable {
        /// Root and issuing authority.
        public var authority: KeyKind
        /// Enterprise certificates.
        public var enterprise: KeyKind

        /// Any sizes.
        public init(authority: KeyKind, enterprise: KeyKind) {
            self.authority = authority
            self.enterprise = enterprise
        }

        /// As the real ones.
        public static let real = KeySizes(authority: .rsa(bits: 4096), enterprise: .rsa(bits: 3072))
        /// The smallest that pass, for tests.
        public static let small = KeySizes(authority: .rsa(bits: 2048), enterprise: .rsa(bits: 2048))
    }

    /// One of the two authorities: its certificate and its key.
    public struct Party: Sendable {
        /// The certificate in DER.
        public let der: [UInt8]
        /// The key that signs certificates and lists.
        public let key: PrivateKey

        /// An authority made before.
        public init(der: [UInt8], key: PrivateKey) {
            self.der = der
            self.key = key
        }

        /// The certificate as PEM.
        public var pem: String { PEM.encode(der, label: "CERTIFICATE") }
    }

    /// Which of the two authorities is meant.
    public enum Role: String, Sendable, CaseIterable {
        /// The anchor.
        case root
        /// The one that issues enterprise certificates.
        case issuing
    }

    /// Whose certificates they look like.
    public let style: Style
    /// How large keys are.
    public let keys: KeySizes
    /// The present time when they were made or opened.
    public let now: Timestamp
    /// Where list, responder and authorities' certificates would be fetched, `http://…` without a slash at its end.
    public let address: String
    /// The anchor.
    public let root: Party
    /// The one that issues enterprise certificates.
    public let issuing: Party

    /// Makes both authorities with fresh keys.
    ///
    /// - Parameters:
    ///   - style: whose certificates they look like.
    ///   - keys: how large keys are.
    ///   - now: the present time; they are valid from a day before it, for 25 and 20 years.
    ///   - address: where revocation would be asked, which certificates name.
    ///   - issuingNotAfter: the end of the issuing authority's validity, for tests.
    /// - Throws: `CryptoError` when libcrypto fails.
    public init(
        _ style: Style,
        keys: KeySizes = .small,
        at now: Timestamp,
        address: String = "http://127.0.0.1:7082",
        issuingNotAfter: Timestamp? = nil
    ) throws {
        self.style = style
        self.keys = keys
        self.now = now
        self.address = address
        let rootKey = try PrivateKey.generate(keys.authority)
        let issuingKey = try PrivateKey.generate(keys.authority)
        let rootName = style.name("Root CA")
        let issuingName = style.name("Business CA")
        var template = CertificateTemplate(
            issuer: rootName,
            subject: rootName,
            notBefore: now - .days(1),
            notAfter: now + .days(25 * 365),
            publicKey: rootKey.publicKey.spkiDER,
            extensions: [
                .basicConstraints(isAuthority: true, isCritical: true),
                .keyUsage([.certificateSigning, .crlSigning]),
                try .subjectKeyIdentifier(rootKey.publicKey.spkiDER),
            ],
            hash: .sha512
        )
        root = Party(der: try template.signed(by: rootKey), key: rootKey)
        template.subject = issuingName
        template.notAfter = issuingNotAfter ?? now + .days(20 * 365)
        template.publicKey = issuingKey.publicKey.spkiDER
        template.extensions = [
            .basicConstraints(isAuthority: true, pathLength: 0, isCritical: true),
            .keyUsage([.certificateSigning, .crlSigning]),
            try .policies([.anyPolicy]),
            try .subjectKeyIdentifier(issuingKey.publicKey.spkiDER),
            try .authorityKeyIdentifier(rootKey.publicKey.spkiDER),
            try .crlDistributionPoint("\(address)/\(style.rawValue)-root.crl"),
            try .authorityInformation(ocsp: nil, issuer: "\(address)/\(style.rawValue)-root.cer"),
        ]
        issuing = Party(der: try template.signed(by: rootKey), key: issuingKey)
    }

    /// Opens authorities that were made before, to issue more and to renew their lists.
    public init(
        _ style: Style,
        keys: KeySizes = .small,
        at now: Timestamp,
        address: String = "http://127.0.0.1:7082",
        root: Party,
        issuing: Party
    ) {
        self.style = style
        self.keys = keys
        self.now = now
        self.address = address
        self.root = root
        self.issuing = issuing
    }

    /// One of the two.
    public func party(_ role: Role) -> Party {
        switch role {
        case .root: root
        case .issuing: issuing
        }
    }

    /// Issues an enterprise certificate.
    public func issue(_ request: EnterpriseCertificateRequest) throws -> IssuedCertificate {
        let key = try request.publicKey == nil ? request.key ?? PrivateKey.generate(keys.enterprise) : request.key
        let publicKey = request.publicKey ?? key?.publicKey.spkiDER ?? []
        let signer = request.isSelfSigned ? key ?? issuing.key : issuing.key
        let subject = style.subject(of: request)
        let template = CertificateTemplate(
            issuer: request.isSelfSigned ? subject : style.name("Business CA"),
            subject: subject,
            notBefore: request.notBefore ?? now - .hours(1),
            notAfter: request.notAfter ?? now + .days(3 * 365),
            publicKey: publicKey,
            extensions: try extensions(for: request, publicKey: publicKey, signer: signer)
        )
        let der = try template.signed(by: signer)
        return IssuedCertificate(der: der, key: key, chain: request.isSelfSigned ? [der] : [der, issuing.der])
    }

    private func extensions(
        for request: EnterpriseCertificateRequest,
        publicKey: [UInt8],
        signer: PrivateKey
    ) throws -> [CertificateTemplate.Extension] {
        let usage = request.keyUsage ?? style.keyUsage
        let policies = try request.policies ?? style.policies()
        let extended = try request.extendedKeyUsage ?? style.extendedKeyUsage()
        var extensions: [CertificateTemplate.Extension] = [
            .basicConstraints(
                isAuthority: request.isCertificationAuthority,
                isCritical: request.isCertificationAuthority
            ),
            try .authorityKeyIdentifier(signer.publicKey.spkiDER),
            try .subjectKeyIdentifier(publicKey),
        ]
        if !usage.isEmpty { extensions.append(.keyUsage(usage)) }
        if !policies.isEmpty { extensions.append(try .policies(policies)) }
        if !extended.isEmpty { extensions.append(try .extendedKeyUsage(extended)) }
        if request.namesRevocation {
            extensions.append(try .crlDistributionPoint("\(address)/\(style.rawValue)-issuing.crl"))
            extensions.append(
                try .authorityInformation(
                    ocsp: "\(address)/ocsp",
                    issuer: "\(address)/\(style.rawValue)-issuing.cer"
                )
            )
        }
        extensions.append(try .statements(isQualifiedSeal: request.seal?.isQualified ?? false))
        for identifier in request.criticalExtensions {
            extensions.append(CertificateTemplate.Extension(identifier: identifier, isCritical: true, value: .null))
        }
        return extensions
    }
}

extension CertificateAuthority.Style {
    /// The name of an authority of this style; no real one has such a name, nor this organisation number.
    fileprivate func name(_ role: String) -> CertificateTemplate.Name {
        let likeness =
            switch self {
            case .buypass: "Buypass-like"
            case .commfides: "Commfides-like"
            case .european: "European seals"
            }
        // Buypass and Commfides order these differently too.
        return [
            (.countryName, "NO"), (.organizationIdentifier, "NTRNO-311111116"),
            (.organizationName, "Portvakt Demo, for testing only"),
            (.commonName, "Portvakt Demo \(role) (\(likeness))"),
        ]
    }

    fileprivate func subject(of request: EnterpriseCertificateRequest) -> CertificateTemplate.Name {
        let identifiers = request.organisationIdentifiers ?? request.organisation.map { ["NTRNO-\($0)"] } ?? []
        let identifierAttributes = identifiers.map { (type: OID.organizationIdentifier, value: $0) }
        switch self {
        case .buypass:
            let serials = (request.subjectSerialNumbers ?? []).map { (type: OID.serialNumber, value: $0) }
            return [(.countryName, "NO"), (.organizationName, request.name), (.commonName, request.name)]
                + identifierAttributes + serials
        case .commfides:
            let serials = (request.subjectSerialNumbers ?? request.organisation.map { ["\($0)"] } ?? []).map {
                (type: OID.serialNumber, value: $0)
            }
            return serials + identifierAttributes
                + [
                    (.commonName, request.name), (.organizationalUnitName, "IT"), (.organizationName, request.name),
                    (.countryName, "NO"),
                ]
        case .european:
            let seal = request.seal ?? SealTemplate()
            return seal.countries.map { (type: OID.countryName, value: $0) } + identifierAttributes
                + [(.organizationName, request.name)]
                + seal.units.map { (type: OID.organizationalUnitName, value: $0) } + [(.commonName, request.name)]
        }
    }

    fileprivate var keyUsage: Certificate.KeyUsage {
        switch self {
        case .buypass: [.digitalSignature, .keyEncipherment]
        case .commfides: [.digitalSignature]
        case .european: [.nonRepudiation]
        }
    }

    fileprivate func policies() throws -> [OID] {
        switch self {
        // ETSI's NCP stands beside the issuer's own.
        case .buypass: [try .known("2.16.578.1.26.1.3.2"), try .known("0.4.0.2042.1.1")]
        case .commfides: [try .known("2.16.578.1.29.913.210.1.0"), try .known("0.4.0.2042.1.1")]
        // QCP-l-qscd.
        case .european: [try .known("0.4.0.194112.1.3")]
        }
    }

    fileprivate func extendedKeyUsage() throws -> [OID] {
        switch self {
        case .buypass, .european: []
        case .commfides: [.clientAuthentication, try .known("1.3.6.1.5.5.7.3.4")]
        }
    }
}
