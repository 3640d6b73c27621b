extension SchemaStep {
    /// The local copy of Enhetsregisteret, and roles.
    static let register = """
        CREATE TABLE organisation_register (
            id bigint PRIMARY KEY CHECK (id = 1),
            generation bigint NOT NULL,
            unswept bigint NOT NULL DEFAULT 0
        );

        CREATE TABLE role_set (
            id bigint PRIMARY KEY,
            roles bytea NOT NULL
        );

        CREATE TABLE role_holder (
            holder bigint NOT NULL,
            unit bigint NOT NULL,
            PRIMARY KEY (holder, unit)
        );

        CREATE TABLE role_register (
            id bigint PRIMARY KEY CHECK (id = 1),
            generation bigint NOT NULL,
            unswept bigint NOT NULL DEFAULT 0
        );

        CREATE TABLE role_given (
            organisation bigint NOT NULL,
            role text COLLATE "C" NOT NULL,
            holder bytea NOT NULL CHECK (length(holder) IN (4, 32)),
            PRIMARY KEY (organisation, role, holder)
        );
        CREATE INDEX role_given_holder ON role_given (holder);

        CREATE TABLE person (
            pseudonym bytea PRIMARY KEY CHECK (length(pseudonym) = 32),
            party bigint NOT NULL,
            stands_for bytea CHECK (stands_for IS NULL OR length(stands_for) = 32)
        );
        CREATE INDEX person_party ON person (party);
        CREATE INDEX person_stands_for ON person (stands_for) WHERE stands_for IS NOT NULL;

        CREATE TABLE organisation (
            id bigint PRIMARY KEY,
            record bytea NOT NULL
        );

        CREATE TABLE organisation_below (
            id bigint PRIMARY KEY
        );

        CREATE TABLE register_feed (
            feed text COLLATE "C" PRIMARY KEY CHECK (feed IN ('main_units', 'sub_units', 'roles')),
            cursor text COLLATE "C",
            imported bigint,
            succeeded bigint,
            failed bigint,
            failure text COLLATE "C",
            failures bigint NOT NULL DEFAULT 0
        );

        CREATE TABLE organisation_name_state (
            id bigint PRIMARY KEY CHECK (id = 1),
            generation bigint NOT NULL,
            building bigint,
            position bigint,
            CHECK ((building IS NULL) = (position IS NULL))
        );

        CREATE TABLE organisation_name_due (
            number bigint PRIMARY KEY
        );

        CREATE TABLE organisation_change (
            number bigint NOT NULL,
            kind bigint NOT NULL CHECK (kind IN (1, 2)),
            generation bigint NOT NULL,
            seen bigint NOT NULL,
            before bigint CHECK ((before IS NULL) = (kind = 1)),
            PRIMARY KEY (number, kind, generation)
        );
        CREATE INDEX organisation_change_before ON organisation_change (before) WHERE before IS NOT NULL;

        INSERT INTO organisation_register (id, generation) VALUES (1, 0);
        INSERT INTO role_register (id, generation) VALUES (1, 0);
        INSERT INTO organisation_name_state (id, generation) VALUES (1, 0);
        INSERT INTO register_feed (feed) VALUES ('main_units'), ('sub_units'), ('roles');
        """
}
