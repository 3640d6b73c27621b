/// Strings of a JSON text (RFC 8259 §7).
extension JSONParser {
    /// Reads the string whose opening quotation mark stands at the position.
    mutating func parseString() throws(JSONError) -> String {
        position += 1
        let start = position
        // Nearly all strings are plain: ASCII or sound UTF-8 without an escape, taken as they stand.
        while true {
            position = endOfPlainText(from: position)
            guard position < text.count else { throw fault(.unexpectedEnd) }
            let byte = text[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return String(decoding: text[start..<position - 1], as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") { return try parseEscapedString(from: start) }
            try step(over: byte)
        }
    }

    /// The first position from there on that does not hold printable ASCII which stands for itself.
    private func endOfPlainText(from start: Int) -> Int {
        text.withUnsafeBufferPointer { text in
            var index = start
            while index < text.count, text[index] >= 0x20, text[index] < 0x80, text[index] != UInt8(ascii: "\""),
                text[index] != UInt8(ascii: "\\")
            {
                index += 1
            }
            return index
        }
    }

    /// Goes on where the first escape stands.
    private mutating func parseEscapedString(from start: Int) throws(JSONError) -> String {
        var content = Array(text[start..<position])
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return String(decoding: content, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\") {
                try parseEscape(into: &content)
            } else {
                let from = position
                try step(over: byte)
                content += text[from..<position]
            }
        }
        throw fault(.unexpectedEnd)
    }

    /// Steps over one character that stands for itself.
    private mutating func step(over byte: UInt8) throws(JSONError) {
        if byte < 0x80 {
            guard byte >= 0x20 else { throw fault(.controlCharacter) }
            position += 1
        } else {
            try stepOverMultibyte(byte)
        }
    }

    /// The well-formed sequences of Unicode, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
    private mutating func stepOverMultibyte(_ lead: UInt8) throws(JSONError) {
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw fault(.utf8)
        }
        guard text.count - position >= length, second.contains(text[position + 1]),
            text[position + 2..<position + length].allSatisfy({ (0x80...0xBF).contains($0) })
        else { throw fault(.utf8) }
        position += length
    }

    private mutating func parseEscape(into content: inout [UInt8]) throws(JSONError) {
        let start = position
        guard position + 1 < text.count else { throw fault(.unexpectedEnd) }
        let letter = text[position + 1]
        position += 2
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try parseScalar(from: start)
            content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw JSONError(kind: .escape, offset: start)
        }
    }

    /// The scalar of one `\u` escape or of two that form a surrogate pair (RFC 8259 §7); the first `\u` has been read.
    private mutating func parseScalar(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let unit = try parseFourDigits(from: start)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard (0xD800...0xDBFF).contains(unit), position + 1 < text.count,
            text[position] == UInt8(ascii: "\\"), text[position + 1] == UInt8(ascii: "u")
        else { throw JSONError(kind: .loneSurrogate, offset: start) }
        position += 2
        let low = try parseFourDigits(from: start)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x1_0000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        else { throw JSONError(kind: .loneSurrogate, offset: start) }
        return scalar
    }

    private mutating func parseFourDigits(from start: Int) throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard position < text.count else { throw fault(.unexpectedEnd) }
            let byte = text[position]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw JSONError(kind: .escape, offset: start)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
