extension Migration {
    /// Clients whose tokens are always bound to a client certificate.
    static let clientCertificates = Migration(
        number: 12,
        name: "clients with certificate-bound tokens",
        sql: """
            ALTER TABLE client ADD COLUMN certificate_bound INTEGER NOT NULL DEFAULT 0
                CHECK (certificate_bound IN (0, 1));
            """
    )
}
