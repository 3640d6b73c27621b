/// Writing JSON.
extension JSONValue {
    /// The text as UTF-8 in its shortest form, members in the order they are held.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.text
    }

    /// The text in its shortest form, members in the order they are held.
    public func text() -> String { String(decoding: encoded(), as: UTF8.self) }

    /// The one text of a value: members sorted as RFC 8785 §3.2.3 has it, for thumbprints, hashes and cache keys.
    ///
    /// Integers up to 2^53 are written plainly, as RFC 8785 does; other numbers stay as they were read.
    public func canonical() -> [UInt8] {
        var writer = JSONWriter(isCanonical: true)
        writer.write(self)
        return writer.text
    }

    /// The text on several lines, two spaces a level, for people.
    public func pretty() -> String {
        var writer = JSONWriter(indentation: 0)
        writer.write(self)
        return String(decoding: writer.text, as: UTF8.self)
    }
}

extension JSONObject {
    /// The text as UTF-8 in its shortest form, members in the order they are held.
    public func encoded() -> [UInt8] { JSONValue.object(self).encoded() }

    /// The one text of the object, as ``JSONValue/canonical()`` writes it.
    public func canonical() -> [UInt8] { JSONValue.object(self).canonical() }

    /// The text on several lines, two spaces a level, for people.
    public func pretty() -> String { JSONValue.object(self).pretty() }
}

private struct JSONWriter {
    var text: [UInt8] = []
    var isCanonical = false
    /// Levels open so far; nil for the form on one line.
    var indentation: Int?

    init(isCanonical: Bool = false, indentation: Int? = nil) {
        self.isCanonical = isCanonical
        self.indentation = indentation
        text.reserveCapacity(512)
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: write("null")
        case .bool(let value): write(value ? "true" : "false")
        case .number(let number): write(number)
        case .string(let string): write(quoted: string)
        case .array(let elements):
            write(elements, between: UInt8(ascii: "["), UInt8(ascii: "]")) { writer, element in writer.write(element) }
        case .object(let object):
            let members = isCanonical ? object.sortedMembers() : object.members
            write(members, between: UInt8(ascii: "{"), UInt8(ascii: "}")) { writer, member in
                writer.write(quoted: member.name)
                writer.text.append(UInt8(ascii: ":"))
                if writer.indentation != nil { writer.text.append(UInt8(ascii: " ")) }
                writer.write(member.value)
            }
        }
    }

    private mutating func write<Element>(
        _ elements: [Element],
        between opening: UInt8,
        _ closing: UInt8,
        _ writeElement: (inout JSONWriter, Element) -> Void
    ) {
        text.append(opening)
        if let level = indentation { indentation = level + 1 }
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            breakLine()
            writeElement(&self, element)
        }
        if let level = indentation { indentation = level - 1 }
        if !elements.isEmpty { breakLine() }
        text.append(closing)
    }

    private mutating func breakLine() {
        guard let indentation else { return }
        text.append(UInt8(ascii: "\n"))
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indentation))
    }

    private mutating func write(_ number: JSONNumber) {
        if isCanonical, let integer = number.integer,
            (-JSONNumber.largestExactInteger...JSONNumber.largestExactInteger).contains(integer)
        {
            text.append(contentsOf: String(integer).utf8)
        } else {
            text.append(contentsOf: number.source.utf8)
        }
    }

    /// Escapes what RFC 8259 §7 demands and nothing else, in the spelling of RFC 8785 §3.2.2.2.
    private mutating func write(quoted string: String) {
        text.append(UInt8(ascii: "\""))
        if !text.append(plainJSON: string) {
            for byte in string.utf8 { writeEscaped(byte) }
        }
        text.append(UInt8(ascii: "\""))
    }

    private mutating func writeEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): write("\\\"")
        case UInt8(ascii: "\\"): write("\\\\")
        case 0x08: write("\\b")
        case 0x09: write("\\t")
        case 0x0A: write("\\n")
        case 0x0C: write("\\f")
        case 0x0D: write("\\r")
        case 0..<0x20: write(byte < 0x10 ? "\\u000\(String(byte, radix: 16))" : "\\u00\(String(byte, radix: 16))")
        default: text.append(byte)
        }
    }

    private mutating func write(_ word: String) { text.append(contentsOf: word.utf8) }
}
