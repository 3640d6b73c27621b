#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The advisory lock that the one serving process of a data folder holds; the kernel frees it when the process dies.
///
/// Replay claims live in that process's memory, so there must never be two (DESIGN §2 item 4).
public final class ServeLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: `StorageError.served` when another process holds it, `.inputOutput` when the file cannot be opened.
    public init(on folder: DataFolder) throws(StorageError) {
        descriptor = try Self.open(folder)
        // One who only looks (``isHeldByAnother(on:)``) holds it for an instant: try again before giving up.
        for _ in 0..<20 {
            guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
            guard errno == EWOULDBLOCK else {
                let reason = DataFolder.lastError
                close(descriptor)
                throw .inputOutput(detail: "cannot lock `\(folder.serveLock)`: \(reason)")
            }
            usleep(10_000)
        }
        close(descriptor)
        throw .served
    }

    deinit { close(descriptor) }

    /// Whether another process (or another lock of this one) holds it now.
    ///
    /// - Throws: `StorageError.inputOutput` when the file cannot be opened.
    public static func isHeldByAnother(on folder: DataFolder) throws(StorageError) -> Bool {
        guard access(folder.serveLock, F_OK) == 0 else { return false }
        let descriptor = try open(folder)
        defer { close(descriptor) }
        // A shared lock, for an instant: two that look at the same time do not hinder each other.
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        return false
    }

    private static func open(_ folder: DataFolder) throws(StorageError) -> Int32 {
        #if canImport(Glibc)
        let descriptor = Glibc.open(folder.serveLock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        #elseif canImport(Musl)
        let descriptor = Musl.open(folder.serveLock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        #endif
        guard descriptor >= 0 else {
            throw .inputOutput(detail: "cannot open `\(folder.serveLock)`: \(DataFolder.lastError)")
        }
        return descriptor
    }
}
