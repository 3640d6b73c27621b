extension Migration {
    /// Systems, system users and their requests, client delegations, consents.
    static let systemUsersAndConsents = Migration(
        number: 8,
        name: "system users and consents",
        sql: """
            -- Texts by language, rights, packages and addresses are JSON as the API has it.
            CREATE TABLE system (
                id TEXT PRIMARY KEY NOT NULL,
                vendor INTEGER NOT NULL,
                name TEXT NOT NULL,
                description TEXT NOT NULL,
                rights TEXT NOT NULL,
                packages TEXT NOT NULL,
                redirect_urls TEXT NOT NULL,
                visible INTEGER NOT NULL CHECK (visible IN (0, 1)),
                deleted INTEGER NOT NULL CHECK (deleted IN (0, 1)),
                created INTEGER NOT NULL,
                last_updated INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX system_vendor ON system (vendor);

            -- The clients of living systems: a client stands here once.
            CREATE TABLE system_client (
                client TEXT PRIMARY KEY NOT NULL,
                system TEXT NOT NULL REFERENCES system (id),
                position INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX system_client_system ON system_client (system);

            CREATE TABLE system_change (
                id INTEGER PRIMARY KEY NOT NULL,
                system TEXT NOT NULL REFERENCES system (id),
                time INTEGER NOT NULL,
                kind TEXT NOT NULL,
                actor TEXT NOT NULL,
                changes TEXT NOT NULL
            ) STRICT;
            CREATE INDEX system_change_system ON system_change (system, id);

            CREATE TABLE system_user_request (
                id TEXT PRIMARY KEY NOT NULL,
                kind TEXT NOT NULL CHECK (kind IN ('standard', 'agent')),
                system TEXT NOT NULL REFERENCES system (id),
                customer INTEGER NOT NULL,
                external_ref TEXT NOT NULL,
                title TEXT,
                rights TEXT NOT NULL,
                packages TEXT NOT NULL,
                redirect_url TEXT,
                created INTEGER NOT NULL,
                escalated INTEGER NOT NULL CHECK (escalated IN (0, 1)),
                answer TEXT NOT NULL,
                answered INTEGER
            ) STRICT, WITHOUT ROWID;
            CREATE UNIQUE INDEX system_user_request_triple ON system_user_request (system, customer, external_ref);
            CREATE INDEX system_user_request_customer ON system_user_request (customer);

            -- `basis` is the pseudonym of the person who approved; null for an act of the operator.
            CREATE TABLE system_user (
                id TEXT PRIMARY KEY NOT NULL,
                kind TEXT NOT NULL CHECK (kind IN ('standard', 'agent')),
                system TEXT NOT NULL REFERENCES system (id),
                owner INTEGER NOT NULL,
                external_ref TEXT NOT NULL,
                title TEXT NOT NULL,
                rights TEXT NOT NULL,
                packages TEXT NOT NULL,
                basis BLOB,
                created INTEGER NOT NULL,
                deleted INTEGER
            ) STRICT, WITHOUT ROWID;
            CREATE UNIQUE INDEX system_user_triple ON system_user (system, owner, external_ref) WHERE deleted IS NULL;
            CREATE INDEX system_user_owner ON system_user (owner) WHERE deleted IS NULL;

            CREATE TABLE system_user_change (
                id TEXT PRIMARY KEY NOT NULL,
                system_user TEXT NOT NULL REFERENCES system_user (id),
                required_rights TEXT NOT NULL,
                unwanted_rights TEXT NOT NULL,
                required_packages TEXT NOT NULL,
                unwanted_packages TEXT NOT NULL,
                redirect_url TEXT,
                created INTEGER NOT NULL,
                answer TEXT NOT NULL,
                answered INTEGER
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX system_user_change_user ON system_user_change (system_user);

            CREATE TABLE client_delegation (
                id TEXT PRIMARY KEY NOT NULL,
                agent TEXT NOT NULL REFERENCES system_user (id),
                client INTEGER NOT NULL,
                packages TEXT NOT NULL,
                basis BLOB,
                created INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            CREATE UNIQUE INDEX client_delegation_pair ON client_delegation (agent, client);
            CREATE INDEX client_delegation_client ON client_delegation (client);

            -- Who was asked is an organisation or the pseudonym of a person. `basis` is set once consent was given: the
            -- pseudonym of who gave it, empty for the operator's act.
            CREATE TABLE consent (
                id TEXT PRIMARY KEY NOT NULL,
                from_organisation INTEGER,
                from_person BLOB,
                recipient INTEGER NOT NULL,
                required_delegator BLOB,
                handled_by INTEGER,
                valid_to INTEGER NOT NULL,
                rights TEXT NOT NULL,
                message TEXT NOT NULL,
                redirect_url TEXT NOT NULL,
                view_mode TEXT NOT NULL,
                template TEXT NOT NULL,
                one_time INTEGER NOT NULL CHECK (one_time IN (0, 1)),
                created INTEGER NOT NULL,
                answer TEXT NOT NULL,
                consented INTEGER,
                basis BLOB,
                used INTEGER,
                CHECK ((from_organisation IS NULL) <> (from_person IS NULL))
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX consent_recipient ON consent (recipient);
            CREATE INDEX consent_handled_by ON consent (handled_by) WHERE handled_by IS NOT NULL;
            CREATE INDEX consent_from_organisation ON consent (from_organisation) WHERE from_organisation IS NOT NULL;
            CREATE INDEX consent_from_person ON consent (from_person) WHERE from_person IS NOT NULL;

            CREATE TABLE consent_event (
                id INTEGER PRIMARY KEY NOT NULL,
                consent TEXT NOT NULL REFERENCES consent (id),
                kind TEXT NOT NULL,
                time INTEGER NOT NULL,
                by_organisation INTEGER,
                by_person BLOB
            ) STRICT;
            CREATE INDEX consent_event_consent ON consent_event (consent, id);
            """
    )
}
