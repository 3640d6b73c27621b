/// Splits the text of a register file into its elements without holding the file: a byte scanner, no JSON parser.
///
/// It knows strings, escapes and nesting, and nothing else; each element is parsed strictly afterwards. An array gives its
/// elements, an object gives itself. Bytes of an element that lies within one chunk are not copied.
struct RegisterScanner {
    /// What the file is at its outermost.
    enum Root: Sendable, Equatable {
        case array
        case object
    }

    /// One element.
    struct Element {
        let root: Root
        let position: RegisterPosition
        /// Its text; of an oversized one only the beginning.
        let bytes: ArraySlice<UInt8>
        let isOversized: Bool

        /// The same element of a text that begins `distance` bytes further on in the file.
        func moved(by distance: Int64) -> Element {
            let position = RegisterPosition(index: position.index, offset: position.offset + distance)
            return Element(root: root, position: position, bytes: bytes, isOversized: isOversized)
        }
    }

    private enum Phase: Equatable {
        /// Before the first byte that is no white space.
        case start
        /// After `[`: an element, or `]`.
        case firstElement
        /// After `,`: an element.
        case nextElement
        /// After an element: `,` or `]`.
        case separator
        /// Inside an object, an array, or a string at the top.
        case nested
        /// Inside a number, `true`, `false` or `null` at the top of the array.
        case scalar
        /// After the outermost value.
        case end
    }

    /// What is kept of an element that is too large: enough to find its number.
    private static let keptOfOversized = 4_096
    /// U+FEFF in UTF-8, which some editors and scripts write first.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let elementLimit: Int
    private let objectLimit: Int
    private var phase = Phase.start
    private var root = Root.array
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isOversized = false
    private var index = 0
    private var elementOffset: Int64 = 0
    /// How many bytes of the text came in earlier chunks.
    private var consumed: Int64 = 0
    /// The beginning of an element that an earlier chunk ended in.
    private var carried: [UInt8] = []

    /// `elementLimit` bounds an element of an array, `objectLimit` an object that is the whole file.
    init(elementLimit: Int, objectLimit: Int) {
        self.elementLimit = elementLimit
        self.objectLimit = objectLimit
    }

    /// Takes the next bytes of the text and hands out every element that ends in them.
    mutating func scan(_ chunk: [UInt8], _ body: (Element) throws -> Void) throws {
        if phase == .start { try refuseForeign(chunk) }
        var index = 0
        var start = 0  // of the open element within this chunk
        while index < chunk.count {
            switch phase {
            case .nested:
                guard let end = endOfNested(in: chunk, from: &index) else { break }
                try finishElement(chunk[start..<end], body)
            case .scalar:
                guard let end = endOfScalar(in: chunk, from: &index) else { break }
                try finishElement(chunk[start..<end], body)
            case .start, .firstElement, .nextElement, .separator, .end:
                let byte = chunk[index]
                if isWhiteSpace(byte) {
                    index += 1
                } else if try take(byte, at: consumed + Int64(index)) {
                    // An element begins here; its first byte is read again inside it.
                    start = index
                    elementOffset = consumed + Int64(index)
                } else {
                    index += 1
                }
            }
        }
        if phase == .nested || phase == .scalar { carry(chunk[start...]) }
        consumed += Int64(chunk.count)
    }

    /// Makes sure that the text is whole.
    ///
    /// - Throws: `.truncated` when it ends before its outermost value does, `.empty` when there was only white space.
    func finish() throws(RegisterFileError) {
        if phase == .start { throw .empty }
        guard phase == .end else { throw .truncated(at: consumed) }
    }

    /// Names what is plainly no JSON, so that its owner need not puzzle over a position.
    private func refuseForeign(_ chunk: [UInt8]) throws(RegisterFileError) {
        let text = chunk.drop { Self.byteOrderMark.contains($0) || isWhiteSpace($0) }
        if text.first == UInt8(ascii: "<") { throw .foreign(.markup) }
        let header = text.first == UInt8(ascii: "\"") ? text.dropFirst() : text
        if header.starts(with: "organisasjonsnummer".utf8) { throw .foreign(.csv) }
    }

    /// Takes a byte between elements; true when an element begins with it.
    private mutating func take(_ byte: UInt8, at offset: Int64) throws(RegisterFileError) -> Bool {
        switch (phase, byte) {
        case (.start, UInt8(ascii: "[")):
            root = .array
            phase = .firstElement
            return false
        case (.start, UInt8(ascii: "{")):
            root = .object
            return beginElement(byte)
        case (.firstElement, UInt8(ascii: "]")), (.separator, UInt8(ascii: "]")):
            phase = .end
            return false
        case (.separator, UInt8(ascii: ",")):
            phase = .nextElement
            return false
        case (.firstElement, _), (.nextElement, _):
            guard canBeginValue(byte) else { throw .structure(expected: "a unit", at: offset) }
            return beginElement(byte)
        case (.start, _) where offset < 3 && byte == Self.byteOrderMark[Int(offset)]: return false
        case (.start, 0x00), (.start, 0xBB...0xFF): throw .encoding
        case (.start, _): throw .structure(expected: "`[` or `{`", at: offset)
        case (.separator, _): throw .structure(expected: "`,` or `]`", at: offset)
        case (.end, _): throw .structure(expected: "the end of the file", at: offset)
        case (.nested, _), (.scalar, _): return false
        }
    }

    private mutating func beginElement(_ byte: UInt8) -> Bool {
        depth = 0
        isInString = false
        isEscaped = false
        isOversized = false
        let isNested = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "\"")
        phase = isNested ? .nested : .scalar
        return true
    }

    /// The end of the open object, array or string; nil when this chunk does not hold it.
    private mutating func endOfNested(in chunk: [UInt8], from position: inout Int) -> Int? {
        // Locals, because this loop sees every byte of several gigabytes.
        var depth = depth
        var isInString = isInString
        var isEscaped = isEscaped
        var index = position
        let end: Int? = chunk.withUnsafeBufferPointer { bytes in
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                if isInString {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isInString = false
                        if depth == 0 { return index }
                    }
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    if depth == 0 { return index }
                default: break
                }
            }
            return nil
        }
        self.depth = depth
        self.isInString = isInString
        self.isEscaped = isEscaped
        position = index
        return end
    }

    private func endOfScalar(in chunk: [UInt8], from position: inout Int) -> Int? {
        while position < chunk.count {
            let byte = chunk[position]
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || isWhiteSpace(byte) { return position }
            position += 1
        }
        return nil
    }

    private mutating func finishElement(_ bytes: ArraySlice<UInt8>, _ body: (Element) throws -> Void) throws {
        phase = root == .object ? .end : .separator
        var text = bytes
        if !carried.isEmpty {
            carry(bytes)
            text = carried[...]
            carried = []
        } else if bytes.count > limit {
            isOversized = true
            text = bytes.prefix(Self.keptOfOversized)
        }
        let position = RegisterPosition(index: index, offset: elementOffset)
        index += 1
        try body(Element(root: root, position: position, bytes: text, isOversized: isOversized))
    }

    private mutating func carry(_ bytes: ArraySlice<UInt8>) {
        guard !isOversized else { return }
        guard carried.count + bytes.count <= limit else {
            isOversized = true
            carried = Array((carried.prefix(Self.keptOfOversized) + bytes.prefix(Self.keptOfOversized)))
            return
        }
        carried += bytes
    }

    private var limit: Int { root == .object ? objectLimit : elementLimit }
}

private func isWhiteSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
}

/// Whether a JSON value can begin so; whatever else it is, the strict parser tells.
private func canBeginValue(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"): false
    default: true
    }
}
