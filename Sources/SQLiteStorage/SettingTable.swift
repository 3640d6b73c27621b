public import Administration
internal import RelationalStorage

/// Facts of the installation: a name and a text each.
///
/// Names in use: `node`, `issuer`, `environment`, `created`, `operator` (``SQLiteReader/operatorOrganisation``).
extension SQLiteReader: InstallationReader {
    /// The text under that name.
    public func setting(_ name: String) throws -> String? {
        try String.fetchOne(
            database.cachedStatement(sql: "SELECT value FROM setting WHERE name = ?"),
            arguments: [name]
        )
    }
}

extension SQLiteTransaction {
    /// Stores the text under that name; nil takes it out.
    public func set(_ name: String, to value: String?) throws {
        if let value {
            try database.execute(
                sql: """
                    INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
                    """,
                arguments: [name, value]
            )
        } else {
            try database.execute(sql: "DELETE FROM setting WHERE name = ?", arguments: [name])
        }
    }
}
