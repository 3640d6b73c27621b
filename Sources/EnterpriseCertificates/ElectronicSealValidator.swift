import LibCrypto
public import Vocabulary

/// Decides whether a chain proves the electronic seal of a European organisation, under anchors and a profile of its own.
///
/// No registered client authenticates from these anchors, and no enterprise certificate of Norway is a seal.
public final class ElectronicSealValidator: Sendable {
    private let trust: any TrustSource
    private let chains: EnterpriseCertificateValidator

    /// A validator.
    ///
    /// - Parameters:
    ///   - trust: the anchors and the profile of seals; may change while it is used.
    ///   - revocation: how revocation is looked at.
    /// - Throws: `RevocationUnavailable` for `require`, which needs somebody who asks.
    public convenience init(trust: any TrustSource, revocation: RevocationMode) throws(RevocationUnavailable) {
        try self.init(trust: trust, revocation: revocation, watch: nil)
    }

    /// A validator.
    ///
    /// - Parameters:
    ///   - trust: the anchors and the profile of seals; may change while it is used.
    ///   - revocation: how revocation is looked at.
    ///   - watch: who asks responders; several validators may share one.
    /// - Throws: `RevocationUnavailable` for `require` without a watch.
    package init(
        trust: any TrustSource,
        revocation: RevocationMode,
        watch: RevocationWatch?
    ) throws(RevocationUnavailable) {
        self.trust = trust
        chains = try EnterpriseCertificateValidator(trust: trust, revocation: revocation, watch: watch)
    }

    /// Whether a chain says that it was issued under one of the anchors: by names alone, and so at no cost of a signature.
    ///
    /// Whoever is nobody's client, and shows no such chain, is told so and nothing else.
    public func recognises(_ chain: [[UInt8]]) -> Bool {
        guard chain.count <= EnterpriseCertificateValidator.maximumChainLength else { return false }
        let trust = trust.current
        let known = Set((trust.anchors + trust.intermediates).map(\.subject))
        return chain.contains { der in (try? Certificate(der: der)).map { known.contains($0.issuer) } ?? false }
    }

    /// Validates a chain.
    ///
    /// Nothing is remembered of it: seals are few, and each is looked at in full.
    ///
    /// - Parameters:
    ///   - chain: DER, the seal's certificate first; issuers may follow in any order or be left out.
    ///   - now: the time at which everything must hold.
    /// - Returns: the proven seal.
    /// - Throws: the one cause that the caller should mend first.
    public func validate(_ chain: [[UInt8]], at now: Timestamp) throws(CertificateRejection) -> ElectronicSeal {
        guard !chain.isEmpty else { throw .malformed("the chain is empty") }
        guard chain.count <= EnterpriseCertificateValidator.maximumChainLength else {
            throw .malformed("the chain has \(chain.count) certificates, which is more than are read")
        }
        let proven = try chains.prove(chain, under: trust.current, at: now) { leaf throws(CertificateRejection) in
            do throws(CertificateRejection.SubjectFault) {
                return try LegalPerson.read(leaf.subject)
            } catch {
                throw .subject(error)
            }
        }
        let statements: QualifiedStatements?
        do throws(CertificateError) { statements = try proven.leaf.qualifiedStatements() } catch {
            throw .malformed("\(error)")
        }
        return ElectronicSeal(
            proven.leaf,
            publicKey: proven.publicKey,
            legalPerson: proven.subject,
            isQualified: statements?.isQualifiedSeal ?? false,
            revocationBasis: proven.clearance.isGrace ? "grace" : chains.revocation.name
        )
    }

    /// Has responders and lists asked about a chain of which nobody has been asked yet, and waits a few seconds for them.
    package func settle(_ chain: [[UInt8]], at now: Timestamp) async { await chains.settle(chain, at: now) }
}
