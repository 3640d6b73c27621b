import CZlib

/// Packs bytes as gzip does (RFC 1952), without a time, so that the same bytes give the same file.
public final class GzipDeflater {
    /// A window of 32 KiB, and 16 more: the gzip wrapping (zlib.h, deflateInit2).
    private static let gzipWindow: Int32 = 15 + 16
    private static let chunkSize = 64 * 1_024

    // INVARIANT: zlib's state points back at this structure, so it stays at one address until `deflateEnd`.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Packs at zlib's ordinary level, as the register itself does.
    public init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream,
            Z_DEFAULT_COMPRESSION,
            Z_DEFLATED,
            Self.gzipWindow,
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        // Fails for want of memory alone, where Swift would stop the program too.
        precondition(status == Z_OK, "zlib cannot start")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Packs some bytes; gives what is ready.
    public func pack(_ bytes: [UInt8]) -> [UInt8] { run(bytes, Z_NO_FLUSH) }

    /// The end of the file.
    public func finish() -> [UInt8] { run([], Z_FINISH) }

    private func run(_ bytes: [UInt8], _ flush: Int32) -> [UInt8] {
        var bytes = bytes
        var packed: [UInt8] = []
        let stream = stream
        bytes.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            var isFull = true
            while isFull {
                packed += [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { output, count in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    _ = deflate(stream, flush)
                    count = output.count - Int(stream.pointee.avail_out)
                }
                isFull = stream.pointee.avail_out == 0
            }
        }
        return packed
    }
}
