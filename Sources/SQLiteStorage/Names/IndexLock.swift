#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Keeps two from building the index of names at the same time; the kernel frees it when the process dies.
final class IndexLock {
    private let descriptor: Int32

    /// Takes `<data>/names.lock`; nil when another holds it.
    ///
    /// - Throws: `StorageError.inputOutput` when it cannot be opened.
    init?(on folder: DataFolder) throws {
        let path = folder.path + "/names.lock"
        // Kept only once the lock is: from then on `deinit` closes it.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StorageError.inputOutput(detail: "cannot open `\(path)`: \(DataFolder.lastError)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = DataFolder.lastError
            close(descriptor)
            if isHeld { return nil }
            throw StorageError.inputOutput(detail: "cannot lock `\(path)`: \(reason)")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
