/// A curve of NIST (FIPS 186-5), as ES256, ES384 and ES512 use them.
public enum EllipticCurve: Sendable, Hashable, CaseIterable {
    /// secp256r1.
    case p256
    /// secp384r1.
    case p384
    /// secp521r1.
    case p521

    /// The length of a coordinate, and of each half of a raw signature, in bytes.
    public var coordinateLength: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }
}

/// How a signature is made and checked.
public enum SignatureScheme: Sendable, Hashable {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    case rsaPKCS1(HashFunction)
    /// RSASSA-PSS with MGF1 of the same hash, and a salt exactly as long as the hash (RFC 8017 §8.1, RFC 7518 §3.5).
    case rsaPSS(HashFunction)
    /// ECDSA; signatures are r and s side by side, each as long as a coordinate (IEEE P1363, RFC 7518 §3.4).
    case ecdsa(HashFunction)
    /// Ed25519 (RFC 8032 §5.1).
    case ed25519

    /// The hash that the scheme applies first; nil for Ed25519, which has its own way.
    public var hash: HashFunction? {
        switch self {
        case .rsaPKCS1(let hash), .rsaPSS(let hash), .ecdsa(let hash): hash
        case .ed25519: nil
        }
    }
}

/// What a key is good for.
public enum KeyKind: Sendable, Hashable {
    /// RSA with a modulus of so many bits.
    case rsa(bits: Int)
    /// ECDSA on a curve.
    case ec(EllipticCurve)
    /// Ed25519.
    case ed25519

    /// Whether keys of this kind can sign by the scheme.
    public func fits(_ scheme: SignatureScheme) -> Bool {
        switch (self, scheme) {
        case (.rsa, .rsaPKCS1), (.rsa, .rsaPSS), (.ec, .ecdsa), (.ed25519, .ed25519): true
        case (.rsa, _), (.ec, _), (.ed25519, _): false
        }
    }
}

extension KeyKind: CustomStringConvertible {
    /// As an operator writes it: `RSA-2048`, `P-256`, `Ed25519`.
    public var description: String {
        switch self {
        case .rsa(let bits): "RSA-\(bits)"
        case .ec(.p256): "P-256"
        case .ec(.p384): "P-384"
        case .ec(.p521): "P-521"
        case .ed25519: "Ed25519"
        }
    }
}

/// The numbers that make a public key; integers are big-endian.
public enum PublicKeyComponents: Sendable, Hashable {
    /// An RSA key.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// A point; each coordinate as long as the curve demands.
    case ec(EllipticCurve, x: [UInt8], y: [UInt8])
    /// The 32 bytes of RFC 8032.
    case ed25519([UInt8])
}

/// The numbers that make a private key, integers big-endian; it never prints itself.
public enum PrivateKeyComponents: Sendable {
    /// An RSA key of two primes.
    case rsa(RSAPrivateNumbers)
    /// A point with its private scalar, all as long as a coordinate.
    case ec(EllipticCurve, x: [UInt8], y: [UInt8], scalar: [UInt8])
    /// The public key and the seed of RFC 8032, 32 bytes each.
    case ed25519(publicKey: [UInt8], seed: [UInt8])
}

/// The eight numbers of an RSA private key with two primes (RFC 8017 §3.2, the second form).
public struct RSAPrivateNumbers: Sendable {
    /// `n`.
    public let modulus: [UInt8]
    /// `e`.
    public let publicExponent: [UInt8]
    /// `d`.
    public let privateExponent: [UInt8]
    /// `p`.
    public let prime1: [UInt8]
    /// `q`.
    public let prime2: [UInt8]
    /// `d` mod `p` - 1.
    public let exponent1: [UInt8]
    /// `d` mod `q` - 1.
    public let exponent2: [UInt8]
    /// The inverse of `q` mod `p`.
    public let coefficient: [UInt8]

    /// All eight.
    public init(
        modulus: [UInt8],
        publicExponent: [UInt8],
        privateExponent: [UInt8],
        prime1: [UInt8],
        prime2: [UInt8],
        exponent1: [UInt8],
        exponent2: [UInt8],
        coefficient: [UInt8]
    ) {
        self.modulus = modulus
        self.publicExponent = publicExponent
        self.privateExponent = privateExponent
        self.prime1 = prime1
        self.prime2 = prime2
        self.exponent1 = exponent1
        self.exponent2 = exponent2
        self.coefficient = coefficient
    }
}

extension PrivateKeyComponents: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`.
    public var description: String { "<redacted>" }

    /// `<redacted>`.
    public var debugDescription: String { "<redacted>" }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension RSAPrivateNumbers: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`.
    public var description: String { "<redacted>" }

    /// `<redacted>`.
    public var debugDescription: String { "<redacted>" }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
