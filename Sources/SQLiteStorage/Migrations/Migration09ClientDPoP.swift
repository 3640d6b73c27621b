extension Migration {
    /// Clients whose tokens are always bound to a key by DPoP.
    static let clientDPoP = Migration(
        number: 9,
        name: "clients with DPoP",
        sql: """
            ALTER TABLE client ADD COLUMN dpop_bound INTEGER NOT NULL DEFAULT 0 CHECK (dpop_bound IN (0, 1));
            """
    )
}
