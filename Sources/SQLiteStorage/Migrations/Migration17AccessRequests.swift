extension Migration {
    /// Requests for access, and agreements with processors.
    static let accessRequests = Migration(
        number: 17,
        name: "access requests",
        sql: """
            -- The newest request of each organisation for each scope.
            CREATE TABLE access_request (
                scope TEXT NOT NULL REFERENCES scope (name),
                consumer INTEGER NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('REQUESTED', 'APPROVED', 'DENIED', 'WITHDRAWN')),
                valid_from INTEGER,
                valid_until INTEGER,
                reason TEXT,
                legal_basis TEXT,
                purpose TEXT,
                accepted_terms TEXT,
                answer TEXT,
                requested INTEGER NOT NULL,
                last_updated INTEGER NOT NULL,
                PRIMARY KEY (scope, consumer)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX access_request_consumer ON access_request (consumer);

            CREATE TABLE processor_agreement (
                scope TEXT NOT NULL REFERENCES scope (name),
                consumer INTEGER NOT NULL,
                supplier INTEGER NOT NULL,
                reference TEXT NOT NULL,
                valid_until INTEGER,
                created INTEGER NOT NULL,
                last_updated INTEGER NOT NULL,
                PRIMARY KEY (scope, consumer, supplier)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX processor_agreement_consumer ON processor_agreement (consumer);
            CREATE INDEX processor_agreement_supplier ON processor_agreement (supplier);
            """
    )
}
