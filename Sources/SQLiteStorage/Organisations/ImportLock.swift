#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

internal import Organisations

/// Keeps two imports from staging under the same generation; the kernel frees it when the process dies.
final class ImportLock {
    private let descriptor: Int32

    /// How often it is tried again, a hundredth of a second later: a sync, or one who only looks, holds it for an instant.
    private static let patience = 20

    /// Whether an import holds it now.
    ///
    /// - Throws: `StorageError.inputOutput` when it cannot be opened.
    static func isHeld(on folder: DataFolder) throws -> Bool {
        guard access(folder.path + "/import.lock", F_OK) == 0 else { return false }
        do {
            _ = try ImportLock(on: folder, isPatient: false)
            return false
        } catch ImportRefusal.alreadyRunning {
            return true
        }
    }

    /// Takes `<data>/import.lock`.
    ///
    /// - Throws: `ImportRefusal.alreadyRunning` when another import holds it, `StorageError.inputOutput` when it cannot be
    ///   opened.
    init(on folder: DataFolder, isPatient: Bool = true) throws {
        let path = folder.path + "/import.lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw StorageError.inputOutput(detail: "cannot open `\(path)`: \(DataFolder.lastError)")
        }
        var attempts = isPatient ? Self.patience : 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK, attempts > 0 {
                attempts -= 1
                usleep(10_000)
                continue
            }
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
