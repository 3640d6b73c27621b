extension Migration {
    /// Incidents, and certificates that prove nobody any more.
    static let incidents = Migration(
        number: 20,
        name: "incidents",
        sql: """
            -- The SHA-256 of the DER in lower-case hexadecimal.
            CREATE TABLE blocked_certificate (
                thumbprint TEXT PRIMARY KEY NOT NULL,
                since INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE incident (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                kind TEXT NOT NULL,
                subject TEXT NOT NULL,
                since INTEGER NOT NULL,
                declared INTEGER NOT NULL
            ) STRICT;
            """
    )
}
