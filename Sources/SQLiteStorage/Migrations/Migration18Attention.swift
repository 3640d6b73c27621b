extension Migration {
    /// What operators must not miss, and the webhooks that tell them.
    static let attention = Migration(
        number: 18,
        name: "attention and webhooks",
        sql: """
            -- What was listed when the server last looked. `body` is the item's JSON object; `resolved` a time, null while it
            -- is listed.
            CREATE TABLE attention_item (
                id TEXT PRIMARY KEY NOT NULL,
                body TEXT NOT NULL,
                appeared INTEGER NOT NULL,
                updated INTEGER NOT NULL,
                resolved INTEGER
            ) STRICT, WITHOUT ROWID;

            -- A target's key is made of its seed and the installation's webhook key, which is a file: neither the database nor
            -- a backup of it is enough to sign. The former seed signs too until `former_until`.
            CREATE TABLE webhook_target (
                name TEXT PRIMARY KEY NOT NULL,
                url TEXT NOT NULL,
                seed BLOB NOT NULL,
                former_seed BLOB,
                former_until INTEGER,
                created INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;

            -- The outbox. `id` is what receivers tell repetitions by, `payload` the body, the same in every attempt.
            CREATE TABLE webhook_delivery (
                id TEXT PRIMARY KEY NOT NULL,
                target TEXT NOT NULL,
                payload TEXT NOT NULL,
                created INTEGER NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'given_up')),
                attempts INTEGER NOT NULL DEFAULT 0,
                due INTEGER NOT NULL,
                finished INTEGER,
                status INTEGER,
                fault TEXT
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX webhook_delivery_due ON webhook_delivery (due) WHERE state = 'pending';
            CREATE INDEX webhook_delivery_target ON webhook_delivery (target, state, finished);
            """
    )
}
