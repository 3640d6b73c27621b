extension Migration {
    /// The ledger, the clock's record, the facts' revision, settings and the signing keys' timetable.
    static let ledger = Migration(
        number: 1,
        name: "ledger",
        sql: """
            -- "Port" in ASCII: tells a database of ours from any other (`file` shows it too).
            PRAGMA application_id = 0x506F7274;

            CREATE TABLE setting (
                name TEXT PRIMARY KEY NOT NULL,
                value TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            INSERT INTO setting (name, value) VALUES ('node', 'node-1');

            CREATE TABLE revision (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                value INTEGER NOT NULL
            ) STRICT;
            INSERT INTO revision (id, value) VALUES (1, 1);

            CREATE TABLE ledger (
                sequence INTEGER PRIMARY KEY,
                time INTEGER NOT NULL,
                kind TEXT NOT NULL,
                previous BLOB NOT NULL,
                hash BLOB NOT NULL,
                claims BLOB,
                body BLOB NOT NULL
            ) STRICT;

            -- For each 4,096 entries (sequence >> 12) the earliest and latest time: what an index on the time is for, at a
            -- hundredth of its cost, and right also where a clock was set back.
            CREATE TABLE ledger_zone (
                zone INTEGER PRIMARY KEY,
                earliest INTEGER NOT NULL,
                latest INTEGER NOT NULL
            ) STRICT;

            CREATE TABLE clock (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                mark INTEGER NOT NULL,
                boot TEXT,
                boot_offset INTEGER NOT NULL DEFAULT 0,
                acceptances INTEGER NOT NULL DEFAULT 0,
                barred_until INTEGER
            ) STRICT;
            INSERT INTO clock (id, mark) VALUES (1, 0);

            CREATE TABLE stray_claims (
                id INTEGER PRIMARY KEY,
                latest INTEGER NOT NULL,
                claims BLOB NOT NULL
            ) STRICT;

            CREATE TABLE signing_key (
                kid TEXT PRIMARY KEY NOT NULL,
                algorithm TEXT NOT NULL,
                published INTEGER NOT NULL,
                activates INTEGER NOT NULL,
                retires INTEGER,
                removed INTEGER
            ) STRICT, WITHOUT ROWID;
            """
    )
}
