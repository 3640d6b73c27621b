import Vocabulary

extension OutputValue {
    /// The value as JSON: two spaces of indentation, or on one line.
    public func json(indented: Bool = true) -> String {
        var text = ""
        writeJSON(to: &text, indent: indented ? "\n" : nil)
        return text
    }

    private func writeJSON(to text: inout String, indent: String?) {
        switch self {
        case .none: text += "null"
        case .text(let string): writeJSONString(string, to: &text)
        case .number(let number): text += String(number)
        case .numeral(let numeral): text += numeral
        case .flag(let flag): text += flag ? "true" : "false"
        case .time(let time): writeJSONString(time.description, to: &text)
        case .list(let values):
            writeJSONSequence("[", "]", values, to: &text, indent: indent) { value, text, indent in
                value.writeJSON(to: &text, indent: indent)
            }
        case .object(let members):
            writeJSONSequence("{", "}", members, to: &text, indent: indent) { member, text, indent in
                writeJSONString(member.name, to: &text)
                text += indent == nil ? ":" : ": "
                member.value.writeJSON(to: &text, indent: indent)
            }
        }
    }
}

private func writeJSONSequence<Element>(
    _ open: String,
    _ close: String,
    _ elements: [Element],
    to text: inout String,
    indent: String?,
    write: (Element, inout String, String?) -> Void
) {
    text += open
    let inner = indent.map { $0 + "  " }
    for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        text += inner ?? ""
        write(element, &text, inner)
    }
    if !elements.isEmpty { text += indent ?? "" }
    text += close
}

private func writeJSONString(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        // RFC 8259 §7 demands only the first; DEL and the C1 controls could steer a terminal.
        case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
            let digits = String(scalar.value, radix: 16)
            text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
    }
    text += "\""
}
