extension SchemaStep {
    /// The console, sums of use, and what wants attention.
    static let operation = """
        CREATE TABLE console_link (
            hash bytea PRIMARY KEY,
            organisation bigint,
            made_by text COLLATE "C" NOT NULL,
            ends bigint NOT NULL
        );

        CREATE TABLE console_session (
            hash bytea PRIMARY KEY,
            organisation bigint,
            made_by text COLLATE "C" NOT NULL,
            began bigint NOT NULL,
            used bigint NOT NULL
        );

        CREATE TABLE usage_hour (
            organisation bigint NOT NULL,
            hour bigint NOT NULL,
            code text COLLATE "C" NOT NULL,
            count bigint NOT NULL,
            PRIMARY KEY (organisation, hour, code)
        );

        CREATE TABLE usage_access (
            scope text COLLATE "C" NOT NULL,
            consumer bigint NOT NULL,
            supplier bigint NOT NULL,
            last bigint NOT NULL,
            PRIMARY KEY (scope, consumer, supplier)
        );
        CREATE INDEX usage_access_supplier ON usage_access (supplier) WHERE supplier <> 0;

        CREATE TABLE usage_day (
            scope text COLLATE "C" NOT NULL,
            consumer bigint NOT NULL,
            day bigint NOT NULL,
            count bigint NOT NULL,
            PRIMARY KEY (scope, consumer, day)
        );
        CREATE INDEX usage_day_day ON usage_day (day);

        CREATE TABLE usage_client (
            client text COLLATE "C" PRIMARY KEY,
            issued bigint,
            refused bigint,
            refusal bigint
        );

        CREATE TABLE usage_key (
            client text COLLATE "C" NOT NULL,
            kid text COLLATE "C" NOT NULL,
            last bigint NOT NULL,
            PRIMARY KEY (client, kid)
        );

        CREATE TABLE usage_refusal (
            scope text COLLATE "C" NOT NULL,
            consumer bigint NOT NULL,
            client text COLLATE "C" NOT NULL,
            code text COLLATE "C" NOT NULL,
            reason text COLLATE "C" NOT NULL,
            count bigint NOT NULL,
            last bigint NOT NULL,
            PRIMARY KEY (scope, consumer, client, code, reason)
        );

        CREATE TABLE attention_item (
            id text COLLATE "C" PRIMARY KEY,
            body text COLLATE "C" NOT NULL,
            appeared bigint NOT NULL,
            updated bigint NOT NULL,
            resolved bigint
        );

        CREATE TABLE webhook_target (
            name text COLLATE "C" PRIMARY KEY,
            url text COLLATE "C" NOT NULL,
            seed bytea NOT NULL,
            former_seed bytea,
            former_until bigint,
            created bigint NOT NULL
        );

        CREATE TABLE webhook_delivery (
            id text COLLATE "C" PRIMARY KEY,
            target text COLLATE "C" NOT NULL,
            payload text COLLATE "C" NOT NULL,
            created bigint NOT NULL,
            state text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'delivered', 'given_up')),
            attempts bigint NOT NULL DEFAULT 0,
            due bigint NOT NULL,
            finished bigint,
            status bigint,
            fault text COLLATE "C"
        );
        CREATE INDEX webhook_delivery_due ON webhook_delivery (due) WHERE state = 'pending';
        CREATE INDEX webhook_delivery_target ON webhook_delivery (target, state, finished);
        """
}
