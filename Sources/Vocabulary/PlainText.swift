/// What texts that people write and others read in lists may hold.
public enum PlainText {
    /// Whether a character may stand in one line of such a text.
    ///
    /// Control and format characters (also those that turn the direction of text), line separators, private and
    /// unassigned ones have no place there.
    public static func holds(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }

    /// The first character that may not stand in one line of text; nil when all may.
    public static func firstMisplaced(in text: String) -> Unicode.Scalar? {
        text.unicodeScalars.first { !holds($0) }
    }

    /// Whether it says nothing.
    public static func isBlank(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    }

    /// A character as messages name it: `U+202E`.
    public static func codePoint(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
