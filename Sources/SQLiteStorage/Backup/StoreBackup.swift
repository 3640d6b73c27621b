internal import AuditLedger
internal import Foundation
internal import GRDB
internal import JOSE
internal import TokenIssuance
public import Vocabulary

/// Backups of the embedded database: made while a server serves, and taken back when none does.
///
/// A backup is one file, a database that SQLite itself can open, and a manifest beside it. The key of pseudonyms, the signing keys
/// and the configuration are not in it (DESIGN §8).
public enum StoreBackup {
    /// Copies the database as it is at this moment into a new file, and looks at what was written.
    ///
    /// SQLite's online backup in one step: the copy is one snapshot, no write of a server waits for it, and what is
    /// committed meanwhile is not in it.
    ///
    /// - Throws: `BackupFault`, `StorageError`.
    public static func make(_ store: SQLiteStore, to path: String, at now: Timestamp) throws -> BackupManifest {
        let manifestPath = BackupManifest.path(of: path)
        for path in [path, manifestPath] where FileManager.default.fileExists(atPath: path) {
            throw BackupFault.exists(path: path)
        }
        // Written under another name in a folder of its own: what has the name of a backup is one.
        let work = path + ".partial"
        let folder = DataFolder(path: work)
        try? FileManager.default.removeItem(atPath: work)
        defer { try? FileManager.default.removeItem(atPath: work) }
        do throws(StorageError) { try folder.create() } catch {
            throw BackupFault.file(path: work, cause: "\(error)")
        }
        try BackupFile.create(folder.database)
        try store.copy(to: folder.database)
        let (manifest, findings) = try inspect(folder, madeAt: now)
        guard findings.allSatisfy({ $0.fault == nil }) else { throw BackupFault.unsound(findings) }
        try BackupFile.synchronise(folder.database)
        // The manifest comes last: a backup without one is none.
        let words = folder.path + "/manifest"
        try BackupFile.write(JSONValue.object(manifest.json).encoded() + [0x0A], to: words)
        try BackupFile.rename(folder.database, to: path)
        try BackupFile.rename(words, to: manifestPath)
        return manifest
    }

    /// Reads the manifest of a backup.
    ///
    /// - Throws: `BackupFault`; `StorageError.newerSchema` when a later version of this program made it.
    public static func manifest(of path: String) throws -> BackupManifest {
        let text: [UInt8]
        do throws(BackupFault) { text = try BackupFile.read(BackupManifest.path(of: path)) } catch {
            throw BackupFault.manifest("\(error)")
        }
        let manifest = try BackupManifest(parsing: text)
        guard manifest.schemaVersion <= Migration.current else {
            throw StorageError.newerSchema(found: manifest.schemaVersion, known: Migration.current)
        }
        return manifest
    }

    /// Puts a backup in the place of a folder's database, which is set aside.
    ///
    /// Everything is prepared and looked at beside the database; then two renames follow. What fails before them leaves
    /// the folder as it was.
    ///
    /// - Parameters:
    ///   - path: The backup.
    ///   - folder: The data folder; nobody may serve it, which `lock` shows.
    ///   - lock: The serve lock of the folder.
    ///   - now: The time of the act.
    ///   - record: Enters the act into the restored ledger.
    /// - Returns: the manifest, and where the former database is now; nil when there was none.
    /// - Throws: `BackupFault`, `StorageError`, what `record` throws.
    public static func restore(
        _ path: String,
        into folder: DataFolder,
        holding lock: ServeLock,
        at now: Timestamp,
        _ record: (SQLiteTransaction, BackupManifest) throws -> Void
    ) throws -> (manifest: BackupManifest, setAside: String?) {
        defer { withExtendedLifetime(lock) {} }
        try folder.requirePrivate()
        let manifest = try manifest(of: path)
        let work = DataFolder(path: folder.path + "/restoring")
        try? FileManager.default.removeItem(atPath: work.path)
        defer { try? FileManager.default.removeItem(atPath: work.path) }
        try work.create()
        let copied = try BackupFile.copy(path, to: work.database)
        guard copied.bytes == manifest.bytes else {
            throw BackupFault.damaged("it is \(copied.bytes) bytes long, and the manifest says \(manifest.bytes)")
        }
        guard copied.digest == manifest.digest else {
            throw BackupFault.damaged("its SHA-256 is not the one of the manifest")
        }
        // An older schema is brought up to date in the copy: the backup itself stays as it is.
        let store = try SQLiteStore(work, opening: .migrate)
        do {
            let findings = try store.findings()
            guard findings.allSatisfy({ $0.fault == nil }) else { throw BackupFault.unsound(findings) }
            guard try store.read({ try $0.lastSequence }) == manifest.lastSequence else {
                throw BackupFault.damaged("its ledger does not end with entry \(manifest.lastSequence)")
            }
            try store.transaction { try record($0, manifest) }
            try store.close()
        } catch {
            try? store.close()
            throw error
        }
        try BackupFile.synchronise(work.database)
        let setAside = try setAside(folder, at: now)
        try BackupFile.rename(work.database, to: folder.database)
        return (manifest, setAside)
    }

    /// Gives the database of a folder another name, with its log.
    private static func setAside(_ folder: DataFolder, at now: Timestamp) throws -> String? {
        guard folder.hasDatabase else { return nil }
        // Folds the log in, where the database can still be opened.
        if let store = try? SQLiteStore(folder, opening: .requireCurrent) { try? store.close() }
        let name = folder.database + ".before-restore-\(now.seconds)"
        // The log goes first: it must never be found beside another database.
        for suffix in ["-wal", "-shm", ""] where FileManager.default.fileExists(atPath: folder.database + suffix) {
            try BackupFile.rename(folder.database + suffix, to: name + suffix)
        }
        return name
    }

    private static func inspect(
        _ folder: DataFolder,
        madeAt now: Timestamp
    ) throws -> (BackupManifest, [StoreFinding]) {
        let store = try SQLiteStore(folder, opening: .requireCurrent)
        defer { try? store.close() }
        let findings = try store.findings()
        let manifest = try store.read { reader in
            let last = try reader.lastSequence
            return BackupManifest(
                made: now,
                issuer: try reader.setting("issuer"),
                environment: try reader.setting("environment"),
                schemaVersion: try Migration.version(of: reader.database),
                bytes: 0,
                digest: "",
                node: try reader.node,
                lastSequence: last,
                lastHash: BackupFile.hexadecimal(try reader.row(last)?.entry.hash ?? LedgerEntry.genesis),
                signingKeys: try reader.signingKeys().filter { $0.state(at: now) != .retired }.map(\.id.rawValue)
            )
        }
        try store.close()
        var measured = manifest
        (measured.bytes, measured.digest) = try BackupFile.measure(folder.database)
        return (measured, findings)
    }
}

extension SQLiteStore {
    /// Copies the whole database, as one snapshot, into an empty file.
    fileprivate func copy(to path: String) throws {
        let target = try DatabaseQueue(path: path)
        do {
            try backUp(to: target)
            // One file, and no log beside it.
            try target.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try target.close()
        } catch {
            try? target.close()
            throw StorageError.mapping(error, path: folder.database)
        }
    }
}
