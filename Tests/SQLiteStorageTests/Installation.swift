import AuditLedger
import Foundation
import GRDB
import JOSE
import TestSupport
import Vocabulary

@testable import SQLiteStorage

let epoch = Timestamp(seconds: 1_790_000_000)
let window = ReplayWindow(lifetime: 120, skew: 10)

/// A data folder of a test's own.
struct Installation: StorageContractSubject {
    let folder: DataFolder
    let node = "node-1"

    static func empty() throws -> Installation {
        let url = FileManager.default.temporaryDirectory.appending(path: "portvakt-\(UUID())")
        let folder = DataFolder(path: url.path)
        try folder.create()
        return Installation(folder: folder)
    }

    func open() throws -> SQLiteStore { try SQLiteStore(folder, opening: .migrate) }

    func rows() throws -> [LedgerRow] {
        try open().read { reader in
            var rows: [LedgerRow] = []
            try reader.visitRows { rows.append($0) }
            return rows
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder.path) }

    /// A connection without any care of ours, as another program's.
    func foreignConnection() throws -> DatabaseQueue { try DatabaseQueue(path: folder.database) }

    func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
}

func event(_ kind: LedgerEvent.Kind = .tokenIssued, at time: Timestamp = epoch) -> LedgerEvent {
    LedgerEvent(time: time, kind: kind)
}

extension SQLiteStore {
    /// The text that a query of one value gives on the writing connection.
    func pragma(_ name: String) throws -> String? {
        try transaction { try String.fetchOne($0.grdb, sql: "PRAGMA \(name)") }
    }
}

extension SQLiteReader {
    /// The connection as GRDB has it, for questions that only SQLite answers.
    var grdb: GRDB.Database {
        guard let connection = database as? SQLiteDatabase else { preconditionFailure("another database's driver") }
        return connection.database
    }
}
