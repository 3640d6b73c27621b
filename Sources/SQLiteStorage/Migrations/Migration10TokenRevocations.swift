extension Migration {
    /// Tokens that were ended, and the places of tokens in status lists.
    static let tokenRevocations = Migration(
        number: 10,
        name: "token revocations and status lists",
        sql: """
            -- One row for each subject that was ended. `id` only rises, also when a row is replaced or removed: whoever
            -- has seen the highest one has seen every revocation.
            CREATE TABLE token_revocation (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                kind TEXT NOT NULL CHECK (kind IN ('token', 'client', 'consumer', 'scope')),
                subject TEXT NOT NULL,
                issued_until INTEGER NOT NULL,
                freed INTEGER NOT NULL,
                UNIQUE (kind, subject)
            ) STRICT;
            CREATE INDEX token_revocation_freed ON token_revocation (freed);

            -- Only tokens with a scope that has `token_status_list`. `place` is drawn at random and used once: the row
            -- stays until no copy of a list can be in use that tells of this token. `grounds` is what the token rests
            -- on, as JSON; it names no person.
            CREATE TABLE status_entry (
                list INTEGER NOT NULL,
                place INTEGER NOT NULL,
                token TEXT NOT NULL,
                grounds TEXT NOT NULL,
                issued INTEGER NOT NULL,
                expires INTEGER NOT NULL,
                ended INTEGER,
                PRIMARY KEY (list, place)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX status_entry_expires ON status_entry (expires);
            CREATE INDEX status_entry_ended ON status_entry (list, place) WHERE ended IS NOT NULL;
            """
    )
}
