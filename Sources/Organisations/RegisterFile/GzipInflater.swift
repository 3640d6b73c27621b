import CZlib

/// Unpacks a gzip file (RFC 1952) of one or more members, a chunk at a time.
///
/// The register's own files have one member; what was joined by `cat` or packed in parallel has several.
final class GzipInflater {
    /// How much is unpacked at a time.
    private static let chunkSize = 256 * 1_024
    /// A window of 32 KiB, and 16 more: only the gzip wrapping, with its check sum, is taken (zlib.h, inflateInit2).
    private static let gzipWindow: Int32 = 15 + 16

    // INVARIANT: zlib's state points back at this structure, so it stays at one address until `inflateEnd`.
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var used = 0
    private var isInsideMember = true
    private var hasPadding = false

    /// - Throws: `.gzip(.corrupt)` when zlib has no memory left.
    init() throws(RegisterFileError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = inflateInit2_(stream, Self.gzipWindow, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            stream.deallocate()
            throw .gzip(.corrupt("zlib cannot start (\(status))"))
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// The next unpacked bytes; nil after the last member.
    ///
    /// - Throws: `.gzip` when a member ends too early, fails its check sum, or something else follows the last one.
    func nextChunk(packed: () throws -> [UInt8]?) throws -> [UInt8]? {
        while true {
            if used == input.count {
                guard let chunk = try packed() else {
                    if isInsideMember { throw RegisterFileError.gzip(.truncated) }
                    return nil
                }
                input = chunk
                used = 0
            }
            if !isInsideMember { try beginMember() }
            if isInsideMember {
                let chunk = try inflateStep()
                if !chunk.isEmpty { return chunk }
            }
        }
    }

    /// After a member: another one, or the zero bytes that tapes and some tools pad with, as gzip itself takes it.
    private func beginMember() throws(RegisterFileError) {
        while used < input.count, input[used] == 0 {
            hasPadding = true
            used += 1
        }
        guard used < input.count else { return }
        guard !hasPadding, input[used] == 0x1F else { throw .gzip(.trailingBytes) }
        inflateReset(stream)
        isInsideMember = true
    }

    private func inflateStep() throws(RegisterFileError) -> [UInt8] {
        var status = Z_OK
        let stream = stream
        let start = used
        var left = 0
        let chunk = input.withUnsafeMutableBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { output, count in
                stream.pointee.next_in = input.baseAddress.map { $0 + start }
                stream.pointee.avail_in = UInt32(input.count - start)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                status = inflate(stream, Z_NO_FLUSH)
                left = Int(stream.pointee.avail_in)
                count = output.count - Int(stream.pointee.avail_out)
            }
        }
        used = input.count - left
        switch status {
        case Z_OK: break
        case Z_STREAM_END: isInsideMember = false
        // No progress was possible: more input is needed, which the caller fetches.
        case Z_BUF_ERROR where left == 0: break
        default:
            throw .gzip(.corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "zlib status \(status)"))
        }
        return chunk
    }
}
