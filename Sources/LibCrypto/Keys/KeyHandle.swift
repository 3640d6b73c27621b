internal import COpenSSL

/// Owns one `EVP_PKEY`.
final class KeyHandle: @unchecked Sendable {
    // INVARIANT: the key is never changed after it is made; libcrypto counts references atomically and locks its caches,
    // so any number of threads may sign and verify with it.
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }
    deinit { EVP_PKEY_free(pointer) }

    /// Imports a public key.
    convenience init(_ components: PublicKeyComponents) throws(CryptoError) {
        switch components {
        case .rsa(let modulus, let exponent):
            let numbers = [(KeyParameter.modulus, modulus), (KeyParameter.publicExponent, exponent)]
            try self.init(importing: "RSA", Selection.publicKey, numbers: numbers)
        case .ec(let curve, let x, let y):
            try self.init(importing: curve, x: x, y: y, scalar: nil)
        case .ed25519(let key):
            guard let pointer = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, key, key.count) else {
                ErrorQueue.clear()
                throw .malformedKey("not a public Ed25519 key")
            }
            self.init(owning: pointer)
        }
    }

    /// Imports a private key.
    convenience init(_ components: PrivateKeyComponents) throws(CryptoError) {
        switch components {
        case .rsa(let key):
            let numbers = [
                (KeyParameter.modulus, key.modulus), (KeyParameter.publicExponent, key.publicExponent),
                (KeyParameter.privateExponent, key.privateExponent), (KeyParameter.prime1, key.prime1),
                (KeyParameter.prime2, key.prime2), (KeyParameter.exponent1, key.exponent1),
                (KeyParameter.exponent2, key.exponent2), (KeyParameter.coefficient, key.coefficient),
            ]
            try self.init(importing: "RSA", Selection.keyPair, numbers: numbers)
        case .ec(let curve, let x, let y, let scalar):
            try self.init(importing: curve, x: x, y: y, scalar: scalar)
        case .ed25519(_, let seed):
            guard let pointer = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
                ErrorQueue.clear()
                throw .malformedKey("not a private Ed25519 key")
            }
            self.init(owning: pointer)
        }
    }

    private convenience init(
        importing curve: EllipticCurve,
        x: [UInt8],
        y: [UInt8],
        scalar: [UInt8]?
    ) throws(CryptoError) {
        // The import itself checks that the coordinates are below the prime and satisfy the curve's equation.
        try self.init(
            importing: "EC",
            scalar == nil ? Selection.publicKey : Selection.keyPair,
            numbers: scalar.map { [(KeyParameter.scalar, $0)] } ?? [],
            curve: curve,
            point: [SubjectPublicKeyInfo.uncompressed] + x + y
        )
    }

    private init(
        importing type: String,
        _ selection: Int32,
        numbers: [(StaticString, [UInt8])],
        curve: EllipticCurve? = nil,
        point: [UInt8] = []
    ) throws(CryptoError) {
        defer { ErrorQueue.clear() }
        let integers = numbers.compactMap { BigNumber($0.1) }
        guard let builder = OSSL_PARAM_BLD_new(), integers.count == numbers.count else {
            throw .operation("no memory for a key")
        }
        defer { OSSL_PARAM_BLD_free(builder) }
        // The builder keeps the pointers that it is given until `to_param`: names are static, numbers and point live on.
        let imported: OpaquePointer? = point.withUnsafeBytes { point in
            for (number, integer) in zip(numbers, integers) {
                guard OSSL_PARAM_BLD_push_BN(builder, number.0.cString, integer.pointer) == 1 else { return nil }
            }
            if let curve {
                let name = curve.parameterName
                guard OSSL_PARAM_BLD_push_utf8_string(builder, KeyParameter.group.cString, name.cString, 0) == 1,
                    OSSL_PARAM_BLD_push_octet_string(
                        builder,
                        KeyParameter.point.cString,
                        point.baseAddress,
                        point.count
                    ) == 1
                else { return nil }
            }
            guard let parameters = OSSL_PARAM_BLD_to_param(builder) else { return nil }
            defer { OSSL_PARAM_free(parameters) }
            guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { return nil }
            defer { EVP_PKEY_CTX_free(context) }
            var key: OpaquePointer?
            guard EVP_PKEY_fromdata_init(context) == 1,
                EVP_PKEY_fromdata(context, &key, selection, parameters) == 1
            else {
                EVP_PKEY_free(key)
                return nil
            }
            return key
        }
        withExtendedLifetime(integers) {}
        guard let imported else {
            if curve != nil { throw .pointNotOnCurve }
            throw .malformedKey("not the numbers of an \(type) key")
        }
        pointer = imported
    }
}

/// What an import brings (`EVP_PKEY_PUBLIC_KEY`, `EVP_PKEY_KEYPAIR`, macros of macros that Swift does not see).
private enum Selection {
    static let publicKey =
        OSSL_KEYMGMT_SELECT_PUBLIC_KEY | OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS | OSSL_KEYMGMT_SELECT_OTHER_PARAMETERS
    static let keyPair = publicKey | OSSL_KEYMGMT_SELECT_PRIVATE_KEY
}

/// Owns one `BIGNUM` and wipes it.
final class BigNumber {
    let pointer: OpaquePointer

    init?(_ magnitude: [UInt8]) {
        guard let pointer = BN_bin2bn(magnitude, Int32(magnitude.count), nil) else { return nil }
        self.pointer = pointer
    }

    /// Takes over a number.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { BN_clear_free(pointer) }

    /// The product of two magnitudes; nil for want of memory.
    static func product(_ left: [UInt8], _ right: [UInt8]) -> [UInt8]? {
        guard let left = BigNumber(left), let right = BigNumber(right), let product = BigNumber([]),
            let scratch = BN_CTX_new()
        else { return nil }
        defer { BN_CTX_free(scratch) }
        guard BN_mul(product.pointer, left.pointer, right.pointer, scratch) == 1 else { return nil }
        return product.magnitude
    }

    /// The magnitude, big-endian, in its shortest form.
    var magnitude: [UInt8] {
        let length = (Int(BN_num_bits(pointer)) + 7) / 8
        return Array(unsafeUninitializedCapacity: length) { output, count in
            count = Int(BN_bn2bin(pointer, output.baseAddress))
        }
    }
}

/// Names of the numbers of a key (`OSSL_PKEY_PARAM_…`).
///
/// libcrypto keeps the address of a name, so they are static strings rather than the imported macros.
enum KeyParameter {
    static let modulus: StaticString = "n"
    static let publicExponent: StaticString = "e"
    static let privateExponent: StaticString = "d"
    static let prime1: StaticString = "rsa-factor1"
    static let prime2: StaticString = "rsa-factor2"
    static let exponent1: StaticString = "rsa-exponent1"
    static let exponent2: StaticString = "rsa-exponent2"
    static let coefficient: StaticString = "rsa-coefficient1"
    static let group: StaticString = "group"
    static let point: StaticString = "pub"
    static let x: StaticString = "qx"
    static let y: StaticString = "qy"
    static let scalar: StaticString = "priv"
}

extension StaticString {
    /// The address of the text, which ends in a zero byte and lives as long as the program.
    fileprivate var cString: UnsafePointer<CChar> {
        UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
    }
}

extension EllipticCurve {
    /// The curve's name to libcrypto.
    var parameterName: StaticString {
        switch self {
        case .p256: "prime256v1"
        case .p384: "secp384r1"
        case .p521: "secp521r1"
        }
    }
}

// MARK: Taking a key apart

extension KeyHandle {
    /// The numbers of a private key that some decoder made.
    ///
    /// Every private key is imported again from its numbers: oddities of its file (a curve spelled out in full, a hint
    /// at PSS, another provider) end here.
    func privateComponents() throws(CryptoError) -> PrivateKeyComponents {
        defer { ErrorQueue.clear() }
        switch EVP_PKEY_get_base_id(pointer) {
        case EVP_PKEY_RSA:
            return .rsa(
                RSAPrivateNumbers(
                    modulus: try number(KeyParameter.modulus),
                    publicExponent: try number(KeyParameter.publicExponent),
                    privateExponent: try number(KeyParameter.privateExponent),
                    prime1: try number(KeyParameter.prime1),
                    prime2: try number(KeyParameter.prime2),
                    exponent1: try number(KeyParameter.exponent1),
                    exponent2: try number(KeyParameter.exponent2),
                    coefficient: try number(KeyParameter.coefficient)
                )
            )
        case EVP_PKEY_EC:
            let curve = try curve()
            let length = curve.coordinateLength
            guard let x = try number(KeyParameter.x).padded(to: length),
                let y = try number(KeyParameter.y).padded(to: length),
                let scalar = try number(KeyParameter.scalar).padded(to: length)
            else { throw .malformedKey("a number of the EC key is too long") }
            return .ec(curve, x: x, y: y, scalar: scalar)
        case EVP_PKEY_ED25519:
            return .ed25519(
                publicKey: try raw(EVP_PKEY_get_raw_public_key),
                seed: try raw(EVP_PKEY_get_raw_private_key)
            )
        case EVP_PKEY_RSA_PSS: throw .unsupportedKey("an RSA key bound to PSS (id-RSASSA-PSS)")
        default: throw .unsupportedKey("neither RSA, EC nor Ed25519")
        }
    }

    private func number(_ name: StaticString) throws(CryptoError) -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(pointer, name.cString, &number) == 1, let number else {
            throw .malformedKey("the key lacks its number `\(name)`")
        }
        return BigNumber(owning: number).magnitude
    }

    private func curve() throws(CryptoError) -> EllipticCurve {
        var name = [CChar](repeating: 0, count: 80)
        var length = 0
        guard EVP_PKEY_get_utf8_string_param(pointer, KeyParameter.group.cString, &name, name.count, &length) == 1
        else { throw .unsupportedKey("an EC key whose curve is not named") }
        let text = String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard let curve = EllipticCurve.allCases.first(where: { "\($0.parameterName)" == text }) else {
            throw .unsupportedKey("an EC key on another curve than P-256, P-384 and P-521")
        }
        return curve
    }

    private func raw(
        _ read: (OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>?) -> Int32
    ) throws(CryptoError) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: 32)
        var length = octets.count
        guard read(pointer, &octets, &length) == 1, length == octets.count else {
            throw .malformedKey("not an Ed25519 key pair")
        }
        return octets
    }
}
