/// Bytes in order, a chunk at a time, so that a register of several gigabytes is never held whole.
public protocol ByteSource: SendableMetatype {
    /// The next bytes; nil at the end.
    mutating func nextChunk() throws -> [UInt8]?
}

/// Bytes that are in memory already, handed out in chunks.
public struct MemoryByteSource: ByteSource {
    private var rest: ArraySlice<UInt8>
    private let chunkSize: Int

    /// Hands out `bytes`, at most `chunkSize` at a time.
    public init(_ bytes: [UInt8], chunkSize: Int = 256 * 1_024) {
        rest = bytes[...]
        self.chunkSize = max(1, chunkSize)
    }

    /// The next bytes; nil at the end.
    public mutating func nextChunk() -> [UInt8]? {
        guard !rest.isEmpty else { return nil }
        let chunk = Array(rest.prefix(chunkSize))
        rest = rest.dropFirst(chunkSize)
        return chunk
    }
}
