public import LibCrypto

/// What an enterprise certificate must be beyond a valid path: the SEID profile, as a file beside the anchors states it.
///
/// So a new certification authority is a file and not a release. Self-signed certificates are refused by no profile,
/// but always.
public struct CertificateProfile: Sendable, Hashable {
    /// The environment that it speaks for, such as `test`.
    public var name: String
    /// The policies of which a certificate must have one.
    public var policies: [PolicyPattern]
    /// The policies under which the organisation number stands in the subject's `serialNumber` (SEID v1).
    public var seidVersion1Policies: [PolicyPattern]
    /// The key usages that a certificate must have.
    public var keyUsage: Certificate.KeyUsage
    /// Key usages of which one will do in place of those; empty but for seals, many of which have `nonRepudiation` alone.
    public var alternativeKeyUsage: Certificate.KeyUsage = []
    /// Where a certificate has extended key usages, it must have one of these.
    public var extendedKeyUsage: [OID]
    /// The extensions that a certificate may mark as critical.
    public var criticalExtensions: Set<OID>
    /// The smallest RSA modulus.
    public var minimumRSABits: Int
    /// The largest RSA modulus; a larger one costs too much to verify.
    public var maximumRSABits: Int
    /// The curves that a key may be on; empty when only RSA is accepted.
    public var curves: Set<EllipticCurve>
    /// How many intermediates may stand between certificate and anchor.
    public var maximumIntermediates: Int

    /// The policies of a certificate that the profile accepts, SEID v1 ones included.
    func accepted(of certificate: Certificate) -> Set<OID> {
        Set(certificate.policies.filter { oid in (policies + seidVersion1Policies).contains { $0.matches(oid) } })
    }

    /// The demands on a path.
    var pathOptions: CertificatePathValidator.Options {
        var options = CertificatePathValidator.Options()
        options.maximumIntermediates = maximumIntermediates
        options.requiresExplicitPolicy = true
        // The profile names policies as they stand in the leaf; a mapping would let an issuer rename others to them.
        options.inhibitsPolicyMapping = true
        options.purposes = extendedKeyUsage
        return options
    }
}

/// One policy, or all below one: `2.16.578.1.26.1.3.2`, `2.16.578.1.29.13.210.1.*`.
public struct PolicyPattern: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as written.
    public let description: String
    private let stem: OID
    private let isOpen: Bool

    /// Parses an object identifier that may end in `.*`, which stands for one arc or more; nil for anything else.
    public init?(parsing text: String) {
        isOpen = text.hasSuffix(".*")
        guard let stem = OID(parsing: isOpen ? String(text.dropLast(2)) : text) else { return nil }
        self.stem = stem
        description = text
    }

    /// Whether the policy is the one named, or lies below it.
    public func matches(_ policy: OID) -> Bool {
        isOpen ? policy.dotted.hasPrefix(stem.dotted + ".") : policy == stem
    }
}

extension CertificateProfile {
    /// What the profile finds wrong with a certificate whose path is proven, besides organisation and policy.
    func rejections(of certificate: Certificate) -> [CertificateRejection] {
        [keyUsageRejection(certificate), criticalExtensionRejection(certificate), keyRejection(certificate)]
            .compactMap(\.self)
    }

    /// Only a certificate with `digitalSignature` may authenticate; the one with `nonRepudiation` is for documents.
    func keyUsageRejection(_ certificate: Certificate) -> CertificateRejection? {
        let usage = certificate.keyUsage ?? []
        guard !usage.isSuperset(of: keyUsage), usage.isDisjoint(with: alternativeKeyUsage) else { return nil }
        return .keyUsage(usage.names)
    }

    /// Whether libcrypto understands an extension is not the question: the SEID profile does not have it.
    func criticalExtensionRejection(_ certificate: Certificate) -> CertificateRejection? {
        let unknown = certificate.criticalExtensions.filter { !criticalExtensions.contains($0) }
        return unknown.isEmpty ? nil : .criticalExtension(unknown.map(\.dotted))
    }

    /// The strength of the key.
    func keyRejection(_ certificate: Certificate) -> CertificateRejection? {
        do throws(CryptoError) {
            let key = try certificate.publicKey()
            switch key.kind {
            case .rsa(let bits):
                guard bits >= minimumRSABits, bits <= maximumRSABits else {
                    return .weakKey(
                        "an RSA modulus of \(bits) bits; from \(minimumRSABits) to \(maximumRSABits) are accepted"
                    )
                }
            case .ec(let curve):
                guard curves.contains(curve) else { return .weakKey("a key on \(key.kind), which is not accepted") }
            case .ed25519: return .weakKey("an Ed25519 key, which is not accepted")
            }
            return key.weakness.map { .weakKey($0.description) }
        } catch {
            return .weakKey(error.description)
        }
    }
}
