internal import GRDB
internal import Synchronization

/// Keeps a serving process from a database that is damaged, or no longer the one in its data folder.
///
/// What it has found holds until the process ends. A damaged page may be read well the next time, from memory; and what was
/// written into a file that is back in its place may be lacking there.
final class StoreGuard: Sendable {
    private let files: OpenedFiles
    private let isShut = Atomic<Bool>(false)
    private let found = Mutex<StorageError?>(nil)

    /// A guard of what is open now.
    init(_ files: OpenedFiles) { self.files = files }

    /// Why the database must not be used any more; nil while it may.
    var finding: StorageError? { isShut.load(ordering: .acquiring) ? found.withLock { $0 } : nil }

    /// Whether the open file is not the one in the data folder.
    var isDisplaced: Bool {
        if case .displaced = finding { true } else { false }
    }

    /// Lets nobody pass once something was found.
    ///
    /// - Throws: What was found.
    func pass() throws(StorageError) {
        if let finding { throw finding }
    }

    /// Looks whether the files are in their place: after each commit, so that nothing leaves the server that is only in a file
    /// which goes with the process.
    ///
    /// - Throws: `StorageError.displaced`, or what was found before.
    func requireFilesInPlace() throws(StorageError) {
        try pass()
        guard let path = files.displaced else { return }
        shut(.displaced(path: path))
        try pass()
    }

    /// Takes note of damage; what was found first stays.
    func shut(_ finding: StorageError) {
        found.withLock { found in found = found ?? finding }
        isShut.store(true, ordering: .releasing)
    }

    /// Takes note of an error of the database's own that tells of damage.
    func note(_ error: any Error, path: String) {
        guard let error = error as? DatabaseError else { return }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: shut(StorageError(error, path: path))
        default: break
        }
    }
}
