import JOSE
import Vocabulary

extension Organisation {
    /// The forms that only sub-units have: businesses (bedrift) and non-businesses.
    private static let subUnitForms: Set<String> = ["BEDR", "AAFY"]

    /// Reads one object of the register's open API, media type v2 (enhet, underenhet and their deleted forms).
    ///
    /// `assumedKind` is that of the file; it counts only for a deleted unit that says no more than its number.
    /// - Throws: What is wrong with it. A deleted unit is never malformed for want of anything but its number.
    init(register fields: RegisterFields, assumedKind: Kind?) throws(MalformedUnit.Reason) {
        guard let number = try fields.number("organisasjonsnummer") else { throw .missing("organisasjonsnummer") }
        let responseClass = try fields.text("respons_klasse")?.lowercased()
        let deletedText = try fields.text("slettedato")
        let isDeleted = deletedText != nil || responseClass?.hasPrefix("slettet") == true
        guard
            let kind = try Self.kind(of: fields, responseClass: responseClass) ?? (isDeleted ? assumedKind : nil)
        else { throw .kindUnknown }
        let form = try fields.fields("organisasjonsform")
        self.init(
            number: number,
            kind: kind,
            name: try fields.text("navn") ?? "",
            form: Form(code: try form?.text("kode") ?? "", description: try form?.text("beskrivelse"))
        )
        guard !isDeleted else {
            // A deletion counts even when its day cannot be read: a deleted unit must not live on for a typing error.
            deleted = deletedText.flatMap { CalendarDate(parsing: $0) }
            self.isDeleted = deleted == nil
            return
        }
        parent = try fields.number("overordnetEnhet")
        // A sub-unit stands or falls with its main unit, so one that names none cannot be judged.
        if kind == .subUnit && parent == nil { throw .missing("overordnetEnhet") }
        try readDistress(fields)
        try readDescription(fields)
    }

    /// Main unit or sub-unit, by the surest sign there is; nil when there is none.
    private static func kind(of fields: RegisterFields, responseClass: String?) throws(MalformedUnit.Reason) -> Kind? {
        switch responseClass {
        case "enhet", "slettetenhet": return .mainUnit
        case "underenhet", "slettetunderenhet": return .subUnit
        default: break
        }
        let form = try fields.fields("organisasjonsform")?.text("kode")
        if let form, subUnitForms.contains(form) { return .subUnit }
        if fields.has("beliggenhetsadresse") { return .subUnit }
        if let link = try fields.fields("_links")?.fields("self")?.text("href") {
            if link.contains("/underenheter/") { return .subUnit }
            if link.contains("/enheter/") { return .mainUnit }
        }
        return form != nil || fields.has("forretningsadresse") ? .mainUnit : nil
    }

    /// The days that compulsory winding-up or dissolution may have begun, by its reason.
    private static let compulsoryDays = [
        "tvangsavvikletPgaManglendeSlettingDato", "tvangsopplostPgaManglendeDagligLederDato",
        "tvangsopplostPgaManglendeRevisorDato", "tvangsopplostPgaManglendeRegnskapDato",
        "tvangsopplostPgaMangelfulltStyreDato",
    ]

    private mutating func readDistress(_ fields: RegisterFields) throws(MalformedUnit.Reason) {
        // A flag that is left out beside a day that is given counts as raised; a lowered flag beside an old day does not.
        distress.bankruptSince = try fields.date("konkursdato")
        distress.bankrupt = try fields.flag("konkurs") ?? (distress.bankruptSince != nil)
        distress.windingUpSince = try fields.date("underAvviklingDato")
        distress.windingUp = try fields.flag("underAvvikling") ?? (distress.windingUpSince != nil)
        for name in Self.compulsoryDays {
            guard let day = try fields.date(name) else { continue }
            distress.compulsoryWindingUpSince = min(day, distress.compulsoryWindingUpSince ?? day)
        }
        distress.compulsoryWindingUp =
            try fields.flag("underTvangsavviklingEllerTvangsopplosning")
            ?? (distress.compulsoryWindingUpSince != nil)
        reconstructionSince = try fields.date("underRekonstruksjonsforhandlingDato")
        foreignInsolvencySince = try fields.date("underUtenlandskInsolvensbehandlingDato")
    }

    private mutating func readDescription(_ fields: RegisterFields) throws(MalformedUnit.Reason) {
        for element in try fields.elements("historiskeNavn") {
            guard case .object(let object) = element else {
                throw .wrongType("historiskeNavn", expected: "a list of objects")
            }
            let entry = RegisterFields(object: object)
            guard let name = try entry.text("navn") else { continue }
            historicNames.append(
                HistoricName(name: name, from: try entry.date("fraDato"), until: try entry.date("tilDato"))
            )
        }
        registered = try fields.date("registreringsdatoEnhetsregisteret")
        registrations.businessEnterprises = try fields.date("registreringsdatoForetaksregisteret")
        registrations.valueAddedTax = try fields.date("registreringsdatoMerverdiavgiftsregisteret")
        registrations.nonProfit = try fields.date("registreringsdatoFrivillighetsregisteret")
        founded = try fields.date(kind == .mainUnit ? "stiftelsesdato" : "oppstartsdato")
        closedDown = try fields.date("nedleggelsesdato")
        industryCode = try fields.fields("naeringskode1")?.text("kode")
        var place = try fields.fields(kind == .mainUnit ? "forretningsadresse" : "beliggenhetsadresse")
        municipality = try place?.text("kommunenummer")
        // A unit without a place of its own (some foreign and older ones) is shown by its postal address.
        if place == nil { place = try fields.fields("postadresse") }
        if let place {
            address = Address(
                lines: try place.lines("adresse"),
                postalCode: try place.text("postnummer"),
                place: try place.text("poststed"),
                countryCode: try place.text("landkode")
            )
        }
    }
}
