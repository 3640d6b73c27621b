import JOSE
import Vocabulary

extension RegisteredRoles {
    /// Reads the roles of one unit: an element of `roller/totalbestand`, or the answer to `enheter/{orgnr}/roller`.
    ///
    /// One role that cannot be read makes the whole object malformed: half of what the register says of a unit is not it.
    init(register fields: RegisterFields) throws(MalformedUnit.Reason) {
        number = try Self.number(of: fields)
        guard fields.has("rollegrupper") else { throw .missing("rollegrupper") }
        var roles: [Role] = []
        var endedCount = 0
        for group in try Self.objects(fields, "rollegrupper") {
            for role in try Self.objects(group, "roller") {
                if let role = try Self.role(role) { roles.append(role) } else { endedCount += 1 }
            }
        }
        self.roles = roles
        self.endedCount = endedCount
    }

    /// The unit's own number; the answer for a single unit tells it in its links alone.
    static func number(of fields: RegisterFields) throws(MalformedUnit.Reason) -> OrganisationNumber {
        if let number = try fields.number("organisasjonsnummer") { return number }
        let links = try fields.fields("_links")
        var address = try links?.fields("enhet")?.text("href")
        if address == nil { address = try links?.fields("self")?.text("href") }
        guard let address else { throw .missing("organisasjonsnummer") }
        let parts = address.split(separator: "/")
        guard let place = parts.firstIndex(where: { $0 == "enheter" || $0 == "underenheter" }), place + 1 < parts.count
        else { throw .missing("organisasjonsnummer") }
        do throws(OrganisationNumber.ParseError) {
            return try OrganisationNumber(parsing: parts[place + 1])
        } catch {
            throw .number("_links", error)
        }
    }

    /// A role that counts; nil when it has ended.
    private static func role(_ fields: RegisterFields) throws(MalformedUnit.Reason) -> Role? {
        if try fields.flag("avregistrert") == true { return nil }
        if try fields.flag("fratraadt") == true { return nil }
        guard let code = try fields.fields("type")?.text("kode") else { throw .missing("type.kode") }
        if let unit = try fields.fields("enhet") {
            if try unit.flag("erSlettet") == true { return nil }
            guard let number = try unit.number("organisasjonsnummer") else {
                throw .missing("enhet.organisasjonsnummer")
            }
            return Role(code: code, holder: .organisation(number))
        }
        guard let person = try fields.fields("person") else { throw .missing("person") }
        if try person.flag("erDoed") == true { return nil }
        return Role(code: code, holder: try holder(person))
    }

    private static func holder(_ person: RegisterFields) throws(MalformedUnit.Reason) -> Holder {
        // The authorised interface has the number beside name and birth date, which are not read then.
        if let text = try person.text("fodselsnummer") {
            guard let number = NationalIdentityNumber(parsing: text) else { throw .identityNumber("fodselsnummer") }
            return .person(number)
        }
        var parts: [String] = []
        if let name = try person.fields("navn") {
            for member in ["fornavn", "mellomnavn", "etternavn"] {
                if let part = try name.text(member) { parts.append(part) }
            }
        }
        guard !parts.isEmpty else { throw .missing("person.navn") }
        return .named(parts.joined(separator: " "), birthDate: try person.date("fodselsdato"))
    }

    private static func objects(
        _ fields: RegisterFields,
        _ name: String
    ) throws(MalformedUnit.Reason) -> [RegisterFields] {
        var objects: [RegisterFields] = []
        for element in try fields.elements(name) {
            guard case .object(let object) = element else { throw .wrongType(name, expected: "a list of objects") }
            objects.append(RegisterFields(object: object))
        }
        return objects
    }
}
