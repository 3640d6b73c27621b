extension Migration {
    /// The Merkle tree over the ledger, its signed checkpoints, and where it was cut.
    static let ledgerTree = Migration(
        number: 19,
        name: "ledger tree",
        sql: """
            -- Up to 256 hashes of one level of the tree, 32 bytes each: leaves at level 0, roots of full tiles above. Written by
            -- whoever makes checkpoints, behind the ledger; never on the path of a token.
            CREATE TABLE ledger_tile (
                level INTEGER NOT NULL,
                number INTEGER NOT NULL,
                hashes BLOB NOT NULL,
                PRIMARY KEY (level, number)
            ) STRICT;

            -- How many entries the tiles cover, and the chain's hash of the last of them.
            CREATE TABLE ledger_tree (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                size INTEGER NOT NULL,
                hash BLOB NOT NULL
            ) STRICT;
            INSERT INTO ledger_tree (id, size, hash) VALUES (1, 0, zeroblob(32));

            CREATE TABLE ledger_checkpoint (
                size INTEGER PRIMARY KEY,
                time INTEGER NOT NULL,
                note TEXT NOT NULL
            ) STRICT;

            -- Each time that entries were let go; the last row says where the ledger begins.
            CREATE TABLE ledger_cut (
                size INTEGER PRIMARY KEY,
                hash BLOB NOT NULL,
                time INTEGER NOT NULL,
                note TEXT NOT NULL
            ) STRICT;
            """
    )
}
