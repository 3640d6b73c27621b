extension Migration {
    /// The console's links and sessions, what the ledger says of use in sums, and how grants of access were before.
    static let consoleAndUsage = Migration(
        number: 16,
        name: "console and usage",
        sql: """
            -- `hash` is the SHA-256 of 256 random bits; `organisation` null: the operator's view.
            CREATE TABLE console_link (
                hash BLOB PRIMARY KEY NOT NULL,
                organisation INTEGER,
                made_by TEXT NOT NULL,
                ends INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE console_session (
                hash BLOB PRIMARY KEY NOT NULL,
                organisation INTEGER,
                made_by TEXT NOT NULL,
                began INTEGER NOT NULL,
                used INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            -- What the ledger says of tokens and refusals, summed up to the entry `sequence`; whoever asks adds the entries
            -- after it. May be emptied at any time: it is then made anew.
            CREATE TABLE usage_state (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                sequence INTEGER NOT NULL
            ) STRICT;
            INSERT INTO usage_state (id, sequence) VALUES (1, 0);

            -- `organisation` 0: all of them; else one that was consumer, supplier or owner of a scope. `code` '': issued.
            CREATE TABLE usage_hour (
                organisation INTEGER NOT NULL,
                hour INTEGER NOT NULL,                                      -- seconds since 1970 / 3,600
                code TEXT NOT NULL,
                count INTEGER NOT NULL,
                PRIMARY KEY (organisation, hour, code)
            ) STRICT, WITHOUT ROWID;

            -- The last token by scope, consumer and supplier (0: none).
            CREATE TABLE usage_access (
                scope TEXT NOT NULL,
                consumer INTEGER NOT NULL,
                supplier INTEGER NOT NULL,
                last INTEGER NOT NULL,
                PRIMARY KEY (scope, consumer, supplier)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX usage_access_supplier ON usage_access (supplier) WHERE supplier <> 0;

            CREATE TABLE usage_day (
                scope TEXT NOT NULL,
                consumer INTEGER NOT NULL,
                day INTEGER NOT NULL,                                       -- seconds since 1970 / 86,400
                count INTEGER NOT NULL,
                PRIMARY KEY (scope, consumer, day)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX usage_day_day ON usage_day (day);

            -- `issued` and `refused` are times; `refusal` is the entry of the last refusal.
            CREATE TABLE usage_client (
                client TEXT PRIMARY KEY NOT NULL,
                issued INTEGER,
                refused INTEGER,
                refusal INTEGER
            ) STRICT, WITHOUT ROWID;

            -- The last token that was asked for with a registered key.
            CREATE TABLE usage_key (
                client TEXT NOT NULL,
                kid TEXT NOT NULL,
                last INTEGER NOT NULL,
                PRIMARY KEY (client, kid)
            ) STRICT, WITHOUT ROWID;

            -- Who asked for a scope and did not get it; `consumer` 0: not known.
            CREATE TABLE usage_refusal (
                scope TEXT NOT NULL,
                consumer INTEGER NOT NULL,
                client TEXT NOT NULL,
                code TEXT NOT NULL,
                reason TEXT NOT NULL,
                count INTEGER NOT NULL,
                last INTEGER NOT NULL,
                PRIMARY KEY (scope, consumer, client, code, reason)
            ) STRICT, WITHOUT ROWID;

            -- A grant of access as it was from `since` until `replaced`, whenever one is changed; what is in force stands in
            -- `scope_access` alone.
            CREATE TABLE scope_access_before (
                id INTEGER PRIMARY KEY,
                scope TEXT NOT NULL,
                consumer INTEGER NOT NULL,
                state TEXT NOT NULL,
                valid_from INTEGER,
                valid_until INTEGER,
                reason TEXT,
                legal_basis TEXT,
                purpose TEXT,
                accepted_terms TEXT,
                created INTEGER NOT NULL,
                since INTEGER NOT NULL,
                replaced INTEGER NOT NULL,
                origin TEXT NOT NULL
            ) STRICT;
            CREATE INDEX scope_access_before_replaced ON scope_access_before (replaced);
            CREATE TRIGGER scope_access_changed AFTER UPDATE ON scope_access
            WHEN OLD.last_updated < NEW.last_updated
            BEGIN
                INSERT INTO scope_access_before (scope, consumer, state, valid_from, valid_until, reason, legal_basis,
                    purpose, accepted_terms, created, since, replaced, origin)
                VALUES (OLD.scope, OLD.consumer, OLD.state, OLD.valid_from, OLD.valid_until, OLD.reason, OLD.legal_basis,
                    OLD.purpose, OLD.accepted_terms, OLD.created, OLD.last_updated, NEW.last_updated, OLD.origin);
            END;

            -- Acts among millions of tokens: whoever looks for acts alone passes the rest over.
            CREATE INDEX ledger_act ON ledger (sequence)
                WHERE kind NOT IN ('token_issued', 'token_refused', 'token_refusals_summed');
            """
    )
}
