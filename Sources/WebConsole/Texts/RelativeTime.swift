import Vocabulary

extension Timestamp {
    /// The distance from the present, as people say it.
    func relative(to now: Timestamp, in language: Language) -> String {
        let distance = (self - now).count
        let size = abs(distance)
        if size < 5 { return Phrase("now", "nå").text(in: language) }
        let (count, unit): (Int64, Phrase) =
            switch size {
            case ..<120: (size, Phrase("s", "s"))
            case ..<7_200: (size / 60, Phrase("min", "min"))
            case ..<172_800: (size / 3_600, Phrase("hours", "timer"))
            case ..<63_072_000: (size / 86_400, Phrase("days", "dager"))
            default: (size / 31_536_000, Phrase("years", "år"))
            }
        let words = "\(count) \(unit.text(in: language))"
        return distance > 0
            ? Phrase("in \(words)", "om \(words)").text(in: language)
            : Phrase("\(words) ago", "for \(words) siden").text(in: language)
    }

    /// The exact time as people read it, in UTC: `2026-11-22 14:07:05 UTC`.
    var exact: String { description.replacing("T", with: " ").replacing("Z", with: " UTC") }

    /// The minute of the day in UTC, `14:07`.
    var clockText: String { String(description.dropFirst(11).prefix(5)) }
}

extension Int64 {
    /// With thin spaces between groups of three digits, as both languages allow (ISO 80000-1).
    var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append("\u{202F}") }
            text.append(digit)
        }
        return self < 0 ? "−" + text : text
    }
}
