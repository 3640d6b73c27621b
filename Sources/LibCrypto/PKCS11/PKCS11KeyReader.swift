internal import CPKCS11

/// Reads what a token shows of a key: kind, public half, certificates.
struct PKCS11KeyReader {
    let objects: PKCS11Session.ObjectAccess
    let key: CK_OBJECT_HANDLE
    let label: String

    /// The certificates in the token.
    func certificates() throws(PKCS11Error) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for object in try objects.find(CKO_CERTIFICATE, []) {
            if let der = try objects.attribute(CKA_VALUE, of: object), !der.isEmpty { found.append(der) }
        }
        return found
    }

    /// The public half of the key.
    func publicKey() throws(PKCS11Error) -> PublicKey {
        guard let octets = try objects.attribute(CKA_KEY_TYPE, of: key), octets.count == MemoryLayout<CK_ULONG>.size
        else { throw .unsupportedKey("its kind is not shown") }
        let type = octets.withUnsafeBytes { $0.loadUnaligned(as: CK_ULONG.self) }
        switch type {
        case CKK_RSA: return try rsaPublicKey()
        case CKK_EC: return try ecPublicKey()
        default: throw .unsupportedKey("neither RSA nor EC")
        }
    }

    private func rsaPublicKey() throws(PKCS11Error) -> PublicKey {
        // Both numbers are attributes of the private key too (PKCS #11 Current Mechanisms 2.40 §2.1.3).
        guard let modulus = try objects.attribute(CKA_MODULUS, of: key),
            let exponent = try objects.attribute(CKA_PUBLIC_EXPONENT, of: key)
        else { throw .unsupportedKey("its modulus or public exponent is not shown") }
        return try Self.key { () throws(CryptoError) in try PublicKey(.rsa(modulus: modulus, exponent: exponent)) }
    }

    private func ecPublicKey() throws(PKCS11Error) -> PublicKey {
        guard let parameters = try objects.attribute(CKA_EC_PARAMS, of: key) else {
            throw .unsupportedKey("its curve is not shown")
        }
        // Only the public key holds the point; it has the same identifier, or else the same label.
        for attribute in [CKA_ID, CKA_LABEL] {
            guard let value = try objects.attribute(attribute, of: key), !value.isEmpty else { continue }
            for object in try objects.find(CKO_PUBLIC_KEY, [(attribute, value)]) {
                guard let point = try objects.attribute(CKA_EC_POINT, of: object) else { continue }
                return try Self.key { () throws(CryptoError) in
                    try PublicKey(spkiDER: SubjectPublicKeyInfo.ecPublicKeyDER(parameters, point: Self.octets(point)))
                }
            }
            for object in try objects.find(CKO_CERTIFICATE, [(attribute, value)]) {
                guard let der = try objects.attribute(CKA_VALUE, of: object),
                    let key = try? Certificate(der: der).publicKey()
                else { continue }
                return key
            }
        }
        throw .publicKeyMissing(label: label)
    }

    /// The point: a DER octet string by the standard; some tokens give it bare.
    private static func octets(_ point: [UInt8]) -> [UInt8] {
        var reader = DERReader(point)
        guard let content = reader.read(0x04), reader.isAtEnd else { return point }
        return content.remaining
    }

    private static func key(_ make: () throws(CryptoError) -> PublicKey) throws(PKCS11Error) -> PublicKey {
        do throws(CryptoError) { return try make() } catch { throw .unsupportedKey("\(error)") }
    }
}
