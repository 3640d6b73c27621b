package import Vocabulary

/// A length of time as people write it: `90`, `90s`, `5m`, `1h`, `2d`; without a unit it is seconds.
package enum DurationText {
    /// The length of time; nil when the text is none.
    package static func parse(_ text: String) -> Seconds? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), digits.count <= 9 else { return nil }
        let factor: Int64
        switch text.dropFirst(digits.count) {
        case "", "s": factor = 1
        case "m", "min": factor = 60
        case "h": factor = 3_600
        case "d": factor = 86_400
        default: return nil
        }
        return Seconds(count * factor)
    }
}
