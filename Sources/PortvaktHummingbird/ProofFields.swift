import HTTPTypes

extension HTTPField.Name {
    /// RFC 9449 §4.1: the proof of a key.
    static let dpop = known("DPoP")
    /// RFC 9449 §8.1: the nonce for the next proof.
    static let dpopNonce = known("DPoP-Nonce")
    /// What a proxy says of the scheme that the client used.
    static let forwardedScheme = known("X-Forwarded-Proto")
    /// What a proxy says of the host that the client asked for.
    static let forwardedHost = known("X-Forwarded-Host")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("`\(name)` is no field name") }
        return name
    }
}
