extension Migration {
    /// What responders and revocation lists have said of enterprise certificates.
    static let revocationEvidence = Migration(
        number: 11,
        name: "revocation evidence",
        sql: """
            -- `chain` is PEM: the certificate in question and the rest of its path, or the path of a list's issuer.
            -- The columns from `status` to `revoked` are null together until there is an answer.
            CREATE TABLE revocation_evidence (
                id BLOB PRIMARY KEY NOT NULL,
                kind TEXT NOT NULL,
                subject TEXT NOT NULL,
                chain TEXT NOT NULL,
                status TEXT,
                source TEXT,
                address TEXT,
                answer BLOB,
                this_update INTEGER,
                until INTEGER,
                fetched INTEGER,
                revoked INTEGER,
                attempted INTEGER,
                failures INTEGER NOT NULL,
                fault TEXT,
                used INTEGER NOT NULL
            ) STRICT;
            """
    )
}
