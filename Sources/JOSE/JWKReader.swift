internal import LibCrypto
internal import Vocabulary

/// Reads the members of one JSON Web Key.
struct JWKReader {
    let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    /// `kty` of the keys that we use (RFC 7518 §6.1, RFC 8037 §2).
    enum KeyType {
        case rsa
        case ec
        case octetKeyPair

        /// Members that give the key away (RFC 7518 §6.2.2, §6.3.2).
        var privateMembers: [String] {
            switch self {
            case .rsa: ["d", "p", "q", "dp", "dq", "qi", "oth"]
            case .ec, .octetKeyPair: ["d"]
            }
        }
    }

    func keyType() throws(JWKError) -> KeyType {
        switch try text("kty") {
        case "RSA": return .rsa
        case "EC": return .ec
        case "OKP": return .octetKeyPair
        case "oct": throw .symmetricKey
        case let other: throw .unsupportedKeyType(other)
        }
    }

    func publicKey(_ type: KeyType) throws(JWKError) -> PublicKey {
        let components: PublicKeyComponents
        switch type {
        case .rsa: components = .rsa(modulus: try integer("n"), exponent: try integer("e"))
        case .ec:
            let curve = try curve()
            let length = curve.coordinateLength
            components = .ec(curve, x: try octets("x", length), y: try octets("y", length))
        case .octetKeyPair:
            let curve = try text("crv")
            guard curve == "Ed25519" else { throw .unsupportedCurve(curve) }
            components = .ed25519(try octets("x", 32))
        }
        do throws(CryptoError) {
            return try PublicKey(components)
        } catch {
            throw error == .pointNotOnCurve ? .pointNotOnCurve : .malformedKey("\(error)")
        }
    }

    func privateComponents(_ type: KeyType, of key: PublicKey) throws(JWKError) -> PrivateKeyComponents {
        switch (type, key.components) {
        case (.rsa, .rsa(let modulus, let exponent)):
            return .rsa(
                RSAPrivateNumbers(
                    modulus: modulus,
                    publicExponent: exponent,
                    privateExponent: try integer("d"),
                    prime1: try integer("p"),
                    prime2: try integer("q"),
                    exponent1: try integer("dp"),
                    exponent2: try integer("dq"),
                    coefficient: try integer("qi")
                )
            )
        case (.ec, .ec(let curve, let x, let y)):
            // RFC 7518 §6.2.2.1: as long as the order, which for these curves is as long as a coordinate.
            return .ec(curve, x: x, y: y, scalar: try octets("d", curve.coordinateLength))
        case (.octetKeyPair, .ed25519(let publicKey)):
            return .ed25519(publicKey: publicKey, seed: try octets("d", 32))
        case (.rsa, _), (.ec, _), (.octetKeyPair, _): throw .malformedKey("its members are of two kinds")
        }
    }

    func optionalText(_ name: String) throws(JWKError) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.string else { throw .wrongType(name) }
        return text
    }

    /// `key_ops` (RFC 7517 §4.3), which if present must name the operation, and none twice.
    func keyOperations(including operation: String) throws(JWKError) -> [String]? {
        guard let value = object["key_ops"] else { return nil }
        guard let operations = value.strings else { throw .wrongType("key_ops") }
        guard operations.contains(operation), Set(operations).count == operations.count else {
            throw .wrongKeyOperations(operations)
        }
        return operations
    }

    func algorithm(for kind: KeyKind) throws(JWKError) -> JWSAlgorithm? {
        guard let name = try optionalText("alg") else { return nil }
        guard let algorithm = JWSAlgorithm(rawValue: name) else { throw .unsupportedAlgorithm(name) }
        guard algorithm.fits(kind) else { throw .algorithmDoesNotFit(algorithm, kind) }
        return algorithm
    }

    func certificateChain() throws(JWKError) -> [[UInt8]] {
        guard let value = object["x5c"] else { return [] }
        guard let texts = value.strings else { throw .wrongType("x5c") }
        var chain: [[UInt8]] = []
        for (index, text) in texts.enumerated() {
            guard let der = try? Base64.decode(text), !der.isEmpty else { throw .certificate(index: index) }
            chain.append(der)
        }
        return chain
    }

    func expiry() throws(JWKError) -> Timestamp? {
        guard let value = object["exp"] else { return nil }
        guard let seconds = value.number?.flooredNumericDate else { throw .wrongType("exp") }
        return Timestamp(seconds: seconds)
    }

    private func curve() throws(JWKError) -> EllipticCurve {
        switch try text("crv") {
        case "P-256": return .p256
        case "P-384": return .p384
        case "P-521": return .p521
        case let other: throw .unsupportedCurve(other)
        }
    }

    private func text(_ name: String) throws(JWKError) -> String {
        guard let text = try optionalText(name) else { throw .missing(name) }
        return text
    }

    private func octets(_ name: String) throws(JWKError) -> [UInt8] {
        let text = try text(name)
        do throws(Base64URLError) {
            return try Base64URL.decode(text)
        } catch {
            throw .base64url(name, error)
        }
    }

    private func octets(_ name: String, _ length: Int) throws(JWKError) -> [UInt8] {
        let octets = try octets(name)
        guard octets.count == length else { throw .length(name, expected: length) }
        return octets
    }

    /// A Base64urlUInt: the shortest form of a positive integer (RFC 7518 §2).
    private func integer(_ name: String) throws(JWKError) -> [UInt8] {
        let octets = try octets(name)
        guard let first = octets.first, first != 0 else { throw .integer(name) }
        return octets
    }
}
