import Glibc

/// The bytes of a file, a pipe or standard input.
public final class FileByteSource: ByteSource {
    /// A file could not be opened or read.
    public struct ReadError: Error, Equatable, CustomStringConvertible {
        /// The path, `-` for standard input.
        public let path: String
        /// The system's error number.
        public let errno: Int32

        /// The path and the system's words.
        public var description: String { "`\(path)` cannot be read: \(String(cString: strerror(errno)))" }
    }

    /// How much is asked for at a time.
    static let chunkSize = 256 * 1_024

    /// The size in bytes; nil for what is no regular file.
    public let size: Int64?
    private let path: String
    private let descriptor: Int32
    private let closesDescriptor: Bool

    /// Opens a file for reading.
    ///
    /// - Throws: ``ReadError`` when there is none, or it is a folder, or it may not be read.
    public convenience init(path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ReadError(path: path, errno: Glibc.errno) }
        self.init(descriptor: descriptor, path: path, closesDescriptor: true)
        // A folder opens, and only refuses to be read: say so before anything is begun.
        if mode(of: descriptor) == S_IFDIR { throw ReadError(path: path, errno: EISDIR) }
    }

    /// Reads what stands on standard input.
    public static func standardInput() -> FileByteSource {
        FileByteSource(descriptor: STDIN_FILENO, path: "-", closesDescriptor: false)
    }

    private init(descriptor: Int32, path: String, closesDescriptor: Bool) {
        var status = stat()
        let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        size = isRegular ? Int64(status.st_size) : nil
        self.descriptor = descriptor
        self.path = path
        self.closesDescriptor = closesDescriptor
    }

    deinit {
        if closesDescriptor { close(descriptor) }
    }

    /// The next bytes; nil at the end.
    ///
    /// - Throws: ``ReadError`` when the system refuses.
    public func nextChunk() throws -> [UInt8]? {
        while true {
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, count in
                let got = read(descriptor, buffer.baseAddress, buffer.count)
                if got < 0 { failure = Glibc.errno }
                count = max(0, got)
            }
            if failure == EINTR { continue }
            guard failure == 0 else { throw ReadError(path: path, errno: failure) }
            return chunk.isEmpty ? nil : chunk
        }
    }
}

private func mode(of descriptor: Int32) -> mode_t {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
}
