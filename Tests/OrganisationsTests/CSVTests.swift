import Organisations
import Testing
import Vocabulary

@Suite("The CSV extract of units")
struct CSVTests {
    private static let header =
        "\"organisasjonsnummer\",\"navn\",\"organisasjonsform.kode\",\"forretningsadresse.adresse\""

    private func row(_ index: Int, name: String, address: String = "Gate 1") -> String {
        "\"\(Samples.number(at: index))\",\"\(name)\",\"AS\",\"\(address)\""
    }

    @Test func `gives the units that the JSON gives, less their historic names`() throws {
        let register = SyntheticRegister(seed: 5, mainUnits: 500, subUnits: 300)
        for kind in Organisation.Kind.allCases {
            var json: [UInt8] = []
            var csv: [UInt8] = []
            try register.write(kind) { json += $0 }
            try register.writeCSV(kind) { csv += $0 }
            let expected = try ReadResult(json).units.filter(\.isLive).map { unit in
                var unit = unit
                unit.historicNames = []
                return unit
            }
            let result = try ReadResult(csv)
            #expect(result.malformed == [])
            #expect(result.document == .wholeRegister)
            #expect(result.units == expected)
            for size in [1_000, 4_001] { #expect(try ReadResult(csv, chunkSize: size) == result) }
        }
    }

    @Test func `an import of it after one of the JSON changes nothing, and keeps historic names`() throws {
        let register = SyntheticRegister(seed: 5, mainUnits: 300, subUnits: 0)
        var json: [UInt8] = []
        var csv: [UInt8] = []
        try register.write(.mainUnit) { json += $0 }
        try register.writeCSV(.mainUnit) { csv += $0 }
        let known = InMemoryRegister()
        try OrganisationImport(mode: .replace).run(MemoryByteSource(json), into: known)
        let report = try OrganisationImport(mode: .replace).run(MemoryByteSource(csv), into: known)
        #expect(!report.changesAnything)
        #expect(known.units.values.contains { !$0.historicNames.isEmpty })
    }

    @Test func `quotes, separators and line ends inside a field, a byte order mark, semicolons and no last line end`()
        throws
    {
        let text = "\u{FEFF}\(Self.header)\r\n\(row(0, name: "A, \"\"B\"\"; \\ C"))\r\n\(row(1, name: "D\nE"))"
        let result = try ReadResult(text)
        #expect(result.units.map(\.name) == ["A, \"B\"; \\ C", "D\nE"])
        #expect(result.units.map(\.address?.lines) == [["Gate 1"], ["Gate 1"]])
        let semicolons = try ReadResult(
            "organisasjonsnummer;navn;organisasjonsform.kode\n\(Samples.number(at: 0));A,B;AS\n"
        )
        #expect(semicolons.units.map(\.name) == ["A,B"])
    }

    @Test func `a malformed row is named by its place and first byte, and does not stop the rest`() throws {
        let text = "\(Self.header)\n\(row(0, name: "A"))\n\"123456789\",\"B\",\"AS\",\"\"\n\(row(1, name: "C"))\n"
        let result = try ReadResult(text)
        #expect(result.units.map(\.name) == ["A", "C"])
        let offset = Int64("\(Self.header)\n\(row(0, name: "A"))\n".utf8.count)
        #expect(result.malformed.map(\.position) == [RegisterPosition(index: 1, offset: offset)])
        #expect(result.malformed.map(\.reason) == [.number("organisasjonsnummer", .checkDigit)])
    }

    @Test func `a file that ends inside a quoted field is truncated, one with a header alone holds no units`() {
        let text = "\(Self.header)\n\(row(0, name: "A"))\n\"31"
        #expect(readError(text) == .truncated(at: Int64(text.utf8.count)))
        #expect(readError("\(Self.header)\n") == .noUnits)
    }
}
