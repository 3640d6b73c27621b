extension Migration {
    /// Prefixes, scopes and grants of access.
    static let scopes = Migration(
        number: 3,
        name: "scopes",
        sql: """
            CREATE TABLE scope_prefix (
                prefix TEXT PRIMARY KEY NOT NULL,
                owner INTEGER NOT NULL,
                created INTEGER NOT NULL,
                last_updated INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            -- `fields` holds what differs from the defaults, as a JSON object with the names of the self-service API.
            CREATE TABLE scope (
                name TEXT PRIMARY KEY NOT NULL,
                prefix TEXT NOT NULL REFERENCES scope_prefix (prefix),
                owner INTEGER NOT NULL,
                active INTEGER NOT NULL CHECK (active IN (0, 1)),
                fields TEXT NOT NULL,
                created INTEGER NOT NULL,
                last_updated INTEGER NOT NULL,
                origin TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX scope_owner ON scope (owner);

            CREATE TABLE scope_access (
                scope TEXT NOT NULL REFERENCES scope (name),
                consumer INTEGER NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('REQUESTED', 'APPROVED', 'DENIED')),
                valid_from INTEGER,
                valid_until INTEGER,
                reason TEXT,
                legal_basis TEXT,
                purpose TEXT,
                accepted_terms TEXT,
                created INTEGER NOT NULL,
                last_updated INTEGER NOT NULL,
                origin TEXT NOT NULL,
                PRIMARY KEY (scope, consumer)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX scope_access_consumer ON scope_access (consumer);
            CREATE INDEX scope_access_end ON scope_access (valid_until) WHERE valid_until IS NOT NULL;
            """
    )
}
