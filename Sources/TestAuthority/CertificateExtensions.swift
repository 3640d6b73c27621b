import LibCrypto

/// The extensions that the certificates of Buypass and Commfides have (RFC 5280 §4.2, RFC 3739 §3.2.6).
extension CertificateTemplate.Extension {
    static func basicConstraints(isAuthority: Bool, pathLength: Int? = nil, isCritical: Bool) -> Self {
        var parts: [DERValue] = isAuthority ? [.boolean(true)] : []
        if let pathLength { parts.append(.integer(pathLength)) }
        return Self(identifier: .basicConstraints, isCritical: isCritical, value: .sequence(parts))
    }

    static func keyUsage(_ usage: Certificate.KeyUsage) -> Self {
        let order: [Certificate.KeyUsage] = [
            .digitalSignature, .nonRepudiation, .keyEncipherment, .dataEncipherment, .keyAgreement,
            .certificateSigning, .crlSigning,
        ]
        let bits = Set(order.indices.filter { usage.contains(order[$0]) })
        return Self(identifier: .keyUsage, isCritical: true, value: .bits(named: bits))
    }

    static func subjectKeyIdentifier(_ publicKey: [UInt8]) throws -> Self {
        Self(identifier: try .known("2.5.29.14"), isCritical: false, value: .octets(keyIdentifier(publicKey)))
    }

    static func authorityKeyIdentifier(_ publicKey: [UInt8]) throws -> Self {
        Self(
            identifier: try .known("2.5.29.35"),
            isCritical: false,
            value: .sequence(.tagged(0, content: keyIdentifier(publicKey)))
        )
    }

    static func policies(_ policies: [OID]) throws -> Self {
        Self(
            identifier: try .known("2.5.29.32"),
            isCritical: false,
            value: .sequence(try policies.map { .sequence(try .identifier($0)) })
        )
    }

    static func extendedKeyUsage(_ usages: [OID]) throws -> Self {
        Self(
            identifier: try .known("2.5.29.37"),
            isCritical: false,
            value: .sequence(try usages.map { try .identifier($0) })
        )
    }

    static func crlDistributionPoint(_ address: String) throws -> Self {
        // DistributionPoint { [0] distributionPoint { [0] fullName { [6] URI } } }
        let name = DERValue.tagged(0, [.tagged(0, [.address(address)])])
        return Self(identifier: try .known("2.5.29.31"), isCritical: false, value: .sequence(.sequence(name)))
    }

    static func authorityInformation(ocsp: String?, issuer: String) throws -> Self {
        var descriptions: [DERValue] = []
        if let ocsp {
            descriptions.append(.sequence(try .identifier(.known("1.3.6.1.5.5.7.48.1")), .address(ocsp)))
        }
        descriptions.append(.sequence(try .identifier(.known("1.3.6.1.5.5.7.48.2")), .address(issuer)))
        return Self(identifier: try .known("1.3.6.1.5.5.7.1.1"), isCritical: false, value: .sequence(descriptions))
    }

    /// qcStatements: the identifier in the subject is a legal person's (ETSI EN 319 412-1 §5.1.1), and where it is one, that
    /// the certificate is qualified and for seals (EN 319 412-5 §4.2.1, §4.2.3).
    ///
    /// Norwegian enterprise certificates have the first although they are not qualified.
    static func statements(isQualifiedSeal: Bool) throws -> Self {
        let semantics = DERValue.sequence(try .identifier(.known("0.4.0.194121.1.2")))
        let statement = DERValue.sequence(try .identifier(.known("1.3.6.1.5.5.7.11.2")), semantics)
        var statements = [statement]
        if isQualifiedSeal {
            statements.append(.sequence(try .identifier(.known("0.4.0.1862.1.1"))))
            let types = DERValue.sequence(try .identifier(.known("0.4.0.1862.1.6.2")))
            statements.append(.sequence(try .identifier(.known("0.4.0.1862.1.6")), types))
        }
        return Self(identifier: try .known("1.3.6.1.5.5.7.1.3"), isCritical: false, value: .sequence(statements))
    }

    /// RFC 7093 §2 method 1: 160 bits of the SHA-256 (here of the whole SubjectPublicKeyInfo).
    static func keyIdentifier(_ publicKey: [UInt8]) -> [UInt8] {
        Array(HashFunction.sha256.digest(publicKey).prefix(20))
    }
}
