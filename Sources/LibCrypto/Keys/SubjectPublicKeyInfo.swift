/// The encoding of public keys in certificates and PEM (RFC 5280 §4.1.2.7; RFC 3279, RFC 5480, RFC 8410).
enum SubjectPublicKeyInfo {
    static func components(_ der: [UInt8]) throws(CryptoError) -> PublicKeyComponents {
        var outer = DERReader(der)
        guard var info = outer.read(DERTag.sequence), outer.isAtEnd,
            var algorithm = info.read(DERTag.sequence),
            let identifier = algorithm.read(DERTag.objectIdentifier)?.remaining,
            let key = info.readBitString(), info.isAtEnd
        else { throw .malformedKey("not a DER SubjectPublicKeyInfo") }
        switch identifier {
        case rsaEncryption:
            // RFC 3279 §2.3.1: parameters are NULL.
            guard let null = algorithm.read(DERTag.null), null.isAtEnd, algorithm.isAtEnd else {
                throw .malformedKey("an RSA key with parameters")
            }
            return try rsaPublicKey(key)
        case ecPublicKey:
            // RFC 5480 §2.1.1: named curves only.
            guard let name = algorithm.read(DERTag.objectIdentifier)?.remaining, algorithm.isAtEnd else {
                throw .unsupportedKey("an EC key whose curve is not named")
            }
            guard let curve = EllipticCurve.allCases.first(where: { $0.identifier == name }) else {
                throw .unsupportedKey("an EC key on another curve than P-256, P-384 and P-521")
            }
            return try point(key, on: curve)
        case ed25519:
            guard algorithm.isAtEnd else { throw .malformedKey("an Ed25519 key with parameters") }
            return .ed25519(key)
        case rsassaPSS: throw .unsupportedKey("an RSA key bound to PSS (id-RSASSA-PSS)")
        default: throw .unsupportedKey("neither RSA, EC nor Ed25519")
        }
    }

    /// RSAPublicKey of RFC 8017 §A.1.1.
    static func rsaPublicKey(_ der: [UInt8]) throws(CryptoError) -> PublicKeyComponents {
        var outer = DERReader(der)
        guard var numbers = outer.read(DERTag.sequence), outer.isAtEnd,
            let modulus = numbers.readPositiveInteger(), let exponent = numbers.readPositiveInteger(), numbers.isAtEnd
        else { throw .malformedKey("not a DER RSAPublicKey") }
        return .rsa(modulus: modulus, exponent: exponent)
    }

    static func encode(_ components: PublicKeyComponents) -> [UInt8] {
        switch components {
        case .rsa(let modulus, let exponent):
            DERWriter.sequence(
                DERWriter.sequence(
                    DERWriter.element(DERTag.objectIdentifier, rsaEncryption),
                    DERWriter.element(DERTag.null, [])
                ),
                DERWriter.bitString(DERWriter.sequence(DERWriter.integer(modulus), DERWriter.integer(exponent)))
            )
        case .ec(let curve, let x, let y):
            DERWriter.sequence(
                DERWriter.sequence(
                    DERWriter.element(DERTag.objectIdentifier, ecPublicKey),
                    DERWriter.element(DERTag.objectIdentifier, curve.identifier)
                ),
                DERWriter.bitString([uncompressed] + x + y)
            )
        case .ed25519(let key):
            DERWriter.sequence(
                DERWriter.sequence(DERWriter.element(DERTag.objectIdentifier, ed25519)),
                DERWriter.bitString(key)
            )
        }
    }

    /// The encoding of an EC key from its parameters, DER of a named curve, and its point.
    static func ecPublicKeyDER(_ parameters: [UInt8], point: [UInt8]) -> [UInt8] {
        DERWriter.sequence(
            DERWriter.sequence(DERWriter.element(DERTag.objectIdentifier, ecPublicKey), parameters),
            DERWriter.bitString(point)
        )
    }

    private static func point(_ octets: [UInt8], on curve: EllipticCurve) throws(CryptoError) -> PublicKeyComponents {
        let length = curve.coordinateLength
        guard octets.first == uncompressed, octets.count == 1 + 2 * length else {
            throw .unsupportedKey("an EC point that is not in the uncompressed form")
        }
        return .ec(curve, x: Array(octets[1...length]), y: Array(octets[(length + 1)...]))
    }

    /// The first octet of a point in full (SEC 1 §2.3.3).
    static let uncompressed: UInt8 = 0x04

    private static let rsaEncryption: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]
    private static let rsassaPSS: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A]
    private static let ecPublicKey: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
    private static let ed25519: [UInt8] = [0x2B, 0x65, 0x70]
}

extension EllipticCurve {
    /// The content of the curve's object identifier (RFC 5480 §2.1.1.1).
    var identifier: [UInt8] {
        switch self {
        case .p256: [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
        case .p384: [0x2B, 0x81, 0x04, 0x00, 0x22]
        case .p521: [0x2B, 0x81, 0x04, 0x00, 0x23]
        }
    }
}
