internal import AuditLedger
internal import GRDB
internal import RelationalStorage

/// What a look at one part of the whole database found.
public struct StoreFinding: Sendable, Hashable {
    /// What was looked at.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        /// Tables, indexes and triggers: those of this version, none missing or altered.
        case schema
        /// The pages, the indexes and the limits of columns (`PRAGMA integrity_check`).
        case integrity
        /// References from row to row (`PRAGMA foreign_key_check`).
        case foreignKeys = "foreign_keys"
        /// The ledger's hash chain.
        case ledger
    }

    /// What was looked at.
    public let part: Part
    /// What is wrong; nil when nothing is.
    public let fault: String?
    /// What was counted.
    public let detail: String

    /// A finding.
    public init(part: Part, fault: String?, detail: String) {
        self.part = part
        self.fault = fault
        self.detail = detail
    }
}

extension SQLiteStore {
    /// Looks at the whole database; takes as long as reading it twice.
    ///
    /// The ledger is read in stretches, each a snapshot of its own, so that a serving process can fold its log in between.
    ///
    /// - Throws: `StorageError`, when it cannot be read at all.
    public func findings() throws -> [StoreFinding] {
        [try schemaFinding(), try integrityFinding(), try foreignKeyFinding(), try ledgerFinding()]
    }

    private func schemaFinding() throws -> StoreFinding {
        let expected = try Self.expectedSchema()
        let (found, version) = try read { (try Self.schema(of: $0.database), try Migration.version(of: $0.database)) }
        let missing = expected.keys.filter { found[$0] == nil }.sorted()
        // What guards the ledger must stand word for word; tables may have got their words by migration.
        let altered = expected.keys.filter { $0.hasPrefix("trigger ") && found[$0] != nil && found[$0] != expected[$0] }
        let faults = missing.map { "\($0) is missing" } + altered.sorted().map { "\($0) was altered" }
        return StoreFinding(
            part: .schema,
            fault: faults.isEmpty ? nil : faults.prefix(5).joined(separator: ", "),
            detail: "version \(version), \(found.count) tables, indexes and triggers"
        )
    }

    /// A database made anew, in memory.
    private static func expectedSchema() throws -> [String: String] {
        let queue = try DatabaseQueue()
        return try queue.write { database in
            try Migration.migrate(database, from: 0)
            return try schema(of: SQLiteDatabase(database))
        }
    }

    private static func schema(of database: any RelationalStorage.Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
        return Dictionary(
            rows.map { ("\($0[0] as String) `\($0[1] as String)`", $0[2] as String) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func integrityFinding() throws -> StoreFinding {
        let (words, pages) = try read { reader in
            (
                try String.fetchAll(reader.database, sql: "PRAGMA integrity_check(10)"),
                try Int.fetchOne(reader.database, sql: "PRAGMA page_count") ?? 0
            )
        }
        let faults = words.filter { $0 != "ok" }
        return StoreFinding(
            part: .integrity,
            fault: faults.isEmpty ? nil : faults.map { $0.replacing("\n", with: " ") }.joined(separator: ", "),
            detail: "\(pages) pages"
        )
    }

    private func foreignKeyFinding() throws -> StoreFinding {
        let broken = try read { reader in
            try Row.fetchAll(
                reader.database,
                sql: "SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1"
            )
        }
        let faults = broken.map { "\($0[1] as Int) rows of `\($0[0] as String)` point at nothing" }
        return StoreFinding(
            part: .foreignKeys,
            fault: faults.isEmpty ? nil : faults.joined(separator: ", "),
            detail: "every reference"
        )
    }

    private func ledgerFinding() throws -> StoreFinding {
        let (node, last, cut) = try read { (try $0.node, try $0.lastSequence, try $0.cut) }
        // What was let go at a checkpoint is no longer there; what follows rests on its hash.
        var verifier = LedgerVerifier(node: node, after: cut.map { ($0.size, $0.hash) } ?? (0, LedgerEntry.genesis))
        var next = verifier.head.sequence + 1
        do {
            while next <= last {
                let end = min(next + Self.stretch - 1, last)
                try read { try $0.visitRows(from: next, through: end) { try verifier.check($0) } }
                next = end + 1
            }
            if verifier.head.sequence < last {
                throw LedgerFault(sequence: last + 1, kind: .missing(from: verifier.head.sequence + 1))
            }
        } catch let fault as LedgerFault {
            return StoreFinding(part: .ledger, fault: "\(fault)", detail: "\(verifier.checked) entries whole")
        }
        return StoreFinding(part: .ledger, fault: nil, detail: "\(verifier.checked) entries whole")
    }

    private static var stretch: Int64 { 10_000 }
}
