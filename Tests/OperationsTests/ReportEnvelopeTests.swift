import JOSE
import Operations
import Testing
import Vocabulary

@Suite("A report on its way to another program arrives as it was")
struct ReportEnvelopeTests {
    private struct Row: Sendable {
        let name: String
        let since: Timestamp?
        let live: Bool
    }

    private func sent(_ report: Report) throws -> Report {
        let text = JSONValue.object(report.envelope).text()
        let object = try #require(try JSONValue(parsing: text).object)
        return try #require(Report(envelope: object))
    }

    @Test func `a list, with facts, tones, notes and verdict`() throws {
        let rows = [
            Row(name: "å\"\n", since: Timestamp(seconds: 0), live: true), Row(name: "", since: nil, live: false),
        ]
        var report = Report(
            Table(
                "sample-list",
                rows,
                facts: [.init("total", 2), .init("nothing", String?.none)],
                whenEmpty: "none",
                columns: [
                    Column("name", title: "NAVN", style: { $0.live ? .good : .bad }, value: { $0.name }),
                    Column("since", .detail) { $0.since },
                    Column("live") { $0.live },
                ]
            ),
            warnings: ["one"],
            notes: ["two", "three"]
        )
        report.verdict = Report.Verdict(.attention, "sample", "look", hint: "there")
        let arrived = try sent(report)
        #expect(arrived.json == report.json)
        #expect(arrived.withoutDetails.tabSeparated == report.withoutDetails.tabSeparated)
        #expect(arrived.commaSeparated == report.commaSeparated)
        #expect(arrived.warnings == report.warnings && arrived.notes == report.notes)
        #expect(arrived.verdict == report.verdict && arrived.whenEmpty == "none")
        guard case .table(let columns, let lines) = arrived.content else { return #expect(Bool(false)) }
        #expect(columns.map(\.title) == ["NAVN", "SINCE", "LIVE"])
        #expect(lines.map(\.tones) == [[.good, .plain, .plain], [.bad, .plain, .plain]])
    }

    @Test func `an empty list keeps its columns`() throws {
        let report = Report(Table("sample-list", [Row](), columns: [Column("name") { $0.name }]))
        let arrived = try sent(report)
        #expect(arrived == report)
    }

    @Test func `one thing with members in them`() throws {
        let report = Report(
            Record("sample", [.init("id", "x"), .init("keys", OutputValue.list([.object([.init("kid", "k")])]))])
        )
        #expect(try sent(report) == report)
        #expect(report["id"] == .text("x") && report["none"] == .none)
    }

    @Test(arguments: [
        "{}", #"{"report":{}}"#, #"{"report":{"schema":"other/x/v1"}}"#, #"{"report":{"schema":"portvakt/x/v2"}}"#,
        #"{"report":{"schema":"portvakt/x/v1"},"columns":[{"key":"a"}]}"#,
        #"{"report":{"schema":"portvakt/x/v1"},"columns":[]}"#,
    ])
    func `what is no report is none`(text: String) throws {
        let object = try #require(try JSONValue(parsing: text).object)
        #expect(Report(envelope: object) == nil)
    }
}
