/// A point in time in whole seconds since 1970-01-01T00:00:00Z, as in a `NumericDate` (RFC 7519 §2).
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Seconds since the epoch; negative before it.
    public let seconds: Int64

    /// The point so many seconds after the epoch.
    public init(seconds: Int64) { self.seconds = seconds }

    /// The later point.
    public static func + (point: Timestamp, span: Seconds) -> Timestamp {
        Timestamp(seconds: point.seconds + span.count)
    }

    /// The earlier point.
    public static func - (point: Timestamp, span: Seconds) -> Timestamp {
        Timestamp(seconds: point.seconds - span.count)
    }

    /// The span from `start` to `end`; negative when `end` is before `start`.
    public static func - (end: Timestamp, start: Timestamp) -> Seconds { Seconds(end.seconds - start.seconds) }

    /// Orders by time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }
}

/// A span of whole seconds.
public struct Seconds: Sendable, Hashable, Comparable, ExpressibleByIntegerLiteral {
    /// How many; negative for a span backwards.
    public let count: Int64

    /// A span of so many seconds.
    public init(_ count: Int64) { self.count = count }

    /// A span written as a literal.
    public init(integerLiteral count: Int64) { self.count = count }

    /// A span of so many days.
    public static func days(_ count: Int64) -> Seconds { Seconds(count * 86_400) }

    /// A span of so many hours.
    public static func hours(_ count: Int64) -> Seconds { Seconds(count * 3_600) }

    /// A span of so many minutes.
    public static func minutes(_ count: Int64) -> Seconds { Seconds(count * 60) }

    /// Both spans together.
    public static func + (left: Seconds, right: Seconds) -> Seconds { Seconds(left.count + right.count) }

    /// Orders by length.
    public static func < (left: Seconds, right: Seconds) -> Bool { left.count < right.count }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC, `2026-11-22T01:22:53Z`.
    public var description: String {
        let days = floorDivide(seconds, 86_400)
        let second = seconds - days * 86_400
        let date = CalendarDate(daysSinceEpoch: days)
        return "\(date)T\(twoDigits(second / 3_600)):\(twoDigits(second / 60 % 60)):\(twoDigits(second % 60))Z"
    }

    /// Parses RFC 3339 in UTC (`2026-11-22T01:22:53Z`); nil for anything else.
    public init?(parsing text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 20, bytes[10] == UInt8(ascii: "T"), bytes[19] == UInt8(ascii: "Z"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let date = CalendarDate(parsing: text.prefix(10)),
            let hour = decimal(bytes[11..<13]), hour < 24,
            let minute = decimal(bytes[14..<16]), minute < 60,
            let second = decimal(bytes[17..<19]), second < 60
        else { return nil }
        self.init(seconds: date.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second)
    }
}

/// A day of the Gregorian calendar, as the register writes it (`2026-11-22`).
public struct CalendarDate: Sendable, Hashable, Comparable {
    /// Days since 1970-01-01.
    public let daysSinceEpoch: Int64

    /// The day so many days after 1970-01-01.
    public init(daysSinceEpoch: Int64) { self.daysSinceEpoch = daysSinceEpoch }

    /// The day of `point` in UTC.
    public init(of point: Timestamp) { daysSinceEpoch = floorDivide(point.seconds, 86_400) }

    /// Parses `yyyy-mm-dd`; nil for anything else, also for a day that the month does not have.
    public init?(parsing text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = decimal(bytes[0..<4]), let month = decimal(bytes[5..<7]), let day = decimal(bytes[8..<10]),
            (1...12).contains(month), day >= 1, day <= daysIn(month: month, of: year)
        else { return nil }
        // Days from civil date, counting years from March (H. Hinnant's public-domain algorithm).
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSinceEpoch = era * 146_097 + dayOfEra - 719_468
    }

    /// Midnight UTC at the start of the day.
    public var start: Timestamp { Timestamp(seconds: daysSinceEpoch * 86_400) }

    /// Orders by time.
    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.daysSinceEpoch < right.daysSinceEpoch
    }
}

extension CalendarDate: CustomStringConvertible {
    /// `yyyy-mm-dd`.
    public var description: String {
        let shifted = daysSinceEpoch + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        guard (0...9_999).contains(year) else {
            let digits = String(year)
            let padding = String(repeating: "0", count: max(0, 4 - digits.count))
            return "\(padding)\(digits)-\(twoDigits(month))-\(twoDigits(day))"
        }
        // An import of roles writes millions of days.
        return String(unsafeUninitializedCapacity: 10) { text in
            var rest = ((year * 100) + month) * 100 + day
            for place in [9, 8, 6, 5, 3, 2, 1, 0] {
                text[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
            text[4] = UInt8(ascii: "-")
            text[7] = UInt8(ascii: "-")
            return 10
        }
    }
}

/// The clock on the wall, read once a request by the shell; rules get `now` as an argument.
public protocol WallClock: Sendable {
    /// The present time.
    var now: Timestamp { get }
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
}

private func twoDigits(_ value: Int64) -> String { value < 10 ? "0\(value)" : String(value) }

private func decimal(_ bytes: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for byte in bytes {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return value
}

private func daysIn(month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: (year.isMultiple(of: 4) && !year.isMultiple(of: 100)) || year.isMultiple(of: 400) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}
