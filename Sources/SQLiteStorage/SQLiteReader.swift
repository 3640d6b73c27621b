internal import RelationalStorage

/// A snapshot of the database, open for reading; lives no longer than the closure it is given to.
///
/// Each kind of thing adds its queries in an extension, in a file named for it. ``SQLiteTransaction`` inherits them all.
public class SQLiteReader {
    /// The connection, in a transaction.
    let database: any Database
    /// Policies that the store has read before.
    let policies: PolicyMemory

    init(database: any Database, policies: PolicyMemory) {
        self.database = database
        self.policies = policies
    }

    /// The revision of the facts in this snapshot.
    public var revision: Int64 {
        get throws { try readRevision() }
    }

    func readRevision() throws -> Int64 {
        let statement = try database.cachedStatement(sql: "SELECT value FROM revision WHERE id = 1")
        guard let value = try Int64.fetchOne(statement) else {
            throw StorageError.corrupt(detail: "the revision is missing")
        }
        return value
    }
}
