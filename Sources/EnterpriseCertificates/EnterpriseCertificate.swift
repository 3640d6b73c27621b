public import LibCrypto
public import Vocabulary

/// A certificate that proves which Norwegian organisation holds its key (virksomhetssertifikat), validated.
///
/// Only ``EnterpriseCertificateValidator`` makes one.
public struct EnterpriseCertificate: Sendable {
    /// The organisation that it was issued to: always a main unit.
    public let organisation: OrganisationNumber
    /// The key that it binds to the organisation.
    public let publicKey: PublicKey
    /// The SHA-256 of its DER.
    public let thumbprint: [UInt8]
    /// The number that its issuer gave it, in hexadecimal.
    public let serialNumber: String
    /// Whom it names, as in RFC 2253.
    public let subject: String
    /// Who issued it, as in RFC 2253.
    public let issuer: String
    /// The first second of its validity.
    public let notBefore: Timestamp
    /// The last second of its validity.
    public let notAfter: Timestamp
    /// How revocation was looked at when it was accepted.
    public let revocationMode: RevocationMode
    /// Whether an answer about its revocation was used whose own end is past.
    public let isUnderGrace: Bool

    /// How revocation was looked at, as the ledger has it: the mode's name, or `grace`.
    public var revocationBasis: String { isUnderGrace ? "grace" : revocationMode.name }

    /// The SHA-256 of its DER in lower-case hexadecimal, as ledger and log name it.
    public var thumbprintHexadecimal: String { hexadecimal(thumbprint) }

    init(
        _ certificate: Certificate,
        publicKey: PublicKey,
        organisation: OrganisationNumber,
        revocationMode: RevocationMode,
        isUnderGrace: Bool
    ) {
        self.organisation = organisation
        self.publicKey = publicKey
        thumbprint = certificate.thumbprint
        serialNumber = certificate.serialNumber.hexadecimal
        subject = certificate.subject.rfc2253
        issuer = certificate.issuer.rfc2253
        notBefore = certificate.notBefore
        notAfter = certificate.notAfter
        self.revocationMode = revocationMode
        self.isUnderGrace = isUnderGrace
    }
}

/// Lower-case hexadecimal digits, two a byte.
func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 0xF)])
    }
    return String(decoding: text, as: UTF8.self)
}
