extension Migration {
    /// An index of names, and what changed in the register that somebody may have to act on.
    static let organisationNames = Migration(
        number: 15,
        name: "organisation names",
        sql: """
            -- Names, former names and places of units. The row id is a class (0 live main unit, 1 live sub-unit, 2 deleted
            -- main unit, 3 deleted sub-unit) times 2^32 plus the number: the living come first in the index's own order.
            CREATE VIRTUAL TABLE organisation_name USING fts5(
                name, former, place, tokenize = 'unicode61 remove_diacritics 2'
            );
            -- Segments are merged in small steps by whoever writes, never inside a commit as long as it takes.
            INSERT INTO organisation_name (organisation_name, rank) VALUES ('automerge', 0);
            INSERT INTO organisation_name (organisation_name, rank) VALUES ('usermerge', 16);
            INSERT INTO organisation_name (organisation_name, rank) VALUES ('crisismerge', 500);

            -- How far the index is: it knows all units up to `generation`, but for those in `organisation_name_due`. While a
            -- pass over all units is under way, it knows those up to `position` (0: none yet) up to the generation `building`.
            CREATE TABLE organisation_name_state (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                generation INTEGER NOT NULL,
                building INTEGER,
                position INTEGER,
                CHECK ((building IS NULL) = (position IS NULL))
            ) STRICT;
            INSERT INTO organisation_name_state (id, generation) VALUES (1, 0);

            -- Units that changed since, a few at a time.
            CREATE TABLE organisation_name_due (
                number INTEGER PRIMARY KEY
            ) STRICT;

            -- What happened to units that the register knew: 1 closed, 2 got another unit above. `generation` is the one that
            -- the change came with; what is beyond the register's does not count. Kept for 400 days.
            CREATE TABLE organisation_change (
                number INTEGER NOT NULL,
                kind INTEGER NOT NULL CHECK (kind IN (1, 2)),
                generation INTEGER NOT NULL,
                seen INTEGER NOT NULL,
                before INTEGER CHECK ((before IS NULL) = (kind = 1)),       -- the unit that was above
                PRIMARY KEY (number, kind, generation)
            ) STRICT, WITHOUT ROWID;
            CREATE INDEX organisation_change_before ON organisation_change (before) WHERE before IS NOT NULL;

            -- For what hangs on an organisation.
            CREATE INDEX client_supplier ON client (supplier) WHERE supplier IS NOT NULL;
            CREATE INDEX client_on_behalf_of_consumer ON client_on_behalf_of (consumer);
            """
    )
}
