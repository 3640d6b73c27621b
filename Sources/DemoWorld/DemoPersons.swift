import JOSE
import Organisations
import Vocabulary

/// A person of the demo world, whom nobody is: month + 80 in the number, born before any drawn person of the register.
struct DemoPerson {
    let person: SyntheticRegister.Person
    /// What the person is in which organisation, in the register's codes.
    let roles: [(organisation: OrganisationNumber, code: String)]

    var name: String { "\(person.givenName) \(person.familyName)" }

    private init(_ given: String, _ family: String, born: String, _ roles: [(String, String)]) throws {
        guard let day = CalendarDate(parsing: born),
            let person = (0...499).lazy.compactMap({
                SyntheticRegister.Person(birthDate: day, serial: $0, givenName: given, familyName: family)
            }).first
        else { throw DemoWorldError.inconsistent("no number for \(given) \(family)") }
        self.person = person
        self.roles = try roles.map { (try OrganisationNumber(parsing: $0.0), $0.1) }
    }

    /// All of them; the first manages the organisation whose client the first token is shown with.
    static func all() throws -> [DemoPerson] {
        try [
            DemoPerson("MODIG", "TORSK", born: "1931-03-14", [("311001213", "DAGL")]),
            DemoPerson("KLOK", "LAKS", born: "1928-11-02", [("311001213", "LEDE")]),
            DemoPerson("STILLE", "KVEITE", born: "1935-06-21", [("311001213", "MEDL")]),
            DemoPerson("SINDIG", "MÅKE", born: "1933-01-09", [("311001078", "DAGL")]),
            DemoPerson("VÅKEN", "LERKE", born: "1937-08-30", [("311001078", "LEDE")]),
            DemoPerson("TROFAST", "ELG", born: "1930-05-17", [("311000934", "DAGL"), ("311000934", "KOMK")]),
            DemoPerson("STOLT", "HUBRO", born: "1934-09-12", [("311001140", "DAGL")]),
            DemoPerson("VARM", "LUNDE", born: "1932-02-25", [("311001000", "DAGL")]),
        ]
    }

    /// What organisations are to each other: the accountant of the fish farm is its payroll office.
    private static func relations() throws -> [SyntheticRegister.NamedRole] {
        [
            SyntheticRegister.NamedRole(
                unit: try OrganisationNumber(parsing: "311001213"),
                code: "REGN",
                holder: .organisation(try OrganisationNumber(parsing: "311001078"))
            )
        ]
    }

    /// Every role of the demo world's own parties, as the register is asked to hold it.
    static func registerRoles() throws -> [SyntheticRegister.NamedRole] {
        try relations()
            + all().flatMap { person in
                person.roles.map {
                    SyntheticRegister.NamedRole(unit: $0.organisation, code: $0.code, holder: .person(person.person))
                }
            }
    }

    /// For `world.json`: with the number, since whoever tries the demo acts as this person.
    var description: JSONObject {
        [
            "name": .string(name),
            "national_identity_number": .string(person.number.exposed),
            "roles": .array(
                roles.map { ["organisation": .string("\($0.organisation)"), "role": .string($0.code)] }
            ),
        ]
    }
}
