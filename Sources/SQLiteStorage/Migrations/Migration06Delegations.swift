extension Migration {
    /// The resource registry, delegations of scopes, suppliers, and the on-behalf-of entries of clients.
    static let delegations = Migration(
        number: 6,
        name: "resources and delegations",
        sql: """
            -- `policy` is the XACML document as it was uploaded; `deleted` a time. The versions stay for ever.
            CREATE TABLE resource (
                identifier TEXT PRIMARY KEY NOT NULL,
                type TEXT NOT NULL,
                owner INTEGER,
                version INTEGER NOT NULL,
                policy BLOB,
                policy_updated INTEGER,
                deleted INTEGER
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX resource_owner ON resource (owner);

            -- `record` is the JSON object of the resource registry's API.
            CREATE TABLE resource_version (
                identifier TEXT NOT NULL REFERENCES resource (identifier),
                version INTEGER NOT NULL,
                record TEXT NOT NULL,
                stored INTEGER NOT NULL,
                PRIMARY KEY (identifier, version)
            ) STRICT, WITHOUT ROWID;

            -- The scopes of the newest version of each resource that was not deleted.
            CREATE TABLE resource_scope (
                scope TEXT NOT NULL,
                identifier TEXT NOT NULL REFERENCES resource (identifier),
                PRIMARY KEY (scope, identifier)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX resource_scope_identifier ON resource_scope (identifier);

            -- `resource` may be one that a scope has of its own, of which no row is stored. `basis` is the pseudonym of the
            -- person whose right was checked; null for an act of the operator.
            CREATE TABLE scope_delegation (
                id BLOB NOT NULL UNIQUE,
                consumer INTEGER NOT NULL,
                supplier INTEGER NOT NULL,
                resource TEXT NOT NULL,
                since INTEGER NOT NULL,
                until INTEGER,
                basis BLOB,
                revoked INTEGER,
                last_used INTEGER
            ) STRICT;
            CREATE UNIQUE INDEX scope_delegation_live ON scope_delegation (consumer, supplier, resource)
                WHERE revoked IS NULL;
            CREATE INDEX scope_delegation_supplier ON scope_delegation (supplier, consumer) WHERE revoked IS NULL;
            CREATE INDEX scope_delegation_resource ON scope_delegation (resource) WHERE revoked IS NULL;

            CREATE TABLE supplier_relation (
                consumer INTEGER NOT NULL,
                supplier INTEGER NOT NULL,
                since INTEGER NOT NULL,
                basis BLOB,
                PRIMARY KEY (consumer, supplier)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX supplier_relation_supplier ON supplier_relation (supplier);

            CREATE TABLE client_on_behalf_of (
                client TEXT NOT NULL REFERENCES client (id),
                value TEXT NOT NULL,
                consumer INTEGER NOT NULL,
                name TEXT NOT NULL,
                description TEXT,
                uri TEXT,
                created INTEGER NOT NULL,
                last_updated INTEGER NOT NULL,
                PRIMARY KEY (client, value)
            ) STRICT, WITHOUT ROWID;
            """
    )
}
