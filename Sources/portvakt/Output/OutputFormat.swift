import Vocabulary
import Yams

/// `--output`.
enum OutputFormat: String, Sendable, CaseIterable {
    /// Aligned columns; the default on a terminal.
    case table
    /// One object with `schema`, and `items` for lists.
    case json
    /// One JSON object a line for each item.
    case jsonl
    /// The JSON's content as YAML.
    case yaml
    /// Tab-separated cells without head or colours; the default in a pipe.
    case tsv
    /// The first column alone, one a line.
    case id
}

extension OutputValue {
    /// The value as JSON: two spaces of indentation, or on one line.
    func json(indented: Bool = true) -> String {
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

    /// The value as a YAML node; texts that YAML would read as something else are quoted.
    var yaml: Node {
        switch self {
        case .none: Node("null", Tag(.null))
        case .text(let text): Self.yamlText(text)
        case .number(let number): Node(String(number), Tag(.int))
        case .numeral(let numeral): Node(numeral, Tag(.float))
        case .flag(let flag): Node(flag ? "true" : "false", Tag(.bool))
        case .time(let time): Self.yamlText(time.description)
        case .list(let values): Node(values.map(\.yaml), Tag(.seq))
        case .object(let members): Node(members.map { (Node($0.name), $0.value.yaml) }, Tag(.map))
        }
    }

    private static func yamlText(_ text: String) -> Node {
        let plain = Resolver.default.resolveTag(of: Node(text)) == .str && text == visible(text)
        return Node(text, Tag(.str), plain ? .any : .doubleQuoted)
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
