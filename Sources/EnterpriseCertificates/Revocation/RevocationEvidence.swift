import LibCrypto
import Vocabulary

/// What tells whether the certificates of a proven path are revoked.
protocol RevocationEvidence: Sendable {
    /// Names the evidence at hand: whenever it changes, acceptances made on the older one end.
    func revision(beside trust: TrustStore) -> String

    /// Judges a proven path, leaf first, anchor last.
    ///
    /// - Returns: how long the same evidence would say so.
    func check(
        _ path: [Certificate],
        beside trust: TrustStore,
        at now: Timestamp
    ) throws(CertificateRejection) -> RevocationClearance
}

/// That no certificate of a path is revoked.
struct RevocationClearance: Sendable, Hashable {
    /// The last second at which the same evidence would still say so; nil when it does not age.
    var until: Timestamp?
    /// Whether an answer was used whose own end is past.
    var isGrace = false
}

/// Revocation `off`.
struct NoRevocationEvidence: RevocationEvidence {
    func revision(beside trust: TrustStore) -> String { "off" }

    func check(_ path: [Certificate], beside trust: TrustStore, at now: Timestamp) -> RevocationClearance {
        RevocationClearance()
    }
}

/// The revocation lists that lie as files beside the anchors.
struct RevocationListFiles: RevocationEvidence {
    // The lists are part of the trust folder's contents, and so of its revision.
    func revision(beside trust: TrustStore) -> String { "crl_files" }

    func check(
        _ path: [Certificate],
        beside trust: TrustStore,
        at now: Timestamp
    ) throws(CertificateRejection) -> RevocationClearance {
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
        let end = trust.revocationLists.compactMap(\.nextUpdate).filter { now < $0 }.min()
        return RevocationClearance(until: end.map { $0 - 1 })
    }
}

/// Revocation `require`: what responders and lists of the network have said.
struct WatchedRevocation: RevocationEvidence {
    let watch: RevocationWatch

    func revision(beside trust: TrustStore) -> String { String(watch.revision) }

    func check(
        _ path: [Certificate],
        beside trust: TrustStore,
        at now: Timestamp
    ) throws(CertificateRejection) -> RevocationClearance {
        guard path.count > 1 else { throw .revocationUnknown("there is no path to look at") }
        var clearance = RevocationClearance(until: now + watch.rules.acceptanceLife)
        var doubt: RevocationDoubt?
        for question in RevocationQuestion.all(in: path) {
            guard question.namesSource else {
                doubt = doubt ?? "the certificate of `\(question.subject)` names neither responder nor revocation list"
                continue
            }
            switch watch.standing(of: question, at: now) {
            case .revoked: throw .revoked(subject: question.subject)
            case .unknown(let found):
                // One that may be known in a moment is worth waiting for only when nothing else is missing for good.
                guard doubt == nil || (doubt?.isPending == true && !found.isPending) else { continue }
                doubt = RevocationDoubt(
                    "\(found.cause), for the certificate of `\(question.subject)`",
                    evidenceAge: found.evidenceAge,
                    isPending: found.isPending
                )
            case .good(let until, let age, let isGrace):
                clearance.until = min(clearance.until ?? until, until)
                guard isGrace else { continue }
                clearance.isGrace = true
                watch.report(.graceServed(subject: question.subject, age: age))
            }
        }
        if let doubt { throw .revocationUnknown(doubt) }
        if clearance.isGrace {
            clearance.until = min(clearance.until ?? now, now + watch.rules.graceAcceptanceLife)
        }
        return clearance
    }
}
