import Vocabulary

/// A value that expressions work on.
enum Datum: Sendable, Hashable {
    case string(String)
    case boolean(Bool)
    case integer(Int64)
    case double(Double)
    /// Nanoseconds since midnight, the offset taken away; may lie outside the day.
    case time(Int64)
    /// Seconds since 1970 of the day's start.
    case date(Int64)
    /// Seconds since 1970 and nanoseconds.
    case dateTime(Int64, Int64)
    case anyURI(String)

    var type: XACMLDataType {
        switch self {
        case .string: .string
        case .boolean: .boolean
        case .integer: .integer
        case .double: .double
        case .time: .time
        case .date: .date
        case .dateTime: .dateTime
        case .anyURI: .anyURI
        }
    }

    /// The value whose text that is; white space around all but strings is no part of it (XML Schema part 2).
    init?(_ text: String, as type: XACMLDataType) {
        let trimmed = type == .string ? Substring(text) : Self.trimmed(text)
        switch type {
        case .string: self = .string(text)
        case .anyURI: self = .anyURI(String(trimmed))
        case .boolean:
            switch trimmed {
            case "true", "1": self = .boolean(true)
            case "false", "0": self = .boolean(false)
            default: return nil
            }
        case .integer:
            let digits = trimmed.first == "+" ? trimmed.dropFirst() : trimmed
            guard digits.first != "+", let value = Int64(digits) else { return nil }
            self = .integer(value)
        case .double:
            guard let value = Self.double(trimmed) else { return nil }
            self = .double(value)
        case .time:
            guard let time = LexicalTime(time: trimmed) else { return nil }
            self = .time(time.nanosecondsOfDay - time.offset * LexicalTime.second)
        case .date:
            guard let date = LexicalTime(date: trimmed) else { return nil }
            self = .date(date.day * 86_400 - date.offset)
        case .dateTime:
            guard let time = LexicalTime(dateTime: trimmed) else { return nil }
            let seconds = time.nanosecondsOfDay / LexicalTime.second
            self = .dateTime(
                time.day * 86_400 + seconds - time.offset,
                time.nanosecondsOfDay % LexicalTime.second
            )
        case .other: return nil
        }
    }

    /// The value as text of its type.
    var text: String {
        switch self {
        case .string(let text), .anyURI(let text): return text
        case .boolean(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .double(let value):
            return value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-INF" : "INF") : String(value)
        case .time(let nanoseconds):
            let day = 86_400 * LexicalTime.second
            let inDay = ((nanoseconds % day) + day) % day
            let text = Timestamp(seconds: inDay / LexicalTime.second).description.dropFirst(11).dropLast()
            return text + Self.fraction(inDay % LexicalTime.second) + "Z"
        case .date(let seconds): return CalendarDate(of: Timestamp(seconds: seconds)).description + "Z"
        case .dateTime(let seconds, let nanoseconds):
            return Timestamp(seconds: seconds).description.dropLast() + Self.fraction(nanoseconds) + "Z"
        }
    }

    /// Whether both are the same value; texts when their code points are (XACML 3.0 A.3.1).
    static func == (left: Datum, right: Datum) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)), (.anyURI(let left), .anyURI(let right)):
            isSame(left, right)
        case (.boolean(let left), .boolean(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.time(let left), .time(let right)): left == right
        case (.date(let left), .date(let right)): left == right
        case (.dateTime(let left, let part), .dateTime(let right, let other)): left == right && part == other
        default: false
        }
    }

    /// Whether two texts are the same code points; the standard library takes canonically equivalent ones for equal.
    static func isSame(_ left: String, _ right: String) -> Bool {
        left == right && left.utf8.count == right.utf8.count && left.utf8.elementsEqual(right.utf8)
    }

    /// Whether one comes before the other; nil when their type has no order.
    func precedes(_ other: Datum) -> Bool? {
        switch (self, other) {
        case (.string(let left), .string(let right)):
            left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
        case (.integer(let left), .integer(let right)): left < right
        case (.double(let left), .double(let right)): left < right
        case (.time(let left), .time(let right)): left < right
        case (.date(let left), .date(let right)): left < right
        case (.dateTime(let left, let part), .dateTime(let right, let other)): (left, part) < (right, other)
        default: nil
        }
    }

    private static func trimmed(_ text: String) -> Substring {
        var text = Substring(text)
        while let byte = text.utf8.first, XMLElement.isWhiteSpace(byte) { text.removeFirst() }
        while let byte = text.utf8.last, XMLElement.isWhiteSpace(byte) { text.removeLast() }
        return text
    }

    // XML Schema writes infinity and NaN in its own way, and knows no hexadecimal.
    private static func double(_ text: Substring) -> Double? {
        switch text {
        case "INF": .infinity
        case "-INF": -.infinity
        case "NaN": .nan
        default: text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) } ? Double(text) : nil
        }
    }

    private static func fraction(_ nanoseconds: Int64) -> String {
        guard nanoseconds > 0 else { return "" }
        let digits = String(nanoseconds)
        var text = String(repeating: "0", count: 9 - digits.count) + digits
        while text.last == "0" { text.removeLast() }
        return "." + text
    }
}

/// The parts of a date or time as XML Schema part 2 writes them.
struct LexicalTime {
    /// Nanoseconds in a second.
    static let second: Int64 = 1_000_000_000

    /// Days since 1970-01-01.
    private(set) var day: Int64 = 0
    private(set) var nanosecondsOfDay: Int64 = 0
    /// Seconds east of UTC; nought when the text names no offset.
    private(set) var offset: Int64 = 0

    init?(date text: Substring) {
        guard text.utf8.count >= 10, let date = CalendarDate(parsing: text.prefix(10)), Self.isYear(text) else {
            return nil
        }
        day = date.daysSinceEpoch
        guard readOffset(text.dropFirst(10)) else { return nil }
    }

    init?(time text: Substring) {
        guard readTime(text) else { return nil }
    }

    init?(dateTime text: Substring) {
        let parts = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 10, let date = CalendarDate(parsing: parts[0]),
            Self.isYear(text)
        else { return nil }
        day = date.daysSinceEpoch
        guard readTime(parts[1]) else { return nil }
    }

    // There is no year nought.
    private static func isYear(_ text: Substring) -> Bool { !text.hasPrefix("0000") }

    private mutating func readTime(_ text: Substring) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 8, bytes[2] == UInt8(ascii: ":"), bytes[5] == UInt8(ascii: ":"),
            let hour = Self.decimal(bytes[0..<2]), let minute = Self.decimal(bytes[3..<5]), minute < 60,
            let second = Self.decimal(bytes[6..<8]), second < 60
        else { return false }
        var end = 8
        var fraction: Int64 = 0
        if end < bytes.count, bytes[end] == UInt8(ascii: ".") {
            end += 1
            let start = end
            while end < bytes.count, bytes[end] >= UInt8(ascii: "0"), bytes[end] <= UInt8(ascii: "9") { end += 1 }
            // Finer than nanoseconds is cut off.
            let digits = bytes[start..<min(end, start + 9)]
            guard !digits.isEmpty, let value = Self.decimal(digits) else { return false }
            fraction = (0..<(9 - digits.count)).reduce(value) { scaled, _ in scaled * 10 }
        }
        // Midnight may be written as the end of the day before.
        guard hour < 24 || (hour == 24 && minute == 0 && second == 0 && fraction == 0) else { return false }
        nanosecondsOfDay = (hour * 3_600 + minute * 60 + second) * Self.second + fraction
        return readOffset(Substring(decoding: bytes[end...], as: UTF8.self))
    }

    private mutating func readOffset(_ text: Substring) -> Bool {
        guard !text.isEmpty, text != "Z" else { return true }
        let bytes = Array(text.utf8)
        guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            bytes[3] == UInt8(ascii: ":"), let hours = Self.decimal(bytes[1..<3]),
            let minutes = Self.decimal(bytes[4..<6]), minutes < 60, hours * 60 + minutes <= 14 * 60
        else { return false }
        offset = (hours * 60 + minutes) * (bytes[0] == UInt8(ascii: "-") ? -60 : 60)
        return true
    }

    private static func decimal(_ bytes: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for byte in bytes {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
