import LibCrypto
import Vocabulary

/// What tells whether the certificates of a proven path are revoked.
protocol RevocationEvidence: Sendable {
    /// Names the evidence at hand: whenever it changes, acceptances made on the older one end.
    func revision(beside trust: TrustStore) -> String

    /// Judges a proven path, leaf first, anchor last.
    ///
    /// - Returns: the last second at which the same evidence would still say so; nil when it does not age.
    func check(
        _ path: [Certificate],
        beside trust: TrustStore,
        at now: Timestamp
    ) throws(CertificateRejection) -> Timestamp?
}

/// Revocation `off`.
struct NoRevocationEvidence: RevocationEvidence {
    func revision(beside trust: TrustStore) -> String { "off" }

    func check(_ path: [Certificate], beside trust: TrustStore, at now: Timestamp) -> Timestamp? { nil }
}

/// The revocation lists that lie as files beside the anchors.
struct RevocationListFiles: RevocationEvidence {
    // The lists are part of the trust folder's contents, and so of its revision.
    func revision(beside trust: TrustStore) -> String { "crl_files" }

    func check(
        _ path: [Certificate],
        beside trust: TrustStore,
        at now: Timestamp
    ) throws(CertificateRejection) -> Timestamp? {
        guard let leaf = path.first, let anchor = path.last else {
            throw .revocationUnknown("there is no path to look at")
        }
        var options = CertificatePathValidator.Options()
        options.revocation = .allBelowAnchor
        let validator = CertificatePathValidator(
            anchors: [anchor],
            intermediates: Array(path.dropFirst().dropLast()),
            revocationLists: trust.revocationLists,
            options: options
        )
        do throws(PathRejection) {
            _ = try validator.validate(leaf, at: now)
        } catch {
            throw CertificateRejection(error, of: leaf)
        }
        // A list that ends soon may be one that does not matter here; then the path is only looked at once more.
        return trust.revocationLists.compactMap(\.nextUpdate).filter { now < $0 }.min().map { $0 - 1 }
    }
}

extension RevocationMode {
    /// What gives the evidence that this mode demands.
    func evidence() throws(RevocationUnavailable) -> any RevocationEvidence {
        switch self {
        case .off: NoRevocationEvidence()
        case .crlFiles: RevocationListFiles()
        case .require: throw RevocationUnavailable(mode: self)
        }
    }
}
