/// Finds where a member's value stands in the text of an object that a strict parser has accepted already.
///
/// The parser tells what a page holds, but not at which byte; a position is what a person looks for in the file.
struct JSONMemberFinder {
    let bytes: ArraySlice<UInt8>

    /// The text of the value at a path of member names; nil when there is none.
    func value(at path: [String]) -> Range<Int>? {
        var value = skipWhiteSpace(from: bytes.startIndex)..<bytes.endIndex
        for name in path {
            guard let next = member(name, ofObjectAt: value.lowerBound) else { return nil }
            value = next
        }
        return value
    }

    private func member(_ name: String, ofObjectAt start: Int) -> Range<Int>? {
        guard byte(at: start) == UInt8(ascii: "{") else { return nil }
        let wanted = Array("\"\(name)\"".utf8)
        var position = skipWhiteSpace(from: start + 1)
        while byte(at: position) == UInt8(ascii: "\"") {
            let key = position..<endOfValue(from: position)
            // Over the colon to the value, and over the value to the comma.
            let start = skipWhiteSpace(from: skipWhiteSpace(from: key.upperBound) + 1)
            let value = start..<endOfValue(from: start)
            if bytes[key].elementsEqual(wanted) { return value }
            position = skipWhiteSpace(from: skipWhiteSpace(from: value.upperBound) + 1)
        }
        return nil
    }

    private func endOfValue(from start: Int) -> Int {
        var depth = 0
        var isInString = false
        var position = start
        while let byte = byte(at: position) {
            if isInString {
                if byte == UInt8(ascii: "\\") {
                    position += 1
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    // The end of what is around a number or a word.
                    if depth == 0 { return position }
                    depth -= 1
                case UInt8(ascii: ",") where depth == 0, UInt8(ascii: ":") where depth == 0: return position
                default: break
                }
            }
            position += 1
            if depth == 0 && !isInString && closesValue(byte) { return position }
        }
        return bytes.endIndex
    }

    private func closesValue(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }

    private func skipWhiteSpace(from start: Int) -> Int {
        var position = start
        while let byte = byte(at: position), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
        return position
    }

    private func byte(at position: Int) -> UInt8? { position < bytes.endIndex ? bytes[position] : nil }
}
