// The compiler takes `stat` for this module's where NIO is imported too.
import CDispatch
import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Files that hold a secret: read only when nobody else can open them, written so from the first byte.
enum PrivateFile {
    /// Why such a file cannot be used.
    enum Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// There is no such file, or it may not be opened; says why.
        case unreadable(String, cause: String)
        /// Its mode lets group or others in.
        case exposed(String, mode: UInt32)
        /// It is larger than a secret can be.
        case tooLarge(String)
        /// It cannot be written; says why.
        case unwritable(String, cause: String)

        var description: String {
            switch self {
            case .unreadable(let path, let cause): "cannot read `\(path)`: \(cause)"
            case .exposed(let path, let mode):
                "`\(path)` holds a secret and others can open it (mode \(String(mode, radix: 8))): run `chmod 600 \(path)`"
            case .tooLarge(let path): "`\(path)` is larger than a key can be"
            case .unwritable(let path, let cause): "cannot write `\(path)`: \(cause)"
            }
        }
    }

    private static let maximumLength = 64 * 1024

    /// Reads a file.
    static func read(_ path: String) throws(Fault) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path, cause: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(path, cause: String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path, cause: "it is no file") }
        // Looked at on the open file, so that nothing can be put in its place in between.
        guard status.st_mode & 0o077 == 0 else { throw .exposed(path, mode: UInt32(status.st_mode) & 0o777) }
        guard status.st_size <= maximumLength else { throw .tooLarge(path) }
        var bytes = [UInt8](repeating: 0, count: maximumLength)
        var length = 0
        while length < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + length }, buffer.count - length)
            }
            guard count >= 0 else { throw .unreadable(path, cause: String(cString: strerror(errno))) }
            if count == 0 { break }
            length += count
        }
        return Array(bytes.prefix(length))
    }

    /// Makes a new file of mode 0600, on the device before this returns.
    static func write(_ bytes: [UInt8], to path: String) throws(Fault) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unwritable(path, cause: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            guard count > 0 else { throw .unwritable(path, cause: String(cString: strerror(errno))) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw .unwritable(path, cause: String(cString: strerror(errno))) }
    }
}
