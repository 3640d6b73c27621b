import HTTPServer

extension ServerConfiguration {
    /// What a server of this configuration tells of itself.
    var metadata: ServerMetadata {
        ServerMetadata(
            issuer: issuer,
            maximumAssertionLifetime: maximumAssertionLifetime,
            defaultTokenLifetime: defaultTokenLifetime,
            takesClientCertificates: clientCertificates != .off
        )
    }
}
