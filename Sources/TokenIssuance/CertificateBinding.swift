import Clients
import Scopes
import Vocabulary

extension IssuancePolicy {
    /// Whoever demands tokens bound to a client certificate gets no others (RFC 8705 §3, §3.4).
    ///
    /// A certificate that came with the request always binds; the flags of scope and client say that one must come.
    ///
    /// - Throws: `.clientCertificateRequired`.
    func checkClientCertificate(
        _ confirmation: Confirmation?,
        for scopes: [Scope],
        client: Client?
    ) throws(Refusal) {
        guard confirmation?.certificateThumbprint == nil else { return }
        if let scope = scopes.first(where: \.requiresClientCertificate) {
            throw .clientCertificateRequired(by: scope.name)
        }
        if client?.requiresClientCertificate == true { throw .clientCertificateRequired(by: nil) }
    }
}
