/// How text looks on a terminal; colour is never the only sign of anything.
enum TextStyle: String, Sendable {
    /// As it is.
    case plain = ""
    /// Heads and names.
    case bold = "1"
    /// Of less weight.
    case faint = "2"
    /// Failed, refused, expired.
    case bad = "31"
    /// Good, in force.
    case good = "32"
    /// Wants attention.
    case warning = "33"

    /// The text in this style, or unchanged without colours.
    func apply(_ text: String, coloured: Bool) -> String {
        coloured && self != .plain && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// `--color`.
enum ColourChoice: String, Sendable, CaseIterable {
    /// On a terminal that can, unless the environment says otherwise.
    case auto
    /// Also when piped.
    case always
    /// Not at all.
    case never

    /// Whether a stream gets colours (no-color.org, bixense.com/clicolors, `TERM=dumb`).
    func colours(terminal: Bool, environment: [String: String]) -> Bool {
        switch self {
        case .always: return true
        case .never: return false
        case .auto:
            if let setting = environment["NO_COLOR"], !setting.isEmpty { return false }
            if let setting = environment["CLICOLOR_FORCE"], !setting.isEmpty, setting != "0" { return true }
            return terminal && environment["CLICOLOR"] != "0" && environment["TERM"] != "dumb"
        }
    }
}

/// Text that is safe to show: control characters, which could steer a terminal, become their escapes.
func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\t": shown += "\\t"
        case "\n": shown += "\\n"
        case "\r": shown += "\\r"
        case _ where isControl(scalar): shown += "\\u{" + String(scalar.value, radix: 16) + "}"
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return shown
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    // Format characters hold the bidirectional overrides that can disguise a name.
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
    default: false
    }
}
