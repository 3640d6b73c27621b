#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The files of an open database, by which one that was removed or replaced is told from the one that is open.
///
/// A file that was removed goes on taking what is written through connections that had it open before, and all of that is gone
/// when they are closed: no error tells of it.
struct OpenedFiles: Sendable {
    private struct File: Sendable {
        let path: String
        let device: UInt64
        let number: UInt64

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            self.path = path
            device = UInt64(status.st_dev)
            number = UInt64(status.st_ino)
        }

        /// Whether the file is no longer at its path; a path that cannot be looked at at the moment proves nothing.
        var isDisplaced: Bool {
            var status = stat()
            guard stat(path, &status) == 0 else { return errno == ENOENT || errno == ENOTDIR }
            return UInt64(status.st_dev) != device || UInt64(status.st_ino) != number
        }
    }

    private let files: [File]

    /// Takes note of the database's file, its log and the log's index, as far as they are there.
    init(of folder: DataFolder) {
        files = ["", "-wal", "-shm"].compactMap { File(folder.database + $0) }
    }

    /// The first file that is no longer at its path; nil while all are.
    var displaced: String? { files.first { $0.isDisplaced }?.path }
}
