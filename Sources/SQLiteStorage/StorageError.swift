internal import GRDB

/// Why the embedded database cannot be used; each says what to do about it.
public enum StorageError: Error, Hashable, Sendable {
    /// There is no database at that path.
    case missing(path: String)
    /// Another process has held the database longer than we wait.
    case locked
    /// The database or its folder cannot be written.
    case readOnly(path: String)
    /// No space is left on the device.
    case full
    /// The file is no database of ours, or damaged.
    case corrupt(detail: String)
    /// The open database is no longer the file at its path: it was removed or replaced while it was open.
    case displaced(path: String)
    /// Made by a later version of this program.
    case newerSchema(found: Int, known: Int)
    /// Made by an earlier version and not migrated yet.
    case olderSchema(found: Int, known: Int)
    /// The file or folder is not the caller's alone.
    case exposed(path: String, fault: Exposure)
    /// Another process serves this data folder.
    case served
    /// Reading or writing failed below the database.
    case inputOutput(detail: String)
    /// Anything else that the database said.
    case other(code: Int, message: String)

    /// Why a file or folder is not the caller's alone.
    public enum Exposure: Hashable, Sendable {
        /// Its mode lets group or others in; the four octal digits.
        case mode(String)
        /// Another user owns it.
        case owner(user: UInt32, caller: UInt32)
        /// It is not of the kind that it must be, such as a link or a pipe.
        case kind
    }
}

extension StorageError: CustomStringConvertible {
    /// What is wrong and what to do, on one line.
    public var description: String {
        switch self {
        case .missing(let path): "no database at `\(path)`: make an installation with `portvakt init`"
        case .locked: "the database is locked by another process, which held it longer than 5 seconds"
        case .readOnly(let path): "the database `\(path)` cannot be written: check the modes and the mount"
        case .full: "no space is left on the database's device"
        case .corrupt(let detail): "the database is damaged or not portvakt's: \(detail)"
        case .displaced(let path):
            "`\(path)` was removed or replaced under the running server: stop it, and put the file back or restore a backup"
        case .newerSchema(let found, let known):
            "the database is of schema version \(found), newer than this program's \(known): use a newer portvakt"
        case .olderSchema(let found, let known):
            "the database is of schema version \(found), older than this program's \(known): "
                + "run `portvakt store migrate`, or start `portvakt serve`, which migrates"
        case .exposed(let path, .mode(let mode)):
            "`\(path)` has mode \(mode) and lets other users in: `chmod go= \(path)`"
        case .exposed(let path, .owner(let user, let caller)):
            "`\(path)` belongs to user \(user), and this program runs as user \(caller): run it as the owner"
        case .exposed(let path, .kind): "`\(path)` is not a plain file or folder"
        case .served: "another `portvakt serve` runs on this data folder"
        case .inputOutput(let detail): "the database's device failed: \(detail)"
        case .other(let code, let message): "the database said: \(message) (code \(code))"
        }
    }
}

extension StorageError {
    /// The storage error that an error of the database means; any other error as it is.
    static func mapping(_ error: any Error, path: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return StorageError(error, path: path)
    }

    init(_ error: DatabaseError, path: String) {
        let message = error.message ?? error.resultCode.description
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
        case .SQLITE_FULL: self = .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(detail: message)
        case .SQLITE_CANTOPEN:
            // On a device mounted read-only SQLite fails earlier, at the log beside the database.
            self = DataFolder.isReadOnly(path) ? .readOnly(path: path) : .inputOutput(detail: "cannot open `\(path)`")
        case .SQLITE_IOERR: self = .inputOutput(detail: message)
        default: self = .other(code: Int(error.extendedResultCode.rawValue), message: message)
        }
    }
}
