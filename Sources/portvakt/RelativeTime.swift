import Vocabulary

extension Timestamp {
    /// The distance from the present, as people say it: `in 118 s`, `3 days ago`.
    func relative(to now: Timestamp) -> String {
        let distance = (self - now).count
        let size = abs(distance)
        let words =
            switch size {
            case ..<120: "\(size) s"
            case ..<7_200: "\(size / 60) min"
            case ..<172_800: "\(size / 3_600) hours"
            default: "\(size / 86_400) days"
            }
        if distance == 0 { return "now" }
        return distance > 0 ? "in \(words)" : "\(words) ago"
    }
}

/// A time given on the command line: RFC 3339 in UTC, a day, or seconds since the epoch.
enum TimeArgument {
    /// Parses a time.
    ///
    /// - Throws: `CLIError` (usage).
    static func time(_ text: String, option: String) throws(CLIError) -> Timestamp {
        if let time = Timestamp(parsing: text) { return time }
        if let day = CalendarDate(parsing: text) { return day.start }
        if let seconds = Int64(text), seconds >= 0 { return Timestamp(seconds: seconds) }
        throw .usage(
            "`\(option)` is no time: `\(text)`",
            hint: "write 2026-11-22T08:00:00Z, 2026-11-22, or seconds since 1970"
        )
    }
}
