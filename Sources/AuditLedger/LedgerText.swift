internal import JOSE

/// Writes the JSON of an entry straight into bytes: members in a fixed order, nothing sorted, nothing allocated twice.
struct LedgerText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Starts anew behind `prefix`, in the memory of the text before.
    mutating func restart(after prefix: [UInt8], _ more: [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: prefix)
        bytes.append(contentsOf: more)
        needsComma = false
    }

    mutating func open() {
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }

    mutating func close() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    mutating func member(_ name: StaticString, _ value: Int64) {
        start(name)
        append(value)
    }

    mutating func member(_ name: StaticString, _ value: String) {
        start(name)
        append(quoted: value)
    }

    mutating func member(_ name: StaticString, optional value: String?) {
        if let value { member(name, value) }
    }

    mutating func member(_ name: StaticString, base64URL value: [UInt8]) {
        start(name)
        bytes.append(UInt8(ascii: "\""))
        Base64URL.encode(value, into: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func member(_ name: StaticString, _ values: some Sequence<String>) {
        start(name)
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for value in values {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            append(quoted: value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// A member whose value is JSON already.
    mutating func member(_ name: StaticString, json: [UInt8]) {
        start(name)
        bytes.append(contentsOf: json)
    }

    /// Opens an object as a member's value.
    mutating func member(opening name: StaticString) {
        start(name)
        open()
    }

    private mutating func start(_ name: StaticString) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
        bytes.append(UInt8(ascii: "\""))
        // Names are ours: ASCII letters and `_`.
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ value: Int64) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var rest = value.magnitude
        withUnsafeMutableBytes(of: &digits) { digits in
            var start = digits.count
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 { bytes.append(UInt8(ascii: "-")) }
            bytes.append(contentsOf: digits[start...])
        }
    }

    private mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        if !bytes.append(plainJSON: text) {
            for byte in text.utf8 { append(escaping: byte) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// RFC 8259 §7: control characters in the long spelling, which every reader knows.
    private mutating func append(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case 0..<0x20:
            bytes.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u001").utf8)
            bytes.append(contentsOf: String(byte & 0x0F, radix: 16).utf8)
        default: bytes.append(byte)
        }
    }
}
