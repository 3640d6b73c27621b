import Operations

/// How text looks on a terminal.
typealias TextStyle = Tone

extension Tone {
    /// The text in this style, or unchanged without colours.
    func apply(_ text: String, coloured: Bool) -> String {
        coloured && self != .plain && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// ECMA-48's number for it.
    private var code: String {
        switch self {
        case .plain: "0"
        case .bold: "1"
        case .faint: "2"
        case .bad: "31"
        case .good: "32"
        case .warning: "33"
        }
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
