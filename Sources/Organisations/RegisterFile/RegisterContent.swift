/// What a file of Enhetsregisteret is about, as far as its beginning tells.
public enum RegisterContent: Sendable, Hashable {
    /// Units, or something that the reader of units will name.
    case units
    /// Roles of units.
    case roles
}

/// A source whose beginning has been looked at and is handed out all the same.
public struct PeekedSource<Source: ByteSource>: ByteSource {
    /// What the file is about.
    public let content: RegisterContent
    private var taken: ArraySlice<[UInt8]>
    private var rest: Source

    /// How much text is looked at, unpacked: an object of roles names them after its number at the latest.
    private static var lookedAt: Int { 64 * 1_024 }

    /// Looks at the beginning of `source`.
    ///
    /// - Throws: what `source` throws. A file that is damaged so early is left to its reader, which says so.
    public init(_ source: Source) throws {
        let recording = RecordingSource(source)
        var unpacked = UnpackedSource(recording)
        var text: [UInt8] = []
        do {
            while text.count < Self.lookedAt, let chunk = try unpacked.nextChunk() { text += chunk }
        } catch is RegisterFileError {
            // The reader finds the same fault again, with all that it knows of it.
        }
        content = hasRoles(text) ? .roles : .units
        taken = recording.taken[...]
        rest = recording.source
    }

    /// The next bytes; nil at the end.
    public mutating func nextChunk() throws -> [UInt8]? {
        if let chunk = taken.popFirst() { return chunk }
        return try rest.nextChunk()
    }
}

/// Keeps what it hands out.
private final class RecordingSource<Source: ByteSource>: ByteSource {
    var source: Source
    var taken: [[UInt8]] = []

    init(_ source: Source) { self.source = source }

    func nextChunk() throws -> [UInt8]? {
        guard let chunk = try source.nextChunk() else { return nil }
        taken.append(chunk)
        return chunk
    }
}

/// Whether the first object of a text, alone or in an array, has a member `rollegrupper`.
private func hasRoles(_ text: [UInt8]) -> Bool {
    let wanted = Array("rollegrupper".utf8)
    var depth = 0
    var start: Int?  // of the open string
    var isEscaped = false
    for (index, byte) in text.enumerated() {
        if let open = start {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                start = nil
                // A value of that text would be no role file; no other file of the register has one.
                if depth == 1, text[open..<index].elementsEqual(wanted) { return true }
            }
            continue
        }
        switch byte {
        case UInt8(ascii: "\""): start = index + 1
        case UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "}"):
            depth -= 1
            if depth <= 0 { return false }
        default: break
        }
    }
    return false
}
