extension Migration {
    /// Roles: the register's, those given inside the delegation module, and what is known of persons.
    static let roles = Migration(
        number: 5,
        name: "roles",
        sql: """
            -- One row for each version of what the register says of a unit's roles, under generations as in `organisation`.
            -- `roles` lists them one after another: a byte with the length of the code, the code in UTF-8, a byte for the
            -- kind of holder (0 organisation, 1 person with a number, 2 person of open data), and the holder: the
            -- organisation number in four bytes, most significant first, or the 32 bytes of the pseudonym. Empty: none any
            -- more.
            CREATE TABLE role_set (
                id INTEGER PRIMARY KEY,                                     -- number * 2^32 + generation
                roles BLOB NOT NULL
            ) STRICT;

            -- Which units may have assigned a role to whom; a hint that is never short of one and is compared with
            -- `role_set`. `holder` is the organisation number, or 2^52 and the first 52 bits of the pseudonym.
            CREATE TABLE role_holder (
                holder INTEGER NOT NULL,
                unit INTEGER NOT NULL,
                PRIMARY KEY (holder, unit)
            ) STRICT, WITHOUT ROWID;

            CREATE TABLE role_register (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                generation INTEGER NOT NULL,
                unswept INTEGER NOT NULL DEFAULT 0
            ) STRICT;
            INSERT INTO role_register (id, generation) VALUES (1, 0);

            -- Roles given inside the module. `holder` is four or 32 bytes, as in `role_set`.
            CREATE TABLE role_given (
                organisation INTEGER NOT NULL,
                role TEXT NOT NULL,
                holder BLOB NOT NULL CHECK (length(holder) IN (4, 32)),
                PRIMARY KEY (organisation, role, holder)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX role_given_holder ON role_given (holder);

            -- Persons who were met without a role, and pseudonyms of open data that stand for a person with a number.
            CREATE TABLE person (
                pseudonym BLOB PRIMARY KEY NOT NULL CHECK (length(pseudonym) = 32),
                party INTEGER NOT NULL,
                stands_for BLOB CHECK (stands_for IS NULL OR length(stands_for) = 32)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX person_party ON person (party);
            CREATE INDEX person_stands_for ON person (stands_for) WHERE stands_for IS NOT NULL;
            """
    )
}
