#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The folder that holds an installation's state, and the names of the files that storage keeps there.
///
/// Whoever can read or write it has every right that the server can give, so it must be the caller's alone (DESIGN §11).
public struct DataFolder: Sendable, Hashable {
    /// The folder's path as given.
    public let path: String

    /// The folder at `path`.
    public init(path: String) { self.path = path }

    /// The database, `<data>/portvakt.db`.
    public var database: String { path + "/portvakt.db" }
    /// The lock that a serving process holds, `<data>/serve.lock`.
    public var serveLock: String { path + "/serve.lock" }
    /// The ring of early refusals, `<data>/refusals.ring`.
    public var refusalRing: String { path + "/refusals.ring" }

    /// Whether there is a database in it.
    public var hasDatabase: Bool { access(database, F_OK) == 0 }

    /// Makes the folder with mode 0700 when it is missing; its parent must exist.
    ///
    /// - Throws: `StorageError.inputOutput` when it cannot be made.
    public func create() throws(StorageError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .inputOutput(detail: "cannot make `\(path)`: \(Self.lastError)")
        }
        // A mask of the caller's must not take the owner's own rights away.
        if access(path, W_OK | X_OK) != 0 { chmod(path, 0o700) }
    }

    /// Refuses a folder or database that others can read or write, or that another user owns, root included.
    ///
    /// - Throws: `StorageError.missing` without a folder, `.exposed` when it is not the caller's alone.
    public func requirePrivate() throws(StorageError) {
        guard try Self.requirePrivate(path, kind: S_IFDIR) else { throw .missing(path: database) }
        for suffix in ["", "-wal", "-shm"] { _ = try Self.requirePrivate(database + suffix, kind: S_IFREG) }
    }

    /// Makes the database's file with mode 0600 before SQLite would make it with the mask's; its log files take the same.
    func createDatabase() throws(StorageError) {
        let descriptor = open(database, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw errno == EROFS || errno == EACCES ? .readOnly(path: database) : .inputOutput(detail: Self.lastError)
        }
        close(descriptor)
    }

    /// Whether it is there; throws when it is not the caller's alone.
    static func requirePrivate(_ path: String, kind: mode_t) throws(StorageError) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return false }
            throw .inputOutput(detail: "cannot look at `\(path)`: \(lastError)")
        }
        guard status.st_mode & S_IFMT == kind else { throw .exposed(path: path, fault: .kind) }
        guard status.st_uid == geteuid() else {
            throw .exposed(path: path, fault: .owner(user: status.st_uid, caller: geteuid()))
        }
        guard status.st_mode & 0o077 == 0 else {
            let digits = String(status.st_mode & 0o7777, radix: 8)
            throw .exposed(path: path, fault: .mode(String(repeating: "0", count: max(0, 4 - digits.count)) + digits))
        }
        return true
    }

    /// Whether what is there cannot be written by the caller.
    static func isReadOnly(_ path: String) -> Bool { access(path, W_OK) != 0 && errno != ENOENT }

    static var lastError: String { String(cString: strerror(errno)) }
}
