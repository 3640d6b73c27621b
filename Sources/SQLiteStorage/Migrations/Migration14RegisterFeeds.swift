extension Migration {
    /// How far the register's change feeds were read, and how old what is known of each kind is.
    static let registerFeeds = Migration(
        number: 14,
        name: "register feeds",
        sql: """
            -- One row for each feed. `cursor` is null until it is read, and again after an import of its kind, whose file may be
            -- older than what the feed told; it then begins a day before `imported`.
            CREATE TABLE register_feed (
                feed TEXT PRIMARY KEY NOT NULL CHECK (feed IN ('main_units', 'sub_units', 'roles')),
                cursor TEXT,                                                -- JSON
                imported INTEGER,
                succeeded INTEGER,
                failed INTEGER,
                failure TEXT,
                failures INTEGER NOT NULL DEFAULT 0
            ) STRICT, WITHOUT ROWID;

            -- Of imports before this step the ledger tells.
            INSERT INTO register_feed (feed, imported) VALUES
                ('main_units', (
                    SELECT time FROM ledger WHERE kind = 'organisations_imported'
                        AND instr(CAST(body AS TEXT), '"main_unit"') > 0
                        AND instr(CAST(body AS TEXT), '"whole_register"') > 0
                    ORDER BY sequence DESC LIMIT 1
                )),
                ('sub_units', (
                    SELECT time FROM ledger WHERE kind = 'organisations_imported'
                        AND instr(CAST(body AS TEXT), '"sub_unit"') > 0
                        AND instr(CAST(body AS TEXT), '"whole_register"') > 0
                    ORDER BY sequence DESC LIMIT 1
                )),
                ('roles', (
                    SELECT time FROM ledger WHERE kind = 'roles_imported'
                        AND instr(CAST(body AS TEXT), '"whole_register"') > 0
                    ORDER BY sequence DESC LIMIT 1
                ));
            """
    )
}
