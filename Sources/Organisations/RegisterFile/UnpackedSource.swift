/// The text of a file that may be packed: gzip or plain is told from its first bytes, never from its name.
struct UnpackedSource<Source: ByteSource> {
    /// How many bytes of the file itself have been taken, for a progress bar.
    private(set) var bytesTaken: Int64 = 0
    private var source: Source
    private var inflater: GzipInflater?
    private var head: [UInt8]?
    private var isOpen = false

    init(_ source: Source) {
        self.source = source
    }

    /// The next bytes of the text; nil at the end.
    mutating func nextChunk() throws -> [UInt8]? {
        if !isOpen { try open() }
        guard let inflater else { return try nextPackedChunk() }
        return try inflater.nextChunk { try nextPackedChunk() }
    }

    private mutating func nextPackedChunk() throws -> [UInt8]? {
        if let first = head {
            head = nil
            return first
        }
        guard let chunk = try source.nextChunk() else { return nil }
        bytesTaken += Int64(chunk.count)
        return chunk
    }

    /// Gathers enough of the file to tell what it is.
    private mutating func open() throws {
        isOpen = true
        var gathered: [UInt8] = []
        while gathered.count < 4, let chunk = try source.nextChunk() {
            bytesTaken += Int64(chunk.count)
            gathered += chunk
        }
        guard !gathered.isEmpty else { throw RegisterFileError.empty }
        if gathered.starts(with: [0x1F, 0x8B]) {
            inflater = GzipInflater()
        } else if gathered.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            // The register's spreadsheet (`lastned/regneark`) is a zip archive.
            throw RegisterFileError.foreign(.archive)
        }
        head = gathered
    }
}
