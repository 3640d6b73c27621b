import Operations
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
