import LibCrypto
import Testing
import Vocabulary

@testable import TestAuthority

/// Mints certificates field by field, so that a path can have any fault at any place.
enum PathWorkshop {
    /// 2026-11-22T12:00:00Z.
    static let now = Timestamp(seconds: 1_795_348_800)

    typealias Extension = CertificateTemplate.Extension

    /// A name with a key, which any number of certificates may be about.
    struct Entity {
        let name: CertificateTemplate.Name
        let key: PrivateKey

        init(_ name: String) throws {
            self.name = [(.commonName, name)]
            key = try PrivateKey.generate(.ec(.p256))
        }

        /// Another name for the same key, or the other way round.
        init(name: CertificateTemplate.Name, key: PrivateKey) {
            self.name = name
            self.key = key
        }
    }

    /// What may be unusual about a certificate.
    struct Form {
        var notBefore = now - .days(1)
        var notAfter = now + .days(365)
        var isAuthority = true
        var pathLength: Int?
        var usage: Certificate.KeyUsage? = [.certificateSigning, .crlSigning]
        /// Further extensions.
        var extensions: [Extension] = []
        /// Extensions of these kinds are left out.
        var without: Set<String> = []
        var subject: CertificateTemplate.Name?
        var version = 2
        var serial: DERValue?
        /// The algorithm that is named instead of the one that signs.
        var algorithm: DERValue?
        /// The algorithm outside the signed part; nil for the same as inside.
        var outerAlgorithm: DERValue?
        /// Signs instead of the issuer's key.
        var signer: PrivateKey?
    }

    /// A certificate for the subject, signed by the issuer.
    static func certificate(
        _ subject: Entity,
        by issuer: Entity,
        _ change: (inout Form) throws -> Void = { _ in }
    ) throws -> Certificate {
        try Certificate(der: der(subject, by: issuer, change))
    }

    /// A certificate of an end entity.
    static func leaf(
        _ subject: Entity,
        by issuer: Entity,
        _ change: (inout Form) throws -> Void = { _ in }
    ) throws -> Certificate {
        try certificate(subject, by: issuer) {
            $0.isAuthority = false
            $0.usage = [.digitalSignature]
            try change(&$0)
        }
    }

    static func der(
        _ subject: Entity,
        by issuer: Entity,
        _ change: (inout Form) throws -> Void = { _ in }
    ) throws -> [UInt8] {
        var form = Form()
        try change(&form)
        let signature = try Signature(key: form.signer ?? issuer.key, hash: .sha256)
        var extensions: [Extension] = [
            .basicConstraints(isAuthority: form.isAuthority, pathLength: form.pathLength, isCritical: form.isAuthority),
            try .subjectKeyIdentifier(subject.key.publicKey.spkiDER),
            try .authorityKeyIdentifier(issuer.key.publicKey.spkiDER),
        ]
        if let usage = form.usage { extensions.append(.keyUsage(usage)) }
        extensions = extensions.filter { !form.without.contains($0.identifier.dotted) } + form.extensions
        var content: [DERValue] = form.version == 0 ? [] : [.tagged(0, [.integer(form.version)])]
        content += [
            form.serial ?? .integer(Array(HashFunction.sha256.digest(subject.key.publicKey.spkiDER).prefix(15))),
            form.algorithm ?? signature.algorithm,
            try CertificateTemplate.encoded(issuer.name),
            .sequence(.time(form.notBefore), .time(form.notAfter)),
            try CertificateTemplate.encoded(form.subject ?? subject.name),
            DERValue(encoded: subject.key.publicKey.spkiDER),
            .tagged(3, [.sequence(try extensions.map { try $0.encoded() })]),
        ]
        return try signature.seal(.sequence(content), outerAlgorithm: form.outerAlgorithm ?? form.algorithm)
    }

    /// The kinds of faults for which a path is refused; empty when there is a valid one.
    static func faults(
        _ leaf: Certificate,
        _ others: [Certificate],
        anchors: [Certificate],
        at time: Timestamp = now,
        _ change: (inout CertificatePathValidator.Options) -> Void = { _ in }
    ) -> Set<PathFault> {
        var options = CertificatePathValidator.Options()
        change(&options)
        let validator = CertificatePathValidator(anchors: anchors, options: options)
        do throws(PathRejection) {
            let path = try validator.validate(leaf, with: others, at: time)
            // Whatever is accepted begins and ends where it must.
            #expect(path.first == leaf && path.last.map(anchors.contains) == true)
            return []
        } catch {
            #expect(!error.findings.isEmpty)
            return Set(error.findings.map(\.fault))
        }
    }
}

extension Signature {
    /// As `seal`, but with another algorithm named beside the signature than was used.
    fileprivate func seal(_ content: DERValue, outerAlgorithm: DERValue?) throws -> [UInt8] {
        let sealed = try seal(content)
        guard let outerAlgorithm else { return sealed }
        // SEQUENCE { content, algorithm, signature }: the signature is what follows the first two.
        let before = content.bytes.count + algorithm.bytes.count
        let header = sealed[1] < 0x80 ? 2 : 2 + Int(sealed[1] & 0x7F)
        let signature = DERValue(encoded: Array(sealed[(header + before)...]))
        return DERValue.sequence(content, outerAlgorithm, signature).bytes
    }
}

extension CertificateTemplate.Extension {
    /// `nameConstraints` (RFC 5280 §4.2.1.10).
    static func nameConstraints(
        permitted: [DERValue] = [],
        excluded: [DERValue] = [],
        isCritical: Bool = true
    ) throws -> Self {
        let lists = [(UInt(0), permitted), (1, excluded)].filter { !$0.1.isEmpty }
        let value = DERValue.sequence(lists.map { .tagged($0.0, $0.1.map { .sequence($0) }) })
        return Self(identifier: try .known("2.5.29.30"), isCritical: isCritical, value: value)
    }

    /// `subjectAltName` (RFC 5280 §4.2.1.6).
    static func alternativeNames(_ names: [DERValue], isCritical: Bool = false) throws -> Self {
        Self(identifier: try .known("2.5.29.17"), isCritical: isCritical, value: .sequence(names))
    }

    /// `policyMappings` (RFC 5280 §4.2.1.5), from the issuer's policy to the subject's.
    static func policyMappings(_ pairs: [(OID, OID)]) throws -> Self {
        let value = DERValue.sequence(try pairs.map { .sequence(try .identifier($0.0), try .identifier($0.1)) })
        return Self(identifier: try .known("2.5.29.33"), isCritical: true, value: value)
    }

    /// `policyConstraints` (RFC 5280 §4.2.1.11), each after so many certificates.
    static func policyConstraints(explicit: UInt8? = nil, mapping: UInt8? = nil, isCritical: Bool = true) throws -> Self
    {
        let parts = [(UInt(0), explicit), (1, mapping)].compactMap { number, skip in
            skip.map { DERValue.tagged(number, content: [$0]) }
        }
        return Self(identifier: try .known("2.5.29.36"), isCritical: isCritical, value: .sequence(parts))
    }

    /// `inhibitAnyPolicy` (RFC 5280 §4.2.1.14), after so many certificates.
    static func inhibitAnyPolicy(_ skip: Int, isCritical: Bool = true) throws -> Self {
        Self(identifier: try .known("2.5.29.54"), isCritical: isCritical, value: .integer(skip))
    }
}

/// General names (RFC 5280 §4.2.1.6); as constraints too.
extension DERValue {
    static func mailbox(_ text: String) -> DERValue { tagged(1, content: text.utf8) }
    static func hostName(_ text: String) -> DERValue { tagged(2, content: text.utf8) }
    static func directory(_ name: CertificateTemplate.Name) throws -> DERValue {
        tagged(4, [try CertificateTemplate.encoded(name)])
    }
    static func internetAddress(_ bytes: [UInt8]) -> DERValue { tagged(7, content: bytes) }
}
