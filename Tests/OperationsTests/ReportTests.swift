import JOSE
import Testing
import Vocabulary

@testable import Operations

@Suite("Reports: one answer, the same in every form")
struct ReportTests {
    private struct Row: Sendable {
        let name: String
        let count: Int?
    }

    private static let report = Report(
        Table(
            "sample-list",
            [Row(name: "=HYPERLINK(\"x\")", count: -7), Row(name: "a, \"b\"\r\nc", count: nil)],
            facts: [.init("total", 2)],
            columns: [
                Column("name", style: { $0.count == nil ? .bad : .plain }, value: { $0.name }),
                Column("count", title: "COUNTED", .detail) { $0.count },
            ]
        )
    )

    @Test func `the JSON document has schema, facts and items, details too`() throws {
        let document = try JSONValue(parsing: Self.report.json)
        #expect(document["schema"] == "portvakt/sample-list/v1")
        #expect(document["total"] == 2)
        #expect(document["items"]?.array?.map { $0["count"] } == [-7, .null])
    }

    @Test func `CSV is RFC 4180, and nothing in it is a formula to a spreadsheet`() {
        #expect(
            Self.report.commaSeparated
                == "name,count\r\n\"'=HYPERLINK(\"\"x\"\")\",-7\r\n\"a, \"\"b\"\"\r\nc\",\r\n"
        )
    }

    static let formulas = [
        "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r\n=1", "=\u{301}1+1", "\u{FF1D}1+1", " =1", "\u{A0}+1", "\u{200B}=1",
        "a;=1", "a; =1", "a\n=1", "a\r\n@x", "a\t+1", ";;=1", "a;\"=1\"",
    ]

    @Test(arguments: formulas)
    func `no cell begins a formula, whatever a spreadsheet takes for the end of a cell`(text: String) throws {
        let report = Report(Table("sample-list", [text], columns: [Column("name") { $0 }]))
        let cell = report.commaSeparated.dropFirst("name\r\n".count)
        // As the crudest reader sees it: a new cell behind every separator and every line's end.
        for piece in String(cell).unicodeScalars.split(whereSeparator: { ",;\t\r\n".unicodeScalars.contains($0) }) {
            let first = piece.first { scalar in
                !" \"\u{A0}".unicodeScalars.contains(scalar) && scalar.properties.generalCategory != .format
            }
            if let first { #expect(!"=+-@\u{FF1D}".unicodeScalars.contains(first), "\(piece)") }
        }
        #expect(cell.contains("'"))
    }

    @Test(arguments: ["a;b", "a=b", "e-post@example.no", "1-2", "a, b"])
    func `what is no formula stands as it is`(text: String) {
        let report = Report(Table("sample-list", [text], columns: [Column("name") { $0 }]))
        #expect(report.commaSeparated.replacing("\"", with: "") == "name\r\n\(text)\r\n")
    }

    @Test func `what was asked for is no detail any more, and comes in that order`() throws {
        let chosen = try Self.report.selecting(["count", "name"]).withoutDetails
        guard case .table(let columns, let rows) = chosen.content else { return #expect(Bool(false)) }
        #expect(columns.map(\.key) == ["count", "name"])
        #expect(rows.map { $0.cells[0] } == [.number(-7), .none])
        #expect(rows.map { $0.tones[1] } == [.plain, .bad])
        #expect(Self.report.withoutDetails.tabSeparated == "=HYPERLINK(\"x\")\na, \"b\"\\r\\nc\n")
    }

    @Test func `a field that is not there is named with those that are`() {
        let unknown = #expect(throws: Report.UnknownField.self) { try Self.report.selecting(["owner"]) }
        #expect(unknown?.field == "owner")
        #expect(unknown?.known == ["name", "count"])
    }
}
