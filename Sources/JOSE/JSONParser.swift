extension JSONValue {
    /// Reads one value from a whole text.
    ///
    /// RFC 8259 to the letter, and stricter where parsers are known to differ: no byte order mark, nothing after the
    /// value, no member twice (also when one is escaped), no half surrogate pairs, limits on size, depth and members.
    /// - Throws: `JSONError`.
    public init(
        parsing text: some Collection<UInt8>,
        limits: JSONLimits = .default
    ) throws(JSONError) {
        guard text.count <= limits.maximumBytes else { throw JSONError(kind: .tooLong, offset: limits.maximumBytes) }
        var parser = JSONParser(text: Array(text), limits: limits)
        self = try parser.parseDocument()
    }

    /// Reads one value from a whole text, as ``init(parsing:limits:)`` does.
    ///
    /// - Throws: `JSONError`.
    public init(parsing text: some StringProtocol, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(parsing: text.utf8, limits: limits)
    }
}

/// One pass over the bytes of a JSON text; hostile input, so every index is one that the array checks.
struct JSONParser {
    let text: [UInt8]
    let limits: JSONLimits
    var position = 0
    var depth = 0

    init(text: [UInt8], limits: JSONLimits) {
        self.text = text
        self.limits = limits
    }

    mutating func parseDocument() throws(JSONError) -> JSONValue {
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONError(kind: .byteOrderMark, offset: 0) }
        skipWhiteSpace()
        let value = try parseValue()
        skipWhiteSpace()
        guard position == text.count else { throw fault(.trailingBytes) }
        return value
    }

    private mutating func parseValue() throws(JSONError) -> JSONValue {
        guard position < text.count else { throw fault(.unexpectedEnd) }
        switch text[position] {
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "{"): return .object(try parseObject())
        case UInt8(ascii: "["): return .array(try parseArray())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try parseNumber())
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        default: throw fault(.unexpectedByte)
        }
    }

    private mutating func parseObject() throws(JSONError) -> JSONObject {
        try enter()
        var object = JSONObject()
        // Comparing with all names before is fastest for the few of a token; a set takes over for the many.
        var seen: Set<[UInt8]> = []
        guard try !closes(with: UInt8(ascii: "}")) else { return object }
        // As many as a token has; growing step by step costs more than all that is read.
        object.reserve(depth == 1 ? 12 : 2)
        while true {
            let start = position
            guard position < text.count else { throw fault(.unexpectedEnd) }
            guard text[position] == UInt8(ascii: "\"") else { throw fault(.unexpectedByte) }
            let name = try parseString()
            guard object.count < limits.maximumMembers else {
                throw JSONError(kind: .tooManyMembers, offset: start)
            }
            if try isRepeated(name, in: object, &seen) {
                throw JSONError(kind: .duplicateMember(name), offset: start)
            }
            skipWhiteSpace()
            try expect(UInt8(ascii: ":"))
            skipWhiteSpace()
            object.append(unseen: name, try parseValue())
            guard try continues(until: UInt8(ascii: "}")) else { return object }
        }
    }

    private func isRepeated(_ name: String, in object: JSONObject, _ seen: inout Set<[UInt8]>) throws(JSONError) -> Bool
    {
        guard object.count >= Self.fewMembers else { return object.contains(name) }
        if seen.isEmpty { for earlier in object.members { seen.insert(Array(earlier.name.utf8)) } }
        return !seen.insert(Array(name.utf8)).inserted
    }

    private mutating func parseArray() throws(JSONError) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        guard try !closes(with: UInt8(ascii: "]")) else { return elements }
        while true {
            elements.append(try parseValue())
            guard try continues(until: UInt8(ascii: "]")) else { return elements }
        }
    }

    /// Steps over the opening bracket.
    private mutating func enter() throws(JSONError) {
        guard depth < limits.maximumDepth else { throw fault(.tooDeep) }
        depth += 1
        position += 1
        skipWhiteSpace()
    }

    /// Whether the bracket closes at once.
    private mutating func closes(with bracket: UInt8) throws(JSONError) -> Bool {
        guard position < text.count else { throw fault(.unexpectedEnd) }
        guard text[position] == bracket else { return false }
        position += 1
        depth -= 1
        return true
    }

    /// Whether a comma says that another element follows, or else the closing bracket stands there.
    private mutating func continues(until bracket: UInt8) throws(JSONError) -> Bool {
        skipWhiteSpace()
        guard try !closes(with: bracket) else { return false }
        try expect(UInt8(ascii: ","))
        skipWhiteSpace()
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard position < text.count else { throw fault(.unexpectedEnd) }
        guard text[position] == byte else { throw fault(.unexpectedByte) }
        position += 1
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < text.count else { throw fault(.unexpectedEnd) }
            guard text[position] == word.utf8Start[index] else { throw fault(.unexpectedByte) }
            position += 1
        }
        return value
    }

    private mutating func parseNumber() throws(JSONError) -> JSONNumber {
        let start = position
        if text[position] == UInt8(ascii: "-") { position += 1 }
        let whole = position
        try readDigits()
        guard text[whole] != UInt8(ascii: "0") || position == whole + 1 else {
            throw JSONError(kind: .number, offset: start)
        }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            try readDigits()
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
                position += 1
            }
            try readDigits()
        }
        return JSONNumber(source: String(decoding: text[start..<position], as: UTF8.self))
    }

    /// One digit at least.
    private mutating func readDigits() throws(JSONError) {
        let start = position
        while position < text.count, text[position] >= UInt8(ascii: "0"), text[position] <= UInt8(ascii: "9") {
            position += 1
        }
        guard position > start else { throw fault(.number) }
    }

    mutating func skipWhiteSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    func fault(_ kind: JSONError.Kind) -> JSONError { JSONError(kind: kind, offset: position) }

    private static let fewMembers = 24
}
