import LibCrypto
import Vocabulary

/// A certificate to be signed (RFC 5280 §4.1): written field by field, so that tests can have any fault in it.
struct CertificateTemplate {
    /// A name as attributes in order; the country is a PrintableString, all else UTF8String.
    typealias Name = [(type: OID, value: String)]

    /// One extension.
    struct Extension {
        let identifier: OID
        let isCritical: Bool
        let value: DERValue

        func encoded() throws -> DERValue {
            let flag = isCritical ? [DERValue.boolean(true)] : []
            return .sequence(try [.identifier(identifier)] + flag + [.octets(value)])
        }
    }

    var issuer: Name
    var subject: Name
    var notBefore: Timestamp
    var notAfter: Timestamp
    /// SubjectPublicKeyInfo in DER.
    var publicKey: [UInt8]
    var extensions: [Extension]
    var hash = HashFunction.sha256

    /// The DER of the certificate, signed by the issuer's key.
    ///
    /// The serial number is drawn from the content: equal templates give equal certificates, others do not collide.
    func signed(by key: PrivateKey) throws -> [UInt8] {
        let signature = try Signature(key: key, hash: hash)
        let rest: [DERValue] = [
            signature.algorithm,
            try Self.encoded(issuer),
            .sequence(.time(notBefore), .time(notAfter)),
            try Self.encoded(subject),
            DERValue(encoded: publicKey),
            .tagged(3, [.sequence(try extensions.map { try $0.encoded() })]),
        ]
        let content = DERValue.sequence(rest).bytes
        // 127 bits behind a leading one: positive, and never shorter for a zero in front.
        var serial = Array(HashFunction.sha256.digest(content).prefix(16))
        serial[0] = serial[0] & 0x3F | 0x40
        let version = DERValue.tagged(0, [.integer(2)])
        return try signature.seal(.sequence([version, .integer(serial)] + rest))
    }

    static func encoded(_ name: Name) throws -> DERValue {
        .sequence(
            try name.map { attribute in
                let value: DERValue =
                    attribute.type == .countryName ? .printable(attribute.value) : .utf8(attribute.value)
                return .set(.sequence(try .identifier(attribute.type), value))
            }
        )
    }
}

/// Signs structures of the form SEQUENCE { content, algorithm, signature }: certificates and revocation lists.
struct Signature {
    let algorithm: DERValue
    private let key: PrivateKey
    private let scheme: SignatureScheme

    init(key: PrivateKey, hash: HashFunction) throws {
        self.key = key
        switch key.kind {
        case .rsa:
            // RFC 4055 §5: sha256WithRSAEncryption and its kin, with NULL.
            let arc = [HashFunction.sha256: 11, .sha384: 12, .sha512: 13][hash] ?? 11
            algorithm = .sequence(try .identifier(.known("1.2.840.113549.1.1.\(arc)")), .null)
            scheme = .rsaPKCS1(hash)
        case .ec:
            // RFC 5758 §3.2: ecdsa-with-SHA256 and its kin, without parameters.
            let arc = [HashFunction.sha256: 2, .sha384: 3, .sha512: 4][hash] ?? 2
            algorithm = .sequence(try .identifier(.known("1.2.840.10045.4.3.\(arc)")))
            scheme = .ecdsa(hash)
        case .ed25519:
            algorithm = .sequence(try .identifier(.known("1.3.101.112")))
            scheme = .ed25519
        }
    }

    /// Signs a structure; OCSP's has a further field behind the signature.
    func seal(_ content: DERValue, followedBy more: [DERValue] = []) throws -> [UInt8] {
        var signature = try key.sign(content.bytes, scheme: scheme)
        if case .ec = key.kind {
            // X.509 has r and s in DER (RFC 3279 §2.2.3), JOSE side by side.
            let half = signature.count / 2
            signature =
                DERValue.sequence(.integer(Array(signature[..<half])), .integer(Array(signature[half...]))).bytes
        }
        return DERValue.sequence([content, algorithm, .bits(signature)] + more).bytes
    }
}

extension OID {
    /// One of this file's own constants.
    static func known(_ dotted: String) throws -> OID {
        guard let oid = OID(parsing: dotted) else { throw TestAuthorityFault.objectIdentifier(dotted) }
        return oid
    }
}

/// What cannot be minted.
public enum TestAuthorityFault: Error, Equatable, Sendable {
    /// A text is no object identifier.
    case objectIdentifier(String)
}
