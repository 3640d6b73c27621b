public import LibCrypto
public import Vocabulary

/// Decides whether a chain of certificates proves an organisation: path, revocation, SEID profile, organisation number.
public final class EnterpriseCertificateValidator: Sendable {
    /// More certificates than this are not looked at: parsing and path building cost the verifier.
    public static let maximumChainLength = 10

    /// How many accepted chains are remembered.
    public static let maximumCachedChains = 10_000

    /// How revocation is looked at.
    public let revocation: RevocationMode

    private let trust: any TrustSource
    private let evidence: any RevocationEvidence
    private let watch: RevocationWatch?
    private let accepted = AcceptanceCache(capacity: maximumCachedChains)

    /// A validator.
    ///
    /// - Parameters:
    ///   - trust: anchors and profile; may change while it is used.
    ///   - revocation: how revocation is looked at.
    /// - Throws: `RevocationUnavailable` for `require`, which needs somebody who asks.
    public convenience init(trust: any TrustSource, revocation: RevocationMode) throws(RevocationUnavailable) {
        try self.init(trust: trust, revocation: revocation, watch: nil)
    }

    /// A validator.
    ///
    /// - Parameters:
    ///   - trust: anchors and profile; may change while it is used.
    ///   - revocation: how revocation is looked at.
    ///   - watch: who asks responders; several validators may share one.
    /// - Throws: `RevocationUnavailable` for `require` without a watch.
    package init(
        trust: any TrustSource,
        revocation: RevocationMode,
        watch: RevocationWatch?
    ) throws(RevocationUnavailable) {
        self.trust = trust
        self.revocation = revocation
        self.watch = watch
        switch revocation {
        case .off: evidence = NoRevocationEvidence()
        case .crlFiles: evidence = RevocationListFiles()
        case .require:
            guard let watch else { throw RevocationUnavailable(mode: revocation) }
            evidence = WatchedRevocation(watch: watch)
        }
    }

    /// Validates a chain.
    ///
    /// - Parameters:
    ///   - chain: DER, the enterprise certificate first; issuers may follow in any order or be left out, as `x5c` of
    ///     RFC 7515 §4.1.6 is sent both ways.
    ///   - now: the time at which everything must hold.
    /// - Returns: the proven certificate.
    /// - Throws: the one cause that the caller should mend first.
    public func validate(
        _ chain: [[UInt8]],
        at now: Timestamp
    ) throws(CertificateRejection) -> EnterpriseCertificate {
        guard !chain.isEmpty else { throw .malformed("the chain is empty") }
        guard chain.count <= Self.maximumChainLength else {
            throw .malformed("the chain has \(chain.count) certificates; \(Self.maximumChainLength) at most are read")
        }
        // One snapshot for the whole decision.
        let trust = trust.current
        let revision = "\(trust.revision) \(evidence.revision(beside: trust))"
        let key = Self.digest(of: chain)
        if let known = accepted.certificate(for: key, revision: revision, at: now) { return known }
        let entry = try decide(chain, under: trust, at: now)
        accepted.insert(entry, for: key, revision: revision)
        return entry.certificate
    }

    /// The certificate of a chain that was accepted before and still is; nil when the chain must be looked at.
    public func remembered(_ chain: [[UInt8]], at now: Timestamp) -> EnterpriseCertificate? {
        let trust = trust.current
        return accepted.certificate(
            for: Self.digest(of: chain),
            revision: "\(trust.revision) \(evidence.revision(beside: trust))",
            at: now
        )
    }

    /// The key of the first certificate, about which nothing is proven; nil for what cannot be read, for what is no end
    /// entity's, and for a weak key, whose use might cost the verifier dearly.
    public static func unprovenKey(of chain: [[UInt8]]) -> PublicKey? {
        guard let first = chain.first, let leaf = try? Certificate(der: first), !leaf.isSelfIssued,
            !leaf.isCertificationAuthority, let key = try? leaf.publicKey(), key.weakness == nil
        else { return nil }
        return key
    }

    /// Has responders and lists asked about a chain of which ``validate(_:at:)`` said that nobody has been asked yet, and
    /// waits a few seconds for them; returns at once for a chain that proves nothing.
    package func settle(_ chain: [[UInt8]], at now: Timestamp) async {
        guard let watch, !chain.isEmpty, chain.count <= Self.maximumChainLength else { return }
        let trust = trust.current
        guard let (leaf, others) = try? ChainReading.certificates(chain),
            let path = try? trust.paths.validate(
                leaf,
                with: others,
                at: now,
                policies: trust.profile.accepted(of: leaf)
            )
        else { return }
        await watch.settle(RevocationQuestion.all(in: path))
    }

    /// A chain whose path and profile hold and whose leaf names somebody as it should; none of it is revoked.
    struct ProvenChain<Subject> {
        let leaf: Certificate
        let path: [Certificate]
        let publicKey: PublicKey
        let subject: Subject
        let clearance: RevocationClearance
    }

    /// Proves a chain; `subject` reads whom its leaf names.
    func prove<Subject>(
        _ chain: [[UInt8]],
        under trust: TrustStore,
        at now: Timestamp,
        subject: (Certificate) throws(CertificateRejection) -> Subject
    ) throws(CertificateRejection) -> ProvenChain<Subject> {
        let (leaf, others) = try ChainReading.certificates(chain)
        let policies = trust.profile.accepted(of: leaf)
        let path: [Certificate]
        do throws(PathRejection) {
            path = try trust.paths.validate(leaf, with: others, at: now, policies: policies)
        } catch {
            let rejection = CertificateRejection(error, of: leaf)
            // libcrypto says only that the key is weak, the profile how weak.
            if case .weakKey = rejection, let exact = trust.profile.keyRejection(leaf) { throw exact }
            throw rejection
        }
        guard !policies.isEmpty else { throw .policy(leaf.policies.map(\.dotted)) }
        if let rejection = trust.profile.rejections(of: leaf).first { throw rejection }
        let named = try subject(leaf)
        let key: PublicKey
        do throws(CryptoError) {
            key = try leaf.publicKey()
        } catch {
            throw .weakKey(error.description)
        }
        // Last, for it alone may have to wait for others.
        let clearance = try evidence.check(path, beside: trust, at: now)
        return ProvenChain(leaf: leaf, path: path, publicKey: key, subject: named, clearance: clearance)
    }

    private func decide(
        _ chain: [[UInt8]],
        under trust: TrustStore,
        at now: Timestamp
    ) throws(CertificateRejection) -> AcceptanceCache.Entry {
        let proven = try prove(chain, under: trust, at: now) { leaf throws(CertificateRejection) in
            do throws(CertificateRejection.OrganisationFault) {
                return try OrganisationInSubject.read(leaf, profile: trust.profile)
            } catch {
                throw .organisationNumber(error)
            }
        }
        let (leaf, path, clearance) = (proven.leaf, proven.path, proven.clearance)
        let ends = path.map(\.notAfter) + (clearance.until.map { [$0] } ?? [])
        return AcceptanceCache.Entry(
            certificate: EnterpriseCertificate(
                leaf,
                publicKey: proven.publicKey,
                organisation: proven.subject,
                revocationMode: revocation,
                isUnderGrace: clearance.isGrace
            ),
            from: path.map(\.notBefore).max() ?? leaf.notBefore,
            until: ends.min() ?? leaf.notAfter
        )
    }

    /// The SHA-256 of the chain, with lengths, so that no two chains share one.
    private static func digest(of chain: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(chain.reduce(0) { $0 + $1.count + 8 })
        for certificate in chain {
            withUnsafeBytes(of: UInt64(certificate.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes += certificate
        }
        return HashFunction.sha256.digest(bytes)
    }
}

/// Reads a chain as it was sent and refuses what is no chain of an enterprise certificate, before anything is proven.
enum ChainReading {
    static func certificates(
        _ chain: [[UInt8]]
    ) throws(CertificateRejection) -> (leaf: Certificate, others: [Certificate]) {
        var certificates: [Certificate] = []
        for (index, der) in chain.enumerated() {
            do throws(CertificateError) {
                certificates.append(try Certificate(der: der))
            } catch {
                throw .malformed("certificate \(index + 1) of \(chain.count): \(error)")
            }
        }
        guard let leaf = certificates.first else { throw .malformed("the chain is empty") }
        // By the names alone: to verify the signature would let a stranger choose how much that costs.
        if leaf.isSelfIssued { throw .selfSigned }
        if leaf.isCertificationAuthority { throw .certificationAuthority(subject: leaf.subject.shortName) }
        // RFC 7515 §4.1.6: what follows certifies what stands before, so a second end entity has no place in the chain.
        if let index = certificates.dropFirst().firstIndex(where: { !$0.isCertificationAuthority }) {
            throw .malformed("certificate \(index + 1) of \(chain.count) is no certification authority's")
        }
        return (leaf, Array(certificates.dropFirst()))
    }
}
