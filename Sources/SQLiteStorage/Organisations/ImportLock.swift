#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

internal import Organisations

/// Keeps two imports from staging under the same generation; the kernel frees it when the process dies.
final class ImportLock {
    private let descriptor: Int32

    /// Takes `<data>/import.lock`.
    ///
    /// - Throws: `ImportRefusal.alreadyRunning` when another import holds it, `StorageError.inputOutput` when it cannot be
    ///   opened.
    init(on folder: DataFolder) throws {
        let path = folder.path + "/import.lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StorageError.inputOutput(detail: "cannot open `\(path)`: \(DataFolder.lastError)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = DataFolder.lastError
            close(descriptor)
            throw isHeld
                ? ImportRefusal.alreadyRunning as any Error
                : StorageError.inputOutput(detail: "cannot lock `\(path)`: \(reason)")
        }
    }

    deinit { close(descriptor) }
}
