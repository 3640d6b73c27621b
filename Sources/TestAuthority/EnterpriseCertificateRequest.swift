public import LibCrypto
public import Vocabulary

/// What an enterprise certificate shall be; what is left out is as the authority's style has it.
///
/// The overrides exist for tests: each makes one thing wrong.
public struct EnterpriseCertificateRequest: Sendable {
    /// Whose it is; nil for a European organisation.
    public var organisation: OrganisationNumber?
    /// The organisation's name, O and CN of the subject.
    public var name: String
    /// The key; nil to draw one.
    public var key: PrivateKey?
    /// A public key (SubjectPublicKeyInfo) in place of that of `key`, for keys that nobody here holds.
    public var publicKey: [UInt8]?
    /// The first second of validity; nil for an hour before the authority's clock.
    public var notBefore: Timestamp?
    /// The last second of validity; nil for three years after it.
    public var notAfter: Timestamp?
    /// The certificate policies; empty for none.
    public var policies: [OID]?
    /// The key usage; empty to leave the extension out.
    public var keyUsage: Certificate.KeyUsage?
    /// The extended key usage; empty to leave the extension out.
    public var extendedKeyUsage: [OID]?
    /// The values of `organizationIdentifier`; empty for none.
    public var organisationIdentifiers: [String]?
    /// The values of the subject's `serialNumber`; empty for none.
    public var subjectSerialNumbers: [String]?
    /// Whether it calls itself a certification authority's.
    public var isCertificationAuthority = false
    /// Whether it is signed by its own key.
    public var isSelfSigned = false
    /// Whether it names revocation list and responder.
    public var namesRevocation = true
    /// What a European organisation's seal says beside; nil for a Norwegian enterprise certificate.
    public var seal: SealTemplate?
    /// Further extensions that are marked critical, with the value NULL.
    public var criticalExtensions: [OID] = []

    /// An ordinary certificate for an organisation.
    public init(organisation: OrganisationNumber, name: String, key: PrivateKey? = nil) {
        self.organisation = organisation
        self.name = name
        self.key = key
    }

    /// The certificate of a European organisation's seal; `identifier` is its `organizationIdentifier`.
    public init(seal: SealTemplate = SealTemplate(), identifier: String, name: String, key: PrivateKey? = nil) {
        self.seal = seal
        organisationIdentifiers = [identifier]
        self.name = name
        self.key = key
    }
}

/// What makes a certificate that of a European organisation's electronic seal (ETSI EN 319 412-3).
public struct SealTemplate: Sendable {
    /// `countryName`; several, or none, for tests.
    public var countries = ["SE"]
    /// `organizationalUnitName`.
    public var units: [String] = []
    /// Whether the issuer declares it qualified, for seals.
    public var isQualified = true

    /// A qualified seal.
    public init() {}
}

/// A minted certificate with its key.
public struct IssuedCertificate: Sendable {
    /// The certificate in DER.
    public let der: [UInt8]
    /// The key that it is for; nil when the request gave only a public key.
    public let key: PrivateKey?
    /// The certificate and its issuing authority's, in DER: what `x5c` holds.
    public let chain: [[UInt8]]

    /// The certificate as PEM.
    public var pem: String { PEM.encode(der, label: "CERTIFICATE") }

    /// The whole chain as PEM, the certificate first.
    public var chainPEM: String { chain.map { PEM.encode($0, label: "CERTIFICATE") }.joined() }
}
