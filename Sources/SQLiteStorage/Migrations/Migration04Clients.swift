extension Migration {
    /// Clients, the scopes put on them and their keys.
    static let clients = Migration(
        number: 4,
        name: "clients",
        sql: """
            CREATE TABLE client (
                id TEXT PRIMARY KEY NOT NULL,
                owner INTEGER NOT NULL,
                supplier INTEGER,
                integration_type TEXT NOT NULL,
                name TEXT NOT NULL,
                description TEXT,
                uri TEXT,
                access_token_lifetime INTEGER,
                active INTEGER NOT NULL CHECK (active IN (0, 1)),
                authentication TEXT NOT NULL CHECK (authentication IN ('certificate', 'registered_key')),
                endpoint_audience INTEGER NOT NULL CHECK (endpoint_audience IN (0, 1)),
                inert_fields TEXT,
                created INTEGER NOT NULL,
                last_updated INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX client_owner ON client (owner, name);

            CREATE TABLE client_scope (
                client TEXT NOT NULL REFERENCES client (id),
                position INTEGER NOT NULL,
                scope TEXT NOT NULL,
                PRIMARY KEY (client, position)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX client_scope_scope ON client_scope (scope);

            -- `public_key` is a SubjectPublicKeyInfo (RFC 5280 4.1.2.7), `certificate` the SHA-256 of the certificate that it
            -- was registered with, `certificate_chain` that one and its issuers in base64, separated by spaces.
            CREATE TABLE client_key (
                client TEXT NOT NULL REFERENCES client (id),
                kid TEXT NOT NULL,
                algorithm TEXT NOT NULL,
                public_key BLOB NOT NULL,
                thumbprint TEXT NOT NULL,
                certificate TEXT,
                certificate_chain TEXT,
                created INTEGER NOT NULL,
                expires INTEGER NOT NULL,
                PRIMARY KEY (client, kid)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX client_key_expires ON client_key (expires);
            """
    )
}
