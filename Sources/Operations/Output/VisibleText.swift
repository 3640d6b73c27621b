/// Text that is safe to show: control characters, which could steer a terminal, become their escapes.
public func visible(_ text: String) -> String {
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
