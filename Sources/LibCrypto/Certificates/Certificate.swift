internal import COpenSSL
public import Vocabulary

/// An X.509 certificate as it was read (RFC 5280 §4); nothing in it is proven.
///
/// Strict DER only. What is said here of extensions is what the certificate claims; ``CertificatePathValidator`` proves it.
public struct Certificate: Sendable {
    /// The certificate in DER.
    public let der: [UInt8]
    /// The number that its issuer gave it.
    public let serialNumber: CertificateSerialNumber
    /// Whom it names.
    public let subject: DistinguishedName
    /// Who signed it, by its own word.
    public let issuer: DistinguishedName
    /// The first second of its validity.
    public let notBefore: Timestamp
    /// The last second of its validity: at it the certificate is still valid (RFC 5280 §4.1.2.5).
    public let notAfter: Timestamp
    /// The subject's key as SubjectPublicKeyInfo in DER.
    public let subjectPublicKeyInfo: [UInt8]
    /// The algorithm of the issuer's signature, such as 1.2.840.113549.1.1.11.
    public let signatureAlgorithm: OID
    /// Its common name, such as `sha256WithRSAEncryption`; the dotted form when it has none.
    public let signatureAlgorithmName: String
    /// The purposes of the key; nil when the extension is absent.
    public let keyUsage: KeyUsage?
    /// The extended purposes; nil when the extension is absent.
    public let extendedKeyUsage: [OID]?
    /// The certificate policies; empty when the extension is absent.
    public let policies: [OID]
    /// What `basicConstraints` says; nil when the extension is absent.
    public let basicConstraints: BasicConstraints?
    /// Addresses of revocation lists (`cRLDistributionPoints`).
    public let crlDistributionPoints: [String]
    /// Addresses of OCSP responders (`authorityInfoAccess`).
    public let ocspResponders: [String]
    /// Addresses of the issuer's certificate (`authorityInfoAccess`).
    public let issuerCertificates: [String]
    /// The extensions that are marked critical.
    public let criticalExtensions: [OID]

    /// libcrypto's form of it, for path validation.
    let handle: CertificateHandle

    /// Reads exactly one certificate in DER.
    public init(der: [UInt8]) throws(CertificateError) {
        try CertificateDER.check(der)
        handle = try CertificateHandle(der: der)
        self.der = der
        let reading = CertificateReading(handle)
        serialNumber = reading.serialNumber()
        subject = reading.name(X509_get_subject_name(handle.pointer))
        issuer = reading.name(X509_get_issuer_name(handle.pointer))
        notBefore = try reading.time(X509_get0_notBefore(handle.pointer))
        notAfter = try reading.time(X509_get0_notAfter(handle.pointer))
        subjectPublicKeyInfo = reading.subjectPublicKeyInfo()
        (signatureAlgorithm, signatureAlgorithmName) = reading.signatureAlgorithm()
        keyUsage = try reading.keyUsage()
        extendedKeyUsage = try reading.extendedKeyUsage()
        policies = try reading.policies()
        basicConstraints = try reading.basicConstraints()
        crlDistributionPoints = try reading.crlDistributionPoints()
        (ocspResponders, issuerCertificates) = try reading.authorityInformation()
        criticalExtensions = reading.criticalExtensions()
        ERR_clear_error()
    }

    /// Reads the one certificate in a PEM text; text around the block is ignored.
    public init(pem: [UInt8]) throws(CertificateError) {
        let all = try Certificate.blocks("CERTIFICATE", in: pem)
        guard let first = all.first else { throw .noPEM }
        guard all.count == 1 else { throw .severalPEM(count: all.count) }
        try self.init(der: first)
    }

    /// Reads all certificates of a file: PEM, one or more, or the DER of one.
    public static func all(in contents: [UInt8]) throws(CertificateError) -> [Certificate] {
        var certificates: [Certificate] = []
        for der in try derOrPEM("CERTIFICATE", contents) { certificates.append(try Certificate(der: der)) }
        return certificates
    }

    /// The subject's key.
    ///
    /// - Throws: `CryptoError` for a key that we do not use, whatever libcrypto makes of it.
    public func publicKey() throws(CryptoError) -> PublicKey { try PublicKey(spkiDER: subjectPublicKeyInfo) }

    /// Whether it says that it is a certification authority's.
    public var isCertificationAuthority: Bool { basicConstraints?.isCertificationAuthority ?? false }

    /// Whether subject and issuer are the same name (RFC 5280 §3.2); says nothing of the key.
    public var isSelfIssued: Bool {
        X509_NAME_cmp(X509_get_subject_name(handle.pointer), X509_get_issuer_name(handle.pointer)) == 0
    }

    /// Whether subject and issuer are the same name and its own key verifies its signature.
    public var isSelfSigned: Bool {
        guard isSelfIssued else { return false }
        defer { ERR_clear_error() }
        return withExtendedLifetime(handle) {
            guard let key = X509_get0_pubkey(handle.pointer) else { return false }
            return X509_verify(handle.pointer, key) == 1
        }
    }

    /// The SHA-256 of the DER.
    public var thumbprint: [UInt8] { HashFunction.sha256.digest(der) }

    /// Whether `point` lies in the validity, both ends included (RFC 5280 §4.1.2.5).
    public func isValid(at point: Timestamp) -> Bool { notBefore <= point && point <= notAfter }
}

extension Certificate: Hashable {
    /// Equal when the DER is.
    public static func == (left: Certificate, right: Certificate) -> Bool { left.der == right.der }

    /// Hashes the DER.
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }
}

extension Certificate {
    /// The bits of `keyUsage` (RFC 5280 §4.2.1.3).
    public struct KeyUsage: OptionSet, Sendable, Hashable {
        /// The bits as libcrypto numbers them.
        public let rawValue: UInt32

        /// A set of bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// To sign anything but certificates and revocation lists; needed to authenticate.
        public static let digitalSignature = KeyUsage(rawValue: 0x0080)
        /// To sign what shall bind the signer (`contentCommitment`).
        public static let nonRepudiation = KeyUsage(rawValue: 0x0040)
        /// To encrypt keys.
        public static let keyEncipherment = KeyUsage(rawValue: 0x0020)
        /// To encrypt data itself.
        public static let dataEncipherment = KeyUsage(rawValue: 0x0010)
        /// To agree on keys.
        public static let keyAgreement = KeyUsage(rawValue: 0x0008)
        /// To sign certificates.
        public static let certificateSigning = KeyUsage(rawValue: 0x0004)
        /// To sign revocation lists.
        public static let crlSigning = KeyUsage(rawValue: 0x0002)

        /// The names of RFC 5280, in its order.
        public var names: [String] {
            let all: [(KeyUsage, String)] = [
                (.digitalSignature, "digitalSignature"), (.nonRepudiation, "nonRepudiation"),
                (.keyEncipherment, "keyEncipherment"), (.dataEncipherment, "dataEncipherment"),
                (.keyAgreement, "keyAgreement"), (.certificateSigning, "keyCertSign"), (.crlSigning, "cRLSign"),
            ]
            return all.filter { contains($0.0) }.map(\.1)
        }
    }

    /// What `basicConstraints` says (RFC 5280 §4.2.1.9).
    public struct BasicConstraints: Sendable, Hashable {
        /// The `cA` flag.
        public let isCertificationAuthority: Bool
        /// How many intermediates may follow; nil for no limit.
        public let pathLength: Int?
    }
}

/// The serial number of a certificate: an integer of up to 20 octets (RFC 5280 §4.1.2.2).
public struct CertificateSerialNumber: Sendable, Hashable {
    /// The magnitude, most significant byte first, without leading zeros; empty for zero.
    public let bytes: [UInt8]
    /// Whether it is below zero, which RFC 5280 forbids.
    public let isNegative: Bool

    /// A number of this magnitude; leading zeros are dropped.
    public init(bytes: [UInt8], isNegative: Bool = false) {
        self.bytes = Array(bytes.drop { $0 == 0 })
        self.isNegative = isNegative
    }

    /// Upper-case hexadecimal digits, two a byte, `00` for zero.
    public var hexadecimal: String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text = isNegative ? "-" : ""
        for byte in bytes.isEmpty ? [0] : bytes {
            text.unicodeScalars.append(Unicode.Scalar(digits[Int(byte >> 4)]))
            text.unicodeScalars.append(Unicode.Scalar(digits[Int(byte & 0xF)]))
        }
        return text
    }
}
