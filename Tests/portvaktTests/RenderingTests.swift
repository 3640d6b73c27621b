import Operations
import Testing
import Vocabulary

@testable import portvakt

@Suite("Output: every format is written from the same columns")
struct RenderingTests {
    private struct Row: Sendable {
        let name: String
        let count: Int?
        let live: Bool
        let since: Timestamp
        let tags: [String]
    }

    private static let rows = [
        Row(name: "prøve:les", count: 7, live: true, since: Timestamp(seconds: 0), tags: ["a", "b"]),
        Row(
            name: "x\t\"y\"\n\\\u{1B}[31m\u{202E}",
            count: nil,
            live: false,
            since: Timestamp(seconds: 1_795_000_000),
            tags: []
        ),
    ]

    private static let table = Table(
        "sample-list",
        rows,
        facts: [.init("total", 2)],
        columns: [
            Column("scope", style: { $0.live ? .good : .bad }, value: { $0.name }),
            Column("used_count", title: "USED") { $0.count },
            Column("live") { $0.live },
            Column("since", .detail) { $0.since },
            Column("tags", .detail) { $0.tags },
        ]
    )

    private func text(_ format: OutputFormat, fields: [String] = [], coloured: Bool = false) throws -> String {
        try Rendering(format: format, fields: fields, coloured: coloured).text(of: Self.table)
    }

    @Test func `a table is aligned, numbers flush right, and nothing in it steers a terminal`() throws {
        #expect(
            try text(.table) == #"""
                SCOPE                        USED  LIVE
                prøve:les                       7  yes
                x\t"y"\n\\u{1b}[31m\u{202e}        no

                """#
        )
    }

    @Test func `colours stand around the text, so that columns stay aligned`() throws {
        let lines = try text(.table, fields: ["scope", "live"], coloured: true).split(separator: "\n")
        #expect(lines[0] == "\u{1B}[1mSCOPE\u{1B}[0m                        \u{1B}[1mLIVE\u{1B}[0m")
        #expect(lines[1] == "\u{1B}[32mprøve:les\u{1B}[0m                    yes")
        #expect(lines[2].hasPrefix("\u{1B}[31mx\\t"))
    }

    @Test func `TSV has one line for each row and no head; tab, line end and backslash can be read back`() throws {
        #expect(try text(.tsv) == "prøve:les\t7\tyes\n" + #"x\t"y"\n\\\u{1b}[31m\u{202e}"# + "\t\tno\n")
    }

    @Test func `JSON has the schema, the facts and all columns`() throws {
        #expect(
            try text(.json) == #"""
                {
                  "schema": "portvakt/sample-list/v1",
                  "total": 2,
                  "items": [
                    {
                      "scope": "prøve:les",
                      "used_count": 7,
                      "live": true,
                      "since": "1970-01-01T00:00:00Z",
                      "tags": [
                        "a",
                        "b"
                      ]
                    },
                    {
                      "scope": "x\t\"y\"\n\\\u001b[31m\#u{202E}",
                      "used_count": null,
                      "live": false,
                      "since": "2026-11-18T11:06:40Z",
                      "tags": []
                    }
                  ]
                }

                """#
        )
        #expect(try text(.json, coloured: true) == text(.json))
    }

    @Test func `JSON lines have one object each`() throws {
        #expect(
            try text(.jsonl, fields: ["used_count", "scope"]).split(separator: "\n").first
                == #"{"used_count":7,"scope":"prøve:les"}"#
        )
        #expect(try text(.jsonl).split(separator: "\n").count == 2)
    }

    @Test func `YAML says the same as JSON, and quotes what it would misread`() throws {
        let table = Table(
            "sample-list",
            ["310000124", "yes", "null", "1.5", "plain", "0192:310000124", "12:30:45", ""],
            columns: [Column("text") { $0 }]
        )
        let yaml = try Rendering(format: .yaml, fields: [], coloured: false).text(of: table)
        #expect(
            yaml == """
                schema: portvakt/sample-list/v1
                items:
                - text: "310000124"
                - text: "yes"
                - text: "null"
                - text: "1.5"
                - text: plain
                - text: 0192:310000124
                - text: "12:30:45"
                - text: ""

                """
        )
    }

    @Test func `ids are the first column alone`() throws {
        #expect(try text(.id).hasPrefix("prøve:les\n"))
        #expect(try text(.id, fields: ["live"]).hasPrefix("prøve:les\n"))
    }

    @Test func `fields are shown in the order asked, details too`() throws {
        #expect(try text(.tsv, fields: ["tags", "scope"]).hasPrefix("a,b\tprøve:les\n"))
    }

    @Test func `a field that does not exist is wrong usage that names those that do`() throws {
        #expect(
            throws: CLIError.usage(
                "there is no field `owner`",
                hint: "the fields are `scope`, `used_count`, `live`, `since`, `tags`"
            )
        ) { try text(.json, fields: ["scope", "owner"]) }
    }

    static let record = Record("sample", [.init("client_id", "c1"), .init("keys", 2), .init("until", String?.none)])

    @Test(arguments: [
        // What has no value is shown to scripts only.
        (OutputFormat.table, "client_id  c1\nkeys       2\n"), (.tsv, "client_id\tc1\nkeys\t2\nuntil\t\n"),
        (.id, "c1\n"), (.jsonl, #"{"schema":"portvakt/sample/v1","client_id":"c1","keys":2,"until":null}"# + "\n"),
        (.yaml, "schema: portvakt/sample/v1\nclient_id: c1\nkeys: 2\nuntil: null\n"),
        (
            .json,
            "{\n  \"schema\": \"portvakt/sample/v1\",\n  \"client_id\": \"c1\",\n  \"keys\": 2,\n  \"until\": null\n}\n"
        ),
    ])
    func `a record is one flat object`(format: OutputFormat, expected: String) throws {
        #expect(try Rendering(format: format, fields: [], coloured: false).text(of: Self.record) == expected)
    }

    @Test func `an empty table prints nothing, JSON an empty list`() throws {
        let empty = Table("sample-list", [Row](), columns: [Column("scope") { $0.name }])
        #expect(try Rendering(format: .table, fields: [], coloured: true).text(of: empty).isEmpty)
        #expect(try Rendering(format: .tsv, fields: [], coloured: true).text(of: empty).isEmpty)
        #expect(try Rendering(format: .json, fields: [], coloured: true).text(of: empty).contains("\"items\": []"))
    }
}

@Suite("Colours: the flag, then the environment, then the terminal")
struct ColourTests {
    @Test(
        arguments: [
            (ColourChoice.auto, true, [:], true), (.auto, false, [:], false), (.always, false, ["NO_COLOR": "1"], true),
            (.never, true, ["CLICOLOR_FORCE": "1"], false), (.auto, true, ["NO_COLOR": "1"], false),
            (.auto, true, ["NO_COLOR": ""], true), (.auto, true, ["CLICOLOR": "0"], false),
            (.auto, true, ["CLICOLOR": "1"], true), (.auto, false, ["CLICOLOR_FORCE": "1"], true),
            (.auto, false, ["CLICOLOR_FORCE": "0"], false), (.auto, true, ["TERM": "dumb"], false),
            (.auto, false, ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], false),
        ] as [(ColourChoice, Bool, [String: String], Bool)]
    )
    func `a stream gets colours or not`(
        choice: ColourChoice,
        terminal: Bool,
        environment: [String: String],
        expected: Bool
    ) {
        #expect(choice.colours(terminal: terminal, environment: environment) == expected)
    }
}
