extension SyntheticRegister {
    /// Writes the CSV extract of one kind, as `enheter/lastned/csv` and `underenheter/lastned/csv` give it, in pieces.
    ///
    /// It has the units of ``write(_:to:)`` that live, less their historic names.
    public func writeCSV(_ kind: Organisation.Kind, to sink: ([UInt8]) throws -> Void) throws {
        var writer = CSVWriter()
        writer.row(CSVWriter.columns(of: kind))
        try forEachUnit(of: kind) { unit in
            if case .deleted = unit.state { return }
            writer.row(CSVWriter.values(of: unit, as: kind))
            try writer.flush(ifLongerThan: Self.pieceSize, to: sink)
        }
        try writer.flush(ifLongerThan: 0, to: sink)
    }
}

/// Writes rows of CSV as the register does: all fields quoted, commas between them.
private struct CSVWriter {
    private var text: [UInt8] = []

    mutating func row(_ fields: [String]) {
        for (place, field) in fields.enumerated() {
            if place > 0 { text.append(UInt8(ascii: ",")) }
            text.append(UInt8(ascii: "\""))
            for byte in field.utf8 {
                if byte == UInt8(ascii: "\"") { text.append(byte) }
                text.append(byte)
            }
            text.append(UInt8(ascii: "\""))
        }
        text.append(UInt8(ascii: "\n"))
    }

    mutating func flush(ifLongerThan limit: Int, to sink: ([UInt8]) throws -> Void) rethrows {
        guard text.count > limit else { return }
        try sink(text)
        text.removeAll(keepingCapacity: true)
    }

    static func columns(of kind: Organisation.Kind) -> [String] {
        let address = kind == .mainUnit ? "forretningsadresse" : "beliggenhetsadresse"
        let common = [
            "organisasjonsnummer", "navn", "organisasjonsform.kode", "organisasjonsform.beskrivelse",
            "naeringskode1.kode", "naeringskode1.beskrivelse", "antallAnsatte", "overordnetEnhet",
            "\(address).adresse", "\(address).poststed", "\(address).postnummer", "\(address).kommune",
            "\(address).kommunenummer", "\(address).land", "\(address).landkode", "registreringsdatoenhetsregisteret",
        ]
        guard kind == .mainUnit else { return common + ["oppstartsdato"] }
        return common + [
            "stiftelsesdato", "registreringsdatoForetaksregisteret", "konkurs", "konkursdato", "underAvvikling",
            "underAvviklingDato", "underTvangsavviklingEllerTvangsopplosning",
            "tvangsopplostPgaManglendeRegnskapDato",
        ]
    }

    static func values(of unit: SyntheticUnit, as kind: Organisation.Kind) -> [String] {
        let day = "\(unit.registered)"
        let common = [
            "\(unit.number)", unit.name, unit.form.code, unit.form.description, unit.trade.code,
            unit.trade.description, unit.employees.map { "\($0)" } ?? "", unit.parent.map { "\($0)" } ?? "",
            unit.street, unit.place.municipality, unit.place.postalCode, unit.place.municipality, unit.place.number,
            "Norge", "NO", day,
        ]
        guard kind == .mainUnit else { return common + [day] }
        func flag(_ holds: Bool) -> String { holds ? "true" : "false" }
        var (bankrupt, windingUp, compulsory) = ("", "", "")
        switch unit.state {
        case .bankrupt(let since): bankrupt = "\(since)"
        case .windingUp(let since): windingUp = "\(since)"
        case .compulsoryWindingUp(let since): compulsory = "\(since)"
        case .live, .deleted: break
        }
        return common + [
            day, unit.form.isInBusinessRegister ? day : "", flag(!bankrupt.isEmpty), bankrupt,
            flag(!windingUp.isEmpty), windingUp, flag(!compulsory.isEmpty), compulsory,
        ]
    }
}
