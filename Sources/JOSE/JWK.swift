public import LibCrypto
public import Vocabulary

/// A public key for signatures as a JSON Web Key (RFC 7517), read strictly: sound, strong, and meant for signatures.
///
/// Whether `x5c` holds the certificate of this very key is for whoever reads certificates to see.
public struct JWK: Sendable, Hashable {
    /// The key.
    public let publicKey: PublicKey
    /// `kid`, as written.
    public let keyID: String?
    /// `alg`; nil when the key may be used with every algorithm that fits.
    public let algorithm: JWSAlgorithm?
    /// Whether `use` says `sig`.
    public let isMarkedForSignatures: Bool
    /// `key_ops`, nil when absent.
    public let keyOperations: [String]?
    /// DER of the certificates of `x5c`, empty when absent.
    public let certificateChain: [[UInt8]]
    /// `exp` as Maskinporten's clients set it: when the key ends.
    public let expires: Timestamp?

    /// Wraps a key.
    public init(
        _ publicKey: PublicKey,
        keyID: String?,
        algorithm: JWSAlgorithm?,
        certificateChain: [[UInt8]] = [],
        expires: Timestamp? = nil
    ) {
        self.publicKey = publicKey
        self.keyID = keyID
        self.algorithm = algorithm
        self.certificateChain = certificateChain
        self.expires = expires
        isMarkedForSignatures = true
        keyOperations = nil
    }

    /// Reads a public key; members that it does not know are ignored (RFC 7517 §4).
    ///
    /// - Throws: `JWKError`, `.privateMembers` before all else but the type of key.
    public init(parsing object: JSONObject) throws(JWKError) {
        let reader = JWKReader(object)
        let type = try reader.keyType()
        // RFC 7517 §9.3: whoever sent it has lost it. The values are not read.
        let secrets = type.privateMembers.filter(object.contains)
        guard secrets.isEmpty else { throw .privateMembers(secrets) }
        try self.init(reader, reader.publicKey(type), operation: "verify")
    }

    /// Reads a public key from a text.
    ///
    /// - Throws: `JWKSetError.json`, `.notAnObject`, `.key`.
    public init(parsing text: some Collection<UInt8>) throws(JWKSetError) {
        let object = try JWKSet.object(text)
        do throws(JWKError) {
            try self.init(parsing: object)
        } catch {
            throw .key(index: 0, keyID: object["kid"]?.string, error)
        }
    }

    init(_ reader: JWKReader, _ key: PublicKey, operation: String) throws(JWKError) {
        if let weakness = key.weakness { throw .weakKey(weakness) }
        publicKey = key
        keyID = try reader.optionalText("kid")
        // RFC 7517 §4.2: a key for encryption must not check signatures.
        let use = try reader.optionalText("use")
        if let use, use != "sig" { throw .wrongUse(use) }
        isMarkedForSignatures = use != nil
        keyOperations = try reader.keyOperations(including: operation)
        algorithm = try reader.algorithm(for: key.kind)
        certificateChain = try reader.certificateChain()
        expires = try reader.expiry()
    }

    /// The key as a JSON object, public members alone.
    public var object: JSONObject {
        var object = essentialMembers
        if isMarkedForSignatures { object["use"] = "sig" }
        if let keyOperations { object["key_ops"] = .strings(keyOperations) }
        if let algorithm { object["alg"] = .string(algorithm.rawValue) }
        if let keyID { object["kid"] = .string(keyID) }
        if !certificateChain.isEmpty { object["x5c"] = .strings(certificateChain.map { Base64.encode($0) }) }
        if let expires { object["exp"] = .integer(expires.seconds) }
        return object
    }

    /// The SHA-256 of the key's essential members in base64url (RFC 7638): the same for everyone who holds the key.
    public func thumbprint() -> String {
        Base64URL.encode(HashFunction.sha256.digest(essentialMembers.canonical()))
    }

    /// The members that make the key, and no others (RFC 7638 §3.2, RFC 8037 §2).
    public var essentialMembers: JSONObject {
        switch publicKey.components {
        case .rsa(let modulus, let exponent):
            ["kty": "RSA", "e": .string(Base64URL.encode(exponent)), "n": .string(Base64URL.encode(modulus))]
        case .ec(let curve, let x, let y):
            [
                "kty": "EC", "crv": .string("\(KeyKind.ec(curve))"), "x": .string(Base64URL.encode(x)),
                "y": .string(Base64URL.encode(y)),
            ]
        case .ed25519(let key): ["kty": "OKP", "crv": "Ed25519", "x": .string(Base64URL.encode(key))]
        }
    }
}

// MARK: Private keys

extension JWK {
    /// A private key as a JSON Web Key, for whoever signs with it.
    public struct Private: Sendable {
        /// The key.
        public let key: PrivateKey
        /// Its public half with `kid`, `alg` and the other members.
        public let publicJWK: JWK

        /// Wraps a key.
        public init(_ key: PrivateKey, keyID: String?, algorithm: JWSAlgorithm?) {
            self.key = key
            publicJWK = JWK(key.publicKey, keyID: keyID, algorithm: algorithm)
        }

        /// Reads a private key; an RSA key needs all its numbers (RFC 7518 §6.3.2), and two primes.
        ///
        /// - Throws: `JWKError`.
        public init(parsing object: JSONObject) throws(JWKError) {
            let reader = JWKReader(object)
            let type = try reader.keyType()
            // Read as a public key first: its faults have the more telling names.
            let publicKey = try reader.publicKey(type)
            if object.contains("oth") { throw .malformedKey("an RSA key of more than two primes") }
            publicJWK = try JWK(reader, publicKey, operation: "sign")
            let components = try reader.privateComponents(type, of: publicKey)
            do throws(CryptoError) {
                key = try PrivateKey(components)
            } catch {
                throw .malformedKey("\(error)")
            }
        }

        /// The key as a JSON object with its private members: a secret.
        ///
        /// - Throws: `CryptoError.malformedKey`, `.operation`.
        public func secretObject() throws(CryptoError) -> JSONObject {
            var object = publicJWK.object
            let members: [(String, [UInt8])]
            switch try key.privateComponents() {
            case .rsa(let numbers):
                members = [
                    ("d", numbers.privateExponent), ("p", numbers.prime1), ("q", numbers.prime2),
                    ("dp", numbers.exponent1), ("dq", numbers.exponent2), ("qi", numbers.coefficient),
                ]
            case .ec(_, _, _, let scalar): members = [("d", scalar)]
            case .ed25519(_, let seed): members = [("d", seed)]
            }
            for (name, value) in members { object[name] = .string(Base64URL.encode(value)) }
            return object
        }
    }
}
