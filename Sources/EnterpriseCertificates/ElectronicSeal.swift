public import LibCrypto
public import Vocabulary

/// The certificate of a European organisation's electronic seal (ETSI EN 319 412-3), validated.
///
/// Only ``ElectronicSealValidator`` makes one. It stands for no registered client: its identity is the SHA-256 of the
/// certificate, because a serial number is unique within one issuer only.
public struct ElectronicSeal: Sendable {
    /// Whom it names.
    public let legalPerson: LegalPerson
    /// Whether it declares itself an EU qualified certificate for electronic seals (EN 319 412-5 §4.2.1, §4.2.3).
    public let isQualified: Bool
    /// The key that it binds to the organisation.
    public let publicKey: PublicKey
    /// The SHA-256 of its DER.
    public let thumbprint: [UInt8]
    /// The number that its issuer gave it, in upper-case hexadecimal.
    public let serialNumber: String
    /// The last second of its validity.
    public let notAfter: Timestamp
    /// How revocation was looked at, as the ledger has it.
    public let revocationBasis: String

    /// The SHA-256 of its DER in lower-case hexadecimal, as ledger and log name it.
    public var thumbprintHexadecimal: String { hexadecimal(thumbprint) }

    init(
        _ certificate: Certificate,
        publicKey: PublicKey,
        legalPerson: LegalPerson,
        isQualified: Bool,
        revocationBasis: String
    ) {
        self.legalPerson = legalPerson
        self.isQualified = isQualified
        self.publicKey = publicKey
        thumbprint = certificate.thumbprint
        serialNumber = certificate.serialNumber.hexadecimal
        notAfter = certificate.notAfter
        self.revocationBasis = revocationBasis
    }
}

/// A legal person as a certificate's subject names it (ETSI EN 319 412-3 §4.2.1).
public struct LegalPerson: Sendable, Hashable {
    /// `organizationIdentifier`, unchanged, such as `NTRSE-5560000001`: the identity (EN 319 412-1 §5.1.4).
    public let identifier: String
    /// `commonName`.
    public let commonName: String
    /// `organizationName`.
    public let organisationName: String
    /// `countryName`, two capitals.
    public let country: String
    /// The first `organizationalUnitName`; nil when there is none.
    public let organisationalUnit: String?

    /// Reads a subject: country, name, identifier and common name must each be there exactly once.
    static func read(_ subject: DistinguishedName) throws(CertificateRejection.SubjectFault) -> LegalPerson {
        let country = try one(.countryName, "countryName", of: subject)
        guard country.utf8.count == 2, country.utf8.allSatisfy(isCapital) else { throw .form("countryName", country) }
        let identifier = try one(.organizationIdentifier, "organizationIdentifier", of: subject)
        guard isIdentifier(identifier) else { throw .form("organizationIdentifier", identifier) }
        return LegalPerson(
            identifier: identifier,
            commonName: try one(.commonName, "commonName", of: subject),
            organisationName: try one(.organizationName, "organizationName", of: subject),
            country: country,
            organisationalUnit: subject.values(of: .organizationalUnitName).first
        )
    }

    private static func one(
        _ type: OID,
        _ name: String,
        of subject: DistinguishedName
    ) throws(CertificateRejection.SubjectFault) -> String {
        let values = subject.values(of: type)
        guard let value = values.first else { throw .missing(name) }
        guard values.count == 1 else { throw .several(name, values) }
        guard !value.isEmpty else { throw .missing(name) }
        // It becomes a member of tokens that others show and log.
        guard value.unicodeScalars.allSatisfy(PlainText.holds) else { throw .form(name, value) }
        return value
    }

    /// EN 319 412-1 §5.1.4: three letters, or two and a colon for a national scheme; country; hyphen; identifier.
    private static func isIdentifier(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count > 6, bytes.count <= 128, bytes[5] == UInt8(ascii: "-"),
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return false }
        let isNational = bytes[2] == UInt8(ascii: ":") && bytes[..<2].allSatisfy(isLetter)
        return (isNational || bytes[..<3].allSatisfy(isCapital)) && bytes[3..<5].allSatisfy(isCapital)
    }

    private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { isCapital(byte & 0xDF) && byte >= 0x41 }
}
