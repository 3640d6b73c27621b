import HTTPServer
import HTTPTypes
import JOSE
import Operations

/// A report in the form that a caller asked for with `Accept`: JSON unless it names another.
struct ReportAnswer {
    let answer: APIAnswer

    init<Store>(_ report: Report, _ call: Call<Store>) {
        let accepted = call.headers[values: .accept].joined(separator: ",").lowercased()
        let types = accepted.split(separator: ",").map { type in
            type.prefix { $0 != ";" }.filter { !$0.isWhitespace }
        }
        // The first that is known; a caller that wants something else says so alone.
        let chosen = types.first { [Report.mediaType, "text/csv", "text/tab-separated-values"].contains($0) }
        answer =
            switch chosen {
            case Report.mediaType?:
                .document(JSONValue.object(report.envelope).encoded(), type: Report.mediaType)
            case "text/csv"?:
                .document(Array(report.commaSeparated.utf8), type: "text/csv; charset=utf-8; header=present")
            case "text/tab-separated-values"?:
                .document(
                    Array(report.withoutDetails.tabSeparated.utf8),
                    type: "text/tab-separated-values; charset=utf-8"
                )
            default: .document(Array(report.json.utf8), type: "application/json")
            }
    }

    /// What the OpenAPI document says of it.
    static func answers(_ name: String) -> [OperationDescription.Answer] {
        [
            .ok(
                .members([("schema", .text())], required: ["schema"]),
                "What `portvakt \(name.replacing("-", with: " ")) --json` prints."
            )
        ]
    }
}

extension Parameter {
    /// The form of its value.
    var schema: Schema { isList ? .list(element, most: Arguments.maximumValues) : element }

    private var element: Schema {
        switch kind {
        case .text, .client, .key, .resource, .prefix: .text(least: 1)
        case .word(let words): .text(words: words)
        case .flag: .flag
        case .number(let range): .number(range.lowerBound, to: range.upperBound)
        case .scope: .scopeName
        case .organisation: .organisation
        case .span: .text(pattern: "^[0-9]{1,9}[smhd]?$")
        case .time: .text(least: 1, format: "portvakt-time")
        case .object: .anyObject
        case .identityNumber: .text(pattern: "^[0-9]{11}$")
        }
    }
}
