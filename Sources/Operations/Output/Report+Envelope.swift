public import JOSE
import Vocabulary

// A report on its way to another program that shows it: the document, and beside it what is not in the document.
extension Report {
    /// The media type under which the operator API gives the whole report.
    public static let mediaType = "application/vnd.portvakt.report+json"

    /// The whole report: `{"report": document, "columns", "tones", "when_empty", "warnings", "notes", "verdict"}`.
    public var envelope: JSONObject {
        var envelope: JSONObject = ["report": document.jsonValue]
        if case .table(let columns, let rows) = content {
            envelope["columns"] = .array(
                columns.map { ["key": .string($0.key), "title": .string($0.title), "detail": .bool($0.isDetail)] }
            )
            envelope["tones"] = .array(rows.map { .strings($0.tones.map(\.rawValue)) })
            envelope["when_empty"] = .string(whenEmpty)
        }
        envelope["warnings"] = .strings(warnings)
        envelope["notes"] = .strings(notes)
        envelope["verdict"] = verdict.map { verdict in
            [
                "kind": .string(verdict.kind.rawValue), "code": .string(verdict.code),
                "message": .string(verdict.message), "hint": verdict.hint.map { .string($0) } ?? .null,
            ]
        }
        return envelope
    }

    /// A report that came from a server; nil when it is none.
    ///
    /// A tone that this program does not know is plain.
    public init?(envelope: JSONObject) {
        guard let document = envelope["report"]?.object, let name = document["schema"]?.string,
            let schema = Self.shortName(name)
        else { return nil }
        let members = document.members.filter { $0.name != "schema" }.map { OutputValue.Member($0.name, $0.value) }
        if let listed = envelope["columns"]?.array {
            let columns = listed.compactMap(Self.column)
            guard columns.count == listed.count, let items = document["items"]?.array else { return nil }
            let tones = envelope["tones"]?.array ?? []
            let rows = items.enumerated().map { index, item in
                let words = index < tones.count ? tones[index].strings ?? [] : []
                return Row(
                    cells: columns.map { item[$0.key]?.output ?? .none },
                    tones: columns.indices.map { $0 < words.count ? Tone(rawValue: words[$0]) ?? .plain : .plain }
                )
            }
            self.init(
                schema: schema,
                content: .table(columns: columns, rows: rows),
                facts: members.filter { $0.name != "items" },
                whenEmpty: envelope["when_empty"]?.string ?? "nothing found"
            )
        } else {
            self.init(schema: schema, content: .record(members))
        }
        warnings = envelope["warnings"]?.strings ?? []
        notes = envelope["notes"]?.strings ?? []
        verdict = envelope["verdict"].flatMap(Self.verdict)
    }

    private static func shortName(_ name: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "portvakt", parts[2] == "v1" else { return nil }
        return String(parts[1])
    }

    private static func column(_ value: JSONValue) -> Column? {
        guard let key = value["key"]?.string, let title = value["title"]?.string else { return nil }
        return Column(key: key, title: title, isDetail: value["detail"]?.bool ?? false)
    }

    private static func verdict(_ value: JSONValue) -> Verdict? {
        guard let kind = value["kind"]?.string.flatMap(Verdict.Kind.init(rawValue:)),
            let code = value["code"]?.string, let message = value["message"]?.string
        else { return nil }
        return Verdict(kind, code, message, hint: value["hint"]?.string)
    }
}
