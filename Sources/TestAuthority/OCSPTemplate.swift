public import LibCrypto
public import Vocabulary

/// What a responder of a demonstration or a test says of one certificate (RFC 6960 §4.2.1).
public struct OCSPAnswer: Sendable {
    /// The certificate's state.
    public enum State: Sendable, Hashable {
        /// Not revoked.
        case good
        /// Revoked at that time.
        case revoked(at: Timestamp)
        /// Not known.
        case unknown
    }

    /// The certificate, as the request names it.
    public var certificate: OCSPCertificateID
    /// Its state.
    public var state: State
    /// The time that it speaks of.
    public var thisUpdate: Timestamp
    /// When the next answer is due; nil to leave the field out.
    public var nextUpdate: Timestamp?

    /// An answer.
    public init(
        _ certificate: OCSPCertificateID,
        _ state: State,
        thisUpdate: Timestamp,
        nextUpdate: Timestamp?
    ) {
        self.certificate = certificate
        self.state = state
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
    }
}

/// Who signs answers: an authority itself, or a responder that it has certified.
public struct OCSPSigner: Sendable {
    /// Its certificate in DER.
    public let der: [UInt8]
    /// Its key.
    public let key: PrivateKey
    /// Certificates that answers bring along, in DER.
    public var certificates: [[UInt8]]

    /// A signer.
    public init(der: [UInt8], key: PrivateKey, certificates: [[UInt8]] = []) {
        self.der = der
        self.key = key
        self.certificates = certificates
    }

    /// Signs a response.
    ///
    /// - Parameters:
    ///   - answers: what it says.
    ///   - nonce: the request's; nil to leave it out.
    ///   - now: when it is signed.
    /// - Returns: the response in DER.
    /// - Throws: `CryptoError` when libcrypto fails.
    public func response(_ answers: [OCSPAnswer], nonce: [UInt8]?, at now: Timestamp) throws -> [UInt8] {
        let name = try Certificate(der: der).subject.attributes.map { (type: $0.type, value: $0.value) }
        var content: [DERValue] = [
            // byName
            .tagged(1, [try CertificateTemplate.encoded(name)]),
            .generalizedTime(now), .sequence(try answers.map(Self.encoded)),
        ]
        if let nonce {
            let value = CertificateTemplate.Extension(
                identifier: try .known("1.3.6.1.5.5.7.48.1.2"),
                isCritical: false,
                value: .octets(nonce)
            )
            content.append(.tagged(1, [.sequence(try value.encoded())]))
        }
        let along = certificates.map { DERValue(encoded: $0) }
        let basic = try Signature(key: key, hash: .sha256).seal(
            .sequence(content),
            followedBy: along.isEmpty ? [] : [.tagged(0, [.sequence(along)])]
        )
        let bytes = DERValue.sequence(try .identifier(.known("1.3.6.1.5.5.7.48.1.1")), .octets(basic))
        return DERValue.sequence(.enumerated(0), .tagged(0, [bytes])).bytes
    }

    /// A response that is a status alone, such as 3 for `tryLater` (RFC 6960 §4.2.1).
    public static func refusal(_ status: UInt8) -> [UInt8] { DERValue.sequence(.enumerated(status)).bytes }

    private static func encoded(_ answer: OCSPAnswer) throws -> DERValue {
        let identifier = answer.certificate
        let state: DERValue =
            switch answer.state {
            case .good: .tagged(0, content: [])
            case .revoked(let time): .tagged(1, [.generalizedTime(time)])
            case .unknown: .tagged(2, content: [])
            }
        var parts: [DERValue] = [
            .sequence(
                .sequence(try .identifier(identifier.hashAlgorithm), .null),
                .octets(identifier.issuerNameHash),
                .octets(identifier.issuerKeyHash),
                .integer(identifier.serialNumber.bytes)
            ),
            state, .generalizedTime(answer.thisUpdate),
        ]
        if let next = answer.nextUpdate { parts.append(.tagged(0, [.generalizedTime(next)])) }
        return .sequence(parts)
    }
}

extension CertificateAuthority {
    /// The issuing authority as its own responder.
    public var ocspSigner: OCSPSigner { OCSPSigner(der: issuing.der, key: issuing.key) }

    /// Certifies a responder (RFC 6960 §4.2.2.2).
    ///
    /// - Parameters:
    ///   - key: the responder's key.
    ///   - role: who certifies it.
    ///   - purposes: its extended key usage; empty to leave the extension out.
    ///   - isVouchedFor: whether it has `id-pkix-ocsp-nocheck`.
    ///   - notAfter: its last second; nil for a month.
    /// - Returns: the responder, which brings its certificate along.
    /// - Throws: `CryptoError` when libcrypto fails.
    public func delegate(
        key: PrivateKey,
        by role: Role = .issuing,
        purposes: [OID] = [.ocspSigning],
        isVouchedFor: Bool = true,
        notAfter: Timestamp? = nil
    ) throws -> OCSPSigner {
        let issuer = party(role)
        let name = try Certificate(der: issuer.der).subject.attributes.map { (type: $0.type, value: $0.value) }
        var extensions: [CertificateTemplate.Extension] = [
            .keyUsage([.digitalSignature]),
            try .subjectKeyIdentifier(key.publicKey.spkiDER),
            try .authorityKeyIdentifier(issuer.key.publicKey.spkiDER),
        ]
        if !purposes.isEmpty { extensions.append(try .extendedKeyUsage(purposes)) }
        if isVouchedFor {
            extensions.append(
                CertificateTemplate.Extension(
                    identifier: try .known("1.3.6.1.5.5.7.48.1.5"),
                    isCritical: false,
                    value: .null
                )
            )
        }
        let template = CertificateTemplate(
            issuer: name,
            subject: [(.countryName, "NO"), (.commonName, "Portvakt Demo OCSP responder")],
            notBefore: now - .days(1),
            notAfter: notAfter ?? now + .days(30),
            publicKey: key.publicKey.spkiDER,
            extensions: extensions
        )
        let der = try template.signed(by: issuer.key)
        return OCSPSigner(der: der, key: key, certificates: [der])
    }
}
