public import LibCrypto
public import Vocabulary

extension CertificateAuthority {
    /// A certificate to be named in a revocation list.
    public struct Revocation: Sendable, Hashable {
        /// Its serial number.
        public var serialNumber: CertificateSerialNumber
        /// When it was revoked.
        public var at: Timestamp

        /// A revocation.
        public init(serialNumber: CertificateSerialNumber, at: Timestamp) {
            self.serialNumber = serialNumber
            self.at = at
        }
    }

    /// Makes the revocation list of one of the two authorities (RFC 5280 §5), in DER.
    ///
    /// - Parameters:
    ///   - role: whose list it is.
    ///   - revoked: the certificates that it names.
    ///   - number: rises with each list.
    ///   - thisUpdate: when it is made.
    ///   - nextUpdate: when the next is due.
    /// - Returns: the signed list.
    /// - Throws: `CryptoError` when libcrypto fails.
    public func revocationList(
        of role: Role,
        revoked: [Revocation] = [],
        number: Int = 1,
        thisUpdate: Timestamp,
        nextUpdate: Timestamp
    ) throws -> [UInt8] {
        let party = party(role)
        let signature = try Signature(key: party.key, hash: .sha256)
        // The list's issuer must be the certificate's subject, byte for byte.
        let issuer = try Certificate(der: party.der).subject.attributes.map { (type: $0.type, value: $0.value) }
        var content: [DERValue] = [
            .integer(1), signature.algorithm, try CertificateTemplate.encoded(issuer), .time(thisUpdate),
            .time(nextUpdate),
        ]
        let entries = revoked.map { DERValue.sequence(.integer($0.serialNumber.bytes), .time($0.at)) }
        // RFC 5280 §5.1.2.6: an empty list leaves the field out.
        if !entries.isEmpty { content.append(.sequence(entries)) }
        let extensions: [CertificateTemplate.Extension] = [
            try .authorityKeyIdentifier(party.key.publicKey.spkiDER),
            CertificateTemplate.Extension(
                identifier: try .known("2.5.29.20"),
                isCritical: false,
                value: .integer(number)
            ),
        ]
        content.append(.tagged(0, [.sequence(try extensions.map { try $0.encoded() })]))
        return try signature.seal(.sequence(content))
    }
}
