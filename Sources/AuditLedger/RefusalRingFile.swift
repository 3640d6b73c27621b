#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why the ring of refusals cannot be used.
public struct RefusalRingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let path: String
    /// What the system said.
    public let reason: String

    /// One line for the operator.
    public var description: String { "the ring of refusals `\(path)` cannot be used: \(reason)" }

    init(path: String) {
        self.path = path
        reason = String(cString: strerror(errno))
    }
}

/// The ring's file: a page of header, then records of fixed size that are overwritten in turn.
struct RefusalRingFile {
    let path: String
    let capacity: Int
    private let descriptor: Int32

    private static let headerLength = 4_096
    private static let magic = Array("portvakt refusals 1\n".utf8)

    /// How a file was found.
    enum Finding {
        case ours(RefusalRingFile)
        case missing
        case foreign
    }

    private var length: Int { Self.headerLength + capacity * RefusalNote.recordLength }

    /// Opens a ring for reading, or for writing as well.
    static func open(_ path: String, forWriting: Bool) throws(RefusalRingError) -> Finding {
        let flags = (forWriting ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        #if canImport(Glibc)
        let descriptor = Glibc.open(path, flags)
        #elseif canImport(Musl)
        let descriptor = Musl.open(path, flags)
        #endif
        guard descriptor >= 0 else {
            if errno == ENOENT { return .missing }
            throw RefusalRingError(path: path)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let header = read(descriptor, at: 0, count: headerLength), header.count == headerLength,
            header.starts(with: magic)
        else {
            close(descriptor)
            return .foreign
        }
        let capacity = Int(clamping: UInt64(bigEndian: header, at: magic.count))
        let stride = Int(clamping: UInt64(bigEndian: header, at: magic.count + 8))
        guard stride == RefusalNote.recordLength, (1...10_000_000).contains(capacity),
            Int(status.st_size) == headerLength + capacity * stride
        else {
            close(descriptor)
            return .foreign
        }
        return .ours(RefusalRingFile(path: path, capacity: capacity, descriptor: descriptor))
    }

    /// Makes a new ring, mode 0600; its records are a hole until they are written.
    static func create(_ path: String, capacity: Int) throws(RefusalRingError) -> RefusalRingFile {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        #if canImport(Glibc)
        let descriptor = Glibc.open(path, flags, 0o600)
        #elseif canImport(Musl)
        let descriptor = Musl.open(path, flags, 0o600)
        #endif
        guard descriptor >= 0 else { throw RefusalRingError(path: path) }
        let file = RefusalRingFile(path: path, capacity: capacity, descriptor: descriptor)
        var header = magic
        header.append(bigEndian: UInt64(capacity))
        header.append(bigEndian: UInt64(RefusalNote.recordLength))
        guard ftruncate(descriptor, off_t(file.length)) == 0, file.write(header, at: 0) else {
            defer { close(descriptor) }
            throw RefusalRingError(path: path)
        }
        return file
    }

    func closeFile() { close(descriptor) }

    /// Visits all records that can be read, in whatever order they lie.
    func visit(_ body: (_ slot: Int, _ record: [UInt8]) -> Void) {
        let chunk = 4_096
        for first in stride(from: 0, to: capacity, by: chunk) {
            let count = min(chunk, capacity - first)
            let bytes = Self.read(descriptor, at: offset(of: first), count: count * RefusalNote.recordLength) ?? []
            for index in 0..<bytes.count / RefusalNote.recordLength {
                let start = index * RefusalNote.recordLength
                // Most of a young ring was never written.
                guard bytes[start..<start + 8].contains(where: { $0 != 0 }) else { continue }
                body(first + index, Array(bytes[start..<start + RefusalNote.recordLength]))
            }
        }
    }

    /// Writes records whose sequence numbers follow each other, the first being `sequence`.
    func write(_ records: [[UInt8]], from sequence: Int64) -> Bool {
        var isWritten = true
        var index = 0
        while index < records.count {
            let slot = Int((sequence - 1 + Int64(index)) % Int64(capacity))
            let count = min(records.count - index, capacity - slot)
            let bytes = Array(records[index..<index + count].joined())
            if !write(bytes, at: offset(of: slot)) { isWritten = false }
            index += count
        }
        return isWritten
    }

    private func offset(of slot: Int) -> Int { Self.headerLength + slot * RefusalNote.recordLength }

    private func write(_ bytes: [UInt8], at offset: Int) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(
                    descriptor,
                    $0.baseAddress?.advanced(by: written),
                    bytes.count - written,
                    off_t(offset + written)
                )
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    /// As many bytes as can be read from there; nil when there are none.
    private static func read(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8]? {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = 0
            while filled < count {
                let read = pread(
                    descriptor,
                    buffer.baseAddress?.advanced(by: filled),
                    count - filled,
                    off_t(offset + filled)
                )
                if read < 0, errno == EINTR { continue }
                guard read > 0 else { return }
                filled += read
            }
        }
        return bytes.isEmpty ? nil : bytes
    }
}
