import Vocabulary

/// Writes units as the register does: its members, in its order, left out where it leaves them out.
struct RegisterTextWriter {
    private static let base = "https://data.brreg.no/enhetsregisteret/api"

    private var text: [UInt8] = []
    private var needsComma = false

    mutating func beginArray() { open("[") }

    mutating func endArray() {
        close("]")
        text.append(UInt8(ascii: "\n"))
    }

    /// Hands out what has gathered when it is longer than `limit`.
    mutating func flush(ifLongerThan limit: Int, to sink: ([UInt8]) throws -> Void) rethrows {
        guard text.count > limit else { return }
        try sink(text)
        text.removeAll(keepingCapacity: true)
    }

    mutating func write(_ unit: SyntheticUnit) {
        open("{")
        member("organisasjonsnummer", "\(unit.number)")
        member("navn", unit.name)
        object("organisasjonsform") {
            $0.member("kode", unit.form.code)
            $0.member("beskrivelse", unit.form.description)
            $0.links(to: "organisasjonsformer/\(unit.form.code)")
        }
        if case .deleted(let day) = unit.state {
            // All that the register still tells of a deleted unit.
            member("slettedato", "\(day)")
        } else if unit.isSubUnit {
            writeSubUnit(unit)
        } else {
            writeMainUnit(unit)
        }
        links(to: unit.isSubUnit ? "underenheter/\(unit.number)" : "enheter/\(unit.number)")
        member("respons_klasse", responseClass(unit))
        close("}")
    }

    private func responseClass(_ unit: SyntheticUnit) -> String {
        if case .deleted = unit.state { return unit.isSubUnit ? "SlettetUnderEnhet" : "SlettetEnhet" }
        return unit.isSubUnit ? "Underenhet" : "Enhet"
    }

    private mutating func writeMainUnit(_ unit: SyntheticUnit) {
        let isInBusinessRegister = unit.form.isInBusinessRegister
        if let former = unit.formerName {
            array("historiskeNavn") {
                $0.open("{")
                $0.member("navn", former.name)
                $0.member("fraDato", "\(unit.registered)")
                $0.member("tilDato", "\(max(former.until, unit.registered))")
                $0.close("}")
            }
        }
        member("registreringsdatoEnhetsregisteret", "\(unit.registered)")
        member("registrertIMvaregisteret", isInBusinessRegister)
        trade(unit)
        employees(unit)
        if let parent = unit.parent { member("overordnetEnhet", "\(parent)") }
        if let contact = unit.contact { reach(contact, at: unit.place) }
        address("forretningsadresse", unit)
        member("stiftelsesdato", "\(unit.registered)")
        object("institusjonellSektorkode") {
            $0.member("kode", unit.form.sector.code)
            $0.member("beskrivelse", unit.form.sector.description)
        }
        member("registrertIForetaksregisteret", isInBusinessRegister)
        member("registrertIStiftelsesregisteret", unit.form.code == "STI")
        member("registrertIFrivillighetsregisteret", unit.form.code == "FLI")
        if isInBusinessRegister { member("registreringsdatoForetaksregisteret", "\(unit.registered)") }
        distress(unit.state)
        member("maalform", "Bokmål")
        array("paategninger") { _ in }
        member("erIKonsern", false)
    }

    private mutating func writeSubUnit(_ unit: SyntheticUnit) {
        member("registreringsdatoEnhetsregisteret", "\(unit.registered)")
        member("registrertIMvaregisteret", false)
        trade(unit)
        employees(unit)
        if let parent = unit.parent { member("overordnetEnhet", "\(parent)") }
        member("oppstartsdato", "\(unit.registered)")
        address("beliggenhetsadresse", unit)
    }

    private mutating func distress(_ state: SyntheticRegister.State) {
        var bankrupt = false
        var windingUp = false
        var compulsory = false
        switch state {
        case .live, .deleted: break
        case .bankrupt(let day):
            bankrupt = true
            member("konkursdato", "\(day)")
        case .windingUp(let day):
            windingUp = true
            member("underAvviklingDato", "\(day)")
        case .compulsoryWindingUp(let day):
            compulsory = true
            member("tvangsopplostPgaManglendeRegnskapDato", "\(day)")
        }
        member("konkurs", bankrupt)
        member("underAvvikling", windingUp)
        member("underTvangsavviklingEllerTvangsopplosning", compulsory)
    }

    private mutating func trade(_ unit: SyntheticUnit) {
        object("naeringskode1") {
            $0.member("kode", unit.trade.code)
            $0.member("beskrivelse", unit.trade.description)
        }
    }

    private mutating func employees(_ unit: SyntheticUnit) {
        if let employees = unit.employees {
            separate()
            append("\"antallAnsatte\":\(employees)")
            needsComma = true
        }
        member("harRegistrertAntallAnsatte", unit.employees != nil)
    }

    /// Nothing of it is kept; a reader steps over it.
    private mutating func reach(_ contact: SyntheticContact, at place: SyntheticPlace) {
        let digits = String(contact.telephone + 10_000_000).dropFirst()
        let mobile = String(contact.mobile + 10_000_000).dropFirst()
        member("telefon", "0\(digits)")
        member("mobil", "0\(mobile)")
        member("epostadresse", "post@\(digits).example")
        member("hjemmeside", "www.\(digits).example")
        object("postadresse") {
            $0.member("land", "Norge")
            $0.member("landkode", "NO")
            $0.member("postnummer", place.postalCode)
            $0.member("poststed", place.municipality)
            $0.array("adresse") { $0.value("Postboks \(contact.mailbox)") }
            $0.member("kommune", place.municipality)
            $0.member("kommunenummer", place.number)
        }
        array("vedtektsfestetFormaal") { for line in contact.purpose { $0.value(line) } }
    }

    private mutating func address(_ name: String, _ unit: SyntheticUnit) {
        object(name) {
            $0.member("land", "Norge")
            $0.member("landkode", "NO")
            $0.member("postnummer", unit.place.postalCode)
            $0.member("poststed", unit.place.municipality)
            $0.array("adresse") { $0.value(unit.street) }
            $0.member("kommune", unit.place.municipality)
            $0.member("kommunenummer", unit.place.number)
        }
    }

    mutating func links(to path: String) {
        object("_links") {
            $0.object("self") { $0.member("href", "\(Self.base)/\(path)") }
        }
    }

    // MARK: JSON

    mutating func member(_ name: String, _ text: String) {
        key(name)
        quoted(text)
        needsComma = true
    }

    mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        append(flag ? "true" : "false")
        needsComma = true
    }

    mutating func value(_ text: String) {
        separate()
        quoted(text)
        needsComma = true
    }

    mutating func object(_ name: String, _ members: (inout RegisterTextWriter) -> Void) {
        key(name)
        open("{")
        members(&self)
        close("}")
    }

    mutating func array(_ name: String, _ elements: (inout RegisterTextWriter) -> Void) {
        key(name)
        open("[")
        elements(&self)
        close("]")
    }

    mutating func key(_ name: String) {
        separate()
        quoted(name)
        append(":")
        needsComma = false
    }

    mutating func open(_ bracket: String) {
        separate()
        append(bracket)
        needsComma = false
    }

    mutating func close(_ bracket: String) {
        append(bracket)
        needsComma = true
    }

    mutating func separate() {
        if needsComma { append(",") }
    }

    /// Names given by a caller may hold anything (RFC 8259 §7).
    mutating func quoted(_ content: String) {
        append("\"")
        for byte in content.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: append("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
            default: text.append(byte)
            }
        }
        append("\"")
    }

    mutating func append(_ literal: String) { text.append(contentsOf: literal.utf8) }
}
