public import Vocabulary

/// Says by revocation lists whether one certificate of a proven path is revoked (RFC 5280 §6.3), by libcrypto.
///
/// Scope, issuing distribution point, indirect and delta lists, the list's signature and the path of its signer are all
/// looked at. Fetching is not: whoever asks brings the lists.
public enum RevocationListJudge {
    /// What the lists say.
    public enum Verdict: Sendable, Hashable {
        /// They cover the certificate and do not name it.
        case good
        /// They name it; at that time, or the list's own.
        case revoked(at: Timestamp)
        /// They do not cover it; says why.
        case unknown(String)
    }

    /// Judges a certificate.
    ///
    /// - Parameters:
    ///   - certificate: the certificate in question.
    ///   - issuers: the rest of its proven path: its issuer first, the anchor last.
    ///   - lists: all lists at hand that may matter, delta lists among them.
    ///   - point: the time at which lists must be fresh.
    /// - Returns: what the lists say.
    public static func verdict(
        on certificate: Certificate,
        issuers: [Certificate],
        lists: [CertificateRevocationList],
        at point: Timestamp
    ) -> Verdict {
        var options = CertificatePathValidator.Options()
        options.revocation = .allBelowAnchor
        let validator = CertificatePathValidator(anchors: issuers, revocationLists: lists, options: options)
        do throws(PathRejection) {
            _ = try validator.validate(certificate, at: point)
            return .good
        } catch {
            let own = error.findings.filter { $0.depth == 0 }
            if own.contains(where: { $0.fault == .revoked }) {
                let times = lists.compactMap { $0.revocationTime(of: certificate.serialNumber) }
                return .revoked(at: times.min() ?? point)
            }
            // What is missing for the issuers is a question of its own; all else would leave this one unanswered.
            if let other = own.first ?? error.findings.first(where: { !$0.fault.concernsRevocation }) {
                return .unknown(other.detail)
            }
            return .good
        }
    }
}
