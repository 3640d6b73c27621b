public import Vocabulary

/// Times as other systems write them (RFC 3339 §5.6): any offset, any fraction.
public enum InternetTime {
    /// The time in whole seconds, fractions cut off; nil for anything else.
    public static func parse(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") else { return nil }
        var rest = bytes[19...]
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(1 + digits.count)
        }
        let head = String(decoding: bytes[..<10], as: UTF8.self) + "T" + String(decoding: bytes[11..<19], as: UTF8.self)
        guard let local = Timestamp(parsing: head + "Z"), let offset = offset(rest) else { return nil }
        return local - offset
    }

    private static func offset(_ bytes: ArraySlice<UInt8>) -> Seconds? {
        let text = String(decoding: bytes, as: UTF8.self)
        if text == "Z" || text == "z" { return 0 }
        guard text.utf8.count == 6, let sign = text.first, sign == "+" || sign == "-",
            let hours = twoDigits(text.dropFirst().prefix(2)), let minutes = twoDigits(text.suffix(2)),
            text.dropFirst(3).first == ":", (0...23).contains(hours), (0...59).contains(minutes)
        else { return nil }
        let span = hours * 3_600 + minutes * 60
        return Seconds(sign == "-" ? -span : span)
    }

    /// The number of two digits; `Int64` alone would take a sign for one.
    private static func twoDigits(_ text: Substring) -> Int64? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int64(text)
    }
}
