extension Migration {
    /// The local copy of Enhetsregisteret.
    static let organisations = Migration(
        number: 2,
        name: "organisations",
        sql: """
            -- One row for each version of a unit; the newest version that is not beyond the register's generation counts.
            -- An import writes its versions under the next generation, unseen, and then raises the generation in one row.
            -- The key holds number and generation in one, so that a look-up is one walk down the tree and units that are
            -- imported in order are appended. Days are counted from 1970-01-01.
            CREATE TABLE organisation (
                id INTEGER PRIMARY KEY,                                     -- number * 2^32 + generation
                number INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,
                sub_unit INTEGER NOT NULL,
                state INTEGER NOT NULL,                                     -- 0 live, 1 deleted, 2 purged
                deleted_day INTEGER,
                bankrupt INTEGER NOT NULL,
                bankrupt_day INTEGER,
                winding_up INTEGER NOT NULL,
                winding_up_day INTEGER,
                compulsory INTEGER NOT NULL,
                compulsory_day INTEGER,
                parent INTEGER,
                name TEXT NOT NULL,
                form TEXT NOT NULL,
                form_description TEXT,
                detail TEXT                                                 -- JSON: what is only shown
            ) STRICT;
            CREATE INDEX organisation_parent ON organisation (parent) WHERE parent IS NOT NULL;

            CREATE TABLE organisation_register (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                generation INTEGER NOT NULL,
                -- 1 while versions may be left over: those of an import under way or broken off, or replaced ones.
                unswept INTEGER NOT NULL DEFAULT 0
            ) STRICT;
            INSERT INTO organisation_register (id, generation) VALUES (1, 0);
            """
    )
}
