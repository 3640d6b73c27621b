internal import RelationalStorage
internal import JOSE
public import TokenIssuance
internal import Vocabulary

/// The timetable of the server's signing keys; the keys themselves are files.
extension SQLiteReader: SigningKeyReader {
    /// All keys, in the order they were published.
    public func signingKeys() throws -> [SigningKeyRecord] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT kid, algorithm, published, activates, retires, removed FROM signing_key ORDER BY published, kid
                """
        ).map { row in
            guard let id = try? KeyID(parsing: row[0] as String),
                let algorithm = JWSAlgorithm(rawValue: row[1])
            else { throw StorageError.corrupt(detail: "signing key `\(row[0] as String)` is malformed") }
            return SigningKeyRecord(
                id: id,
                algorithm: algorithm,
                published: Timestamp(seconds: row[2]),
                activates: Timestamp(seconds: row[3]),
                retires: (row[4] as Int64?).map { Timestamp(seconds: $0) },
                removed: (row[5] as Int64?).map { Timestamp(seconds: $0) }
            )
        }
    }
}

extension SQLiteTransaction: SigningKeyStore {
    /// Stores a new key's timetable, or the changed times of one that is there.
    public func store(_ key: SigningKeyRecord) throws {
        try database.execute(
            sql: """
                INSERT INTO signing_key (kid, algorithm, published, activates, retires, removed) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (kid) DO UPDATE SET
                    published = excluded.published, activates = excluded.activates,
                    retires = excluded.retires, removed = excluded.removed
                """,
            arguments: [
                key.id.rawValue, key.algorithm.rawValue, key.published.seconds, key.activates.seconds,
                key.retires?.seconds, key.removed?.seconds,
            ]
        )
    }
}
