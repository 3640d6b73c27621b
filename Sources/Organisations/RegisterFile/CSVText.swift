/// Turns the CSV extract of units into the JSON that the bulk file has, row by row, so that one reader defines what it means.
///
/// The header names members by their path (`organisasjonsform.kode`), in whatever case; a comma or a semicolon stands
/// between fields, and fields may be quoted (RFC 4180). What is empty is left out. Lines of an address stand in one field.
struct CSVText {
    private enum Phase {
        case fieldStart
        case bare
        case quoted
        /// After a quote inside a quoted field: another one, or the field's end.
        case quoteInQuoted
    }

    /// The members that are lists of texts in JSON.
    private static let lists: Set<String> = ["adresse"]
    /// The members that are flags in JSON and are read.
    private static let flags: Set<String> = ["konkurs", "underAvvikling", "underTvangsavviklingEllerTvangsopplosning"]
    /// The members that are read, as JSON writes them; the extract differs in the case of some letters.
    private static let names: [String: String] = Dictionary(
        uniqueKeysWithValues: [
            "organisasjonsnummer", "navn", "organisasjonsform", "kode", "beskrivelse", "respons_klasse", "slettedato",
            "overordnetEnhet", "konkurs", "konkursdato", "underAvvikling", "underAvviklingDato",
            "underTvangsavviklingEllerTvangsopplosning", "tvangsavvikletPgaManglendeSlettingDato",
            "tvangsopplostPgaManglendeDagligLederDato", "tvangsopplostPgaManglendeRevisorDato",
            "tvangsopplostPgaManglendeRegnskapDato", "tvangsopplostPgaMangelfulltStyreDato",
            "underRekonstruksjonsforhandlingDato", "underUtenlandskInsolvensbehandlingDato",
            "registreringsdatoEnhetsregisteret", "registreringsdatoForetaksregisteret",
            "registreringsdatoMerverdiavgiftsregisteret", "registreringsdatoFrivillighetsregisteret", "stiftelsesdato",
            "oppstartsdato", "nedleggelsesdato", "naeringskode1", "forretningsadresse", "beliggenhetsadresse",
            "postadresse", "adresse", "postnummer", "poststed", "landkode", "kommunenummer",
        ].map { ($0.lowercased(), $0) }
    )
    /// The longest row, in bytes.
    private static let rowLimit = RegisterContent.units.elementLimit

    /// Where each row of the last piece began in the text.
    private(set) var rowOffsets: [Int64] = []
    private var phase = Phase.fieldStart
    private var separator: UInt8?
    private var header: [[String]] = []
    private var fields: [[UInt8]] = []
    private var field: [UInt8] = []
    private var rowLength = 0
    private var rowStart: Int64 = 0
    private var consumed: Int64 = 0
    private var rowCount = 0

    /// Whether a text begins as the extract does.
    static func begins(_ text: [UInt8]) -> Bool {
        let text = text.drop { [0xEF, 0xBB, 0xBF, 0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let header = text.first == UInt8(ascii: "\"") ? text.dropFirst() : text
        return header.starts(with: "organisasjonsnummer".utf8)
    }

    /// The next piece as JSON: the array's beginning with the first row, and no end.
    ///
    /// - Throws: `.structure` when a row is longer than any unit.
    mutating func feed(_ chunk: [UInt8]) throws(RegisterFileError) -> [UInt8] {
        var json: [UInt8] = []
        rowOffsets.removeAll(keepingCapacity: true)
        for (index, byte) in chunk.enumerated() {
            take(byte, at: consumed + Int64(index), into: &json)
            guard rowLength <= Self.rowLimit else { throw .structure(expected: "the end of a row", at: rowStart) }
        }
        consumed += Int64(chunk.count)
        return json
    }

    /// The end of the JSON: the last row, when no line end stands behind it, and the bracket.
    ///
    /// - Throws: `.truncated` inside a quoted field.
    mutating func finish() throws(RegisterFileError) -> [UInt8] {
        guard phase != .quoted else { throw .truncated(at: consumed) }
        var json: [UInt8] = []
        rowOffsets.removeAll(keepingCapacity: true)
        if rowLength > 0 { endRow(into: &json) }
        if rowCount == 0 { json.append(UInt8(ascii: "[")) }
        json.append(UInt8(ascii: "]"))
        return json
    }

    private mutating func take(_ byte: UInt8, at offset: Int64, into json: inout [UInt8]) {
        // U+FEFF in UTF-8, which some programs write first.
        if offset < 3, byte == [0xEF, 0xBB, 0xBF][Int(offset)] { return }
        if rowLength == 0 { rowStart = offset }
        let isQuote = byte == UInt8(ascii: "\"")
        switch phase {
        case .quoted where isQuote: phase = .quoteInQuoted
        case .quoted: field.append(byte)
        case .quoteInQuoted where isQuote:
            field.append(byte)
            phase = .quoted
        case .fieldStart where isQuote: phase = .quoted
        case .fieldStart, .bare, .quoteInQuoted:
            if byte == 0x0A {
                endRow(into: &json)
                return
            }
            if isSeparator(byte) {
                endField()
            } else if byte != 0x0D {
                field.append(byte)
                phase = .bare
            }
        }
        rowLength += 1
    }

    /// Of the header the first that can be one, afterwards just that.
    private mutating func isSeparator(_ byte: UInt8) -> Bool {
        if separator == nil, byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") { separator = byte }
        return byte == separator
    }

    private mutating func endField() {
        fields.append(field)
        field.removeAll(keepingCapacity: true)
        phase = .fieldStart
    }

    private mutating func endRow(into json: inout [UInt8]) {
        let isBlank = rowLength == 0
        endField()
        defer {
            fields.removeAll(keepingCapacity: true)
            rowLength = 0
        }
        guard !isBlank else { return }
        if header.isEmpty {
            header = fields.map { name in
                String(decoding: name, as: UTF8.self).filter { !$0.isWhitespace }
                    .split(separator: ".").map { Self.names[$0.lowercased()] ?? String($0) }
            }
            return
        }
        json.append(UInt8(ascii: rowCount == 0 ? "[" : ","))
        rowOffsets.append(rowStart)
        rowCount += 1
        writeRow(into: &json)
    }

    /// Members of one object stand side by side in the extract, as far as they are read.
    private func writeRow(into json: inout [UInt8]) {
        var open: String?
        json.append(UInt8(ascii: "{"))
        var needsComma = false
        for (path, value) in zip(header, fields) where !value.isEmpty {
            guard let name = path.last, path.count <= 2, Self.names[name.lowercased()] == name else { continue }
            let parent = path.count == 2 ? path.first : nil
            // Of another object, such as a second industry code, nothing is read.
            if let parent, Self.names[parent.lowercased()] == nil { continue }
            if parent != open {
                if open != nil { json.append(UInt8(ascii: "}")) }
                if needsComma || open != nil { json.append(UInt8(ascii: ",")) }
                if let parent { json += Array("\"\(parent)\":{".utf8) }
                open = parent
            } else if needsComma {
                json.append(UInt8(ascii: ","))
            }
            json += Array("\"\(name)\":".utf8)
            Self.write(value, of: name, into: &json)
            needsComma = true
        }
        if open != nil { json.append(UInt8(ascii: "}")) }
        json.append(UInt8(ascii: "}"))
    }

    private static func write(_ value: [UInt8], of name: String, into json: inout [UInt8]) {
        if flags.contains(name), value.elementsEqual("true".utf8) || value.elementsEqual("false".utf8) {
            json += value
            return
        }
        let isList = lists.contains(name)
        if isList { json.append(UInt8(ascii: "[")) }
        json.append(UInt8(ascii: "\""))
        for byte in value {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): json += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: json += Array("\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))".utf8)
            default: json.append(byte)
            }
        }
        json.append(UInt8(ascii: "\""))
        if isList { json.append(UInt8(ascii: "]")) }
    }
}
