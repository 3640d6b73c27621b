import Foundation
import Organisations
import Testing
import Vocabulary

@Suite("Role files: shapes, what counts, what is malformed")
struct RoleFileTests {
    private static let unit = Samples.number(at: 0)
    private static let firm = Samples.number(at: 1)
    /// Made up: synthetic month (+ 80), both control digits right.
    private let identity: String

    init() throws {
        let day = try #require(CalendarDate(parsing: "1990-01-01"))
        let person = try #require(
            (0..<20).lazy.compactMap {
                SyntheticRegister.Person(birthDate: day, serial: $0, givenName: "RASK", familyName: "ELG")
            }.first
        )
        identity = person.number.exposed
    }

    private struct Result {
        var units: [RegisteredRoles] = []
        var malformed: [MalformedUnit] = []
        var document: RegisterDocument?
    }

    private func read(_ text: String, chunkSize: Int = 64, gzip: Bool = false) throws -> Result {
        let bytes = gzip ? Samples.gzip(Array(text.utf8)) : Array(text.utf8)
        var reader = RegisterFileReader(MemoryByteSource(bytes, chunkSize: chunkSize), of: .roles)
        var result = Result()
        result.document = try reader.forEachBatch(of: 2) { batch in
            result.units += try batch.roles
            result.malformed += batch.malformed
        }.document
        return result
    }

    private func element(_ roles: String, number: OrganisationNumber = unit) -> String {
        #"{"organisasjonsnummer":"\#(number)","rollegrupper":[{"type":{"kode":"STYR"},"roller":[\#(roles)]}]}"#
    }

    private func person(_ more: String = "", role: String = "", code: String = "DAGL") -> String {
        """
        {"type":{"kode":"\(code)"},"person":{"navn":{"fornavn":"Kari","mellomnavn":"B.","etternavn":"Elg"},\
        "fodselsdato":"1970-01-31"\(more)}\(role)}
        """
    }

    @Test func `open data give name and birth date`() throws {
        let result = try read("[\(element(person()))]")
        #expect(result.document == .wholeRegister)
        #expect(
            result.units == [
                RegisteredRoles(
                    number: Self.unit,
                    roles: [
                        .init(
                            code: "DAGL",
                            holder: .named("Kari B. Elg", birthDate: CalendarDate(parsing: "1970-01-31"))
                        )
                    ]
                )
            ]
        )
    }

    @Test func `authorised data give the number, and name and birth date are not taken`() throws {
        let result = try read("[\(element(person(#","fodselsnummer":"\#(identity)""#)))]")
        let number = try #require(NationalIdentityNumber(parsing: identity))
        #expect(result.units.first?.roles == [.init(code: "DAGL", holder: .person(number))])
    }

    @Test func `an organisation holds a role by its number`() throws {
        let role = #"{"type":{"kode":"REGN"},"enhet":{"organisasjonsnummer":"\#(Self.firm)","navn":["A","B"]}}"#
        #expect(
            try read("[\(element(role))]").units.first?.roles == [.init(code: "REGN", holder: .organisation(Self.firm))]
        )
    }

    @Test(arguments: [
        (#","erDoed":true"#, ""), ("", #","fratraadt":true"#), ("", #","avregistrert":true"#),
    ])
    func `a role that is over does not count`(inPerson: String, inRole: String) throws {
        let roles = person() + "," + person(inPerson, role: inRole, code: "LEDE")
        let unit = try #require(try read("[\(element(roles))]").units.first)
        #expect(unit.roles.map(\.code) == ["DAGL"])
        #expect(unit.endedCount == 1)
    }

    @Test func `flags that say no, or are missing, do not end a role`() throws {
        let role = person(#","erDoed":false"#, role: #","fratraadt":false,"avregistrert":false"#)
        #expect(try read("[\(element(role))]").units.first?.roles.count == 1)
    }

    @Test func `a deleted organisation holds nothing`() throws {
        let role = #"{"type":{"kode":"REGN"},"enhet":{"organisasjonsnummer":"\#(Self.firm)","erSlettet":true}}"#
        #expect(try read("[\(element(role))]").units.first?.roles.isEmpty == true)
    }

    @Test func `the answer for one unit tells its number in the links`() throws {
        let text = """
            {"rollegrupper":[{"type":{"kode":"DAGL"},"roller":[\(person())]}],
             "_links":{"self":{"href":"https://data.brreg.no/enhetsregisteret/api/enheter/\(Self.unit)/roller"}}}
            """
        let result = try read(text)
        #expect(result.document == .singleUnit)
        #expect(result.units.map(\.number) == [Self.unit])
    }

    @Test func `a packed file cut into pieces reads the same`() throws {
        let text = "[\(element(person())),\n\(element(person(), number: Self.firm))]"
        let whole = try read(text).units
        #expect(whole.count == 2)
        for size in [1, 2, 7, 100] {
            #expect(try read(text, chunkSize: size).units == whole)
            #expect(try read(text, chunkSize: size, gzip: true).units == whole)
        }
    }

    @Test(arguments: [
        (#"{"type":{},"person":{"navn":{"etternavn":"A"}}}"#, MalformedUnit.Reason.missing("type.kode")),
        (#"{"type":{"kode":"DAGL"}}"#, .missing("person")),
        (#"{"type":{"kode":"DAGL"},"person":{"fodselsdato":"1970-01-01"}}"#, .missing("person.navn")),
        (
            #"{"type":{"kode":"DAGL"},"person":{"navn":{"etternavn":"A"},"fodselsdato":"1970-13-01"}}"#,
            .date("fodselsdato")
        ),
        (
            #"{"type":{"kode":"DAGL"},"person":{"navn":{"etternavn":"A"},"fodselsnummer":"01019012345"}}"#,
            .identityNumber("fodselsnummer")
        ),
        (
            #"{"type":{"kode":"REGN"},"enhet":{"organisasjonsnummer":"123456789"}}"#,
            .number("organisasjonsnummer", .checkDigit)
        ),
        (#"{"type":{"kode":"REGN"},"enhet":{}}"#, .missing("enhet.organisasjonsnummer")),
        ("17", .wrongType("roller", expected: "a list of objects")),
    ])
    func `one role that cannot be read makes its unit malformed, and the next is read`(
        role: String,
        reason: MalformedUnit.Reason
    ) throws {
        let result = try read("[\(element(role)),\(element(person(), number: Self.firm))]")
        #expect(result.malformed.map(\.reason) == [reason])
        #expect(result.malformed.map(\.number) == [Self.unit])
        #expect(result.units.map(\.number) == [Self.firm])
    }

    @Test func `a broken unit is known by its own number, never by a holder's`() throws {
        let broken = """
            {"rollegrupper":[{"roller":[{"type":{"kode":"REGN"},"enhet":{"organisasjonsnummer":"\(Self.firm)"}},
            {"type":{"kode":"DAGL"}}]}],"organisasjonsnummer":"\(Self.unit)"}
            """
        #expect(
            try read("[\(element(person(), number: Samples.number(at: 5))),\(broken)]").malformed.map(\.number) == [
                Self.unit
            ]
        )
        // No JSON at all: only what stands before the groups is taken.
        let unreadable = #"{"rollegrupper":[{"organisasjonsnummer":"\#(Self.firm)"nope}]}"#
        #expect(try read("[\(element(person())),\(unreadable)]").malformed.map(\.number) == [nil])
    }

    @Test func `a second object of the same unit is malformed`() throws {
        let result = try read("[\(element(person())),\(element(person()))]")
        #expect(result.malformed.map(\.reason) == [.duplicate])
        #expect(result.units.count == 1)
    }

    @Test func `a file of units is no file of roles`() throws {
        #expect(throws: RegisterFileError.unrecognised) { try read("[\(Samples.main(Self.unit))]") }
        #expect(throws: RegisterFileError.noUnits) { try read("[]") }
        #expect(throws: RegisterFileError.truncated(at: 20)) { try read(String("[\(element(person()))]".prefix(20))) }
    }
}

@Suite("What a register file is about is told from its content")
struct RegisterContentTests {
    private func content(_ text: String, chunkSize: Int = 16, gzip: Bool = false) throws -> RegisterContent {
        let bytes = gzip ? Samples.gzip(Array(text.utf8)) : Array(text.utf8)
        var source = try PeekedSource(MemoryByteSource(bytes, chunkSize: chunkSize))
        var again: [UInt8] = []
        while let chunk = try source.nextChunk() { again += chunk }
        #expect(again == bytes, "the beginning is handed out all the same")
        return source.content
    }

    @Test(arguments: [false, true])
    func `roles, units, an answer for one unit`(gzip: Bool) throws {
        let number = Samples.number(at: 0)
        #expect(try content(#"[{"organisasjonsnummer":"\#(number)","rollegrupper":[]}]"#, gzip: gzip) == .roles)
        #expect(try content(#"{"rollegrupper":[],"_links":{}}"#, gzip: gzip) == .roles)
        #expect(try content(#"{"_links":{"rollegrupper":{}},"navn":"a"}"#, gzip: gzip) == .units)
        #expect(try content("[\(Samples.main(number)),\(#"{"rollegrupper":[]}"#)]", gzip: gzip) == .units)
        #expect(try content(Samples.register(of: 5_000), chunkSize: 4_096, gzip: gzip) == .units)
    }

    @Test func `what is damaged or empty is left to the reader of units, which says so`() throws {
        for text in ["", "nope", "\"", "[", #"{"a\"#] { #expect(try content(text) == .units) }
        var source = try PeekedSource(MemoryByteSource([0x1F, 0x8B, 0x00, 0x01, 0x02]))
        #expect(source.content == .units)
        #expect(try source.nextChunk()?.count == 5)
    }
}

@Suite("Synthetic roles in the register's format")
struct SyntheticRolesTests {
    private func read(
        _ shape: SyntheticRegister.RoleShape,
        mainUnits: Int = 400,
        named: [SyntheticRegister.NamedRole] = []
    ) throws -> (units: [RegisteredRoles], malformed: Int) {
        let register = SyntheticRegister(seed: 1, mainUnits: mainUnits, subUnits: 0)
        var bytes: [UInt8] = []
        try register.writeRoles(shape, named: named) { bytes += $0 }
        var reader = RegisterFileReader(MemoryByteSource(bytes), of: .roles)
        var units: [RegisteredRoles] = []
        let report = try reader.forEachBatch { units += try $0.roles }
        return (units, report.malformedCount)
    }

    @Test func `every unit can be read, in both shapes, and has about three roles`() throws {
        for shape in [SyntheticRegister.RoleShape.authorised, .open] {
            let (units, malformed) = try read(shape)
            #expect(malformed == 0)
            #expect(units.count > 380)
            let roles = units.reduce(0) { $0 + $1.roles.count }
            #expect(roles > 2 * units.count && roles < 5 * units.count)
            #expect(units.contains { $0.endedCount > 0 })
            for role in units.flatMap(\.roles) {
                switch role.holder {
                case .organisation: break
                case .person(let number): #expect(shape == .authorised && number.isSynthetic)
                case .named: #expect(shape == .open)
                }
            }
        }
    }

    @Test func `units and their roles are of one register`() throws {
        let register = SyntheticRegister(seed: 1, mainUnits: 400, subUnits: 0)
        var bytes: [UInt8] = []
        try register.write(.mainUnit) { bytes += $0 }
        var reader = RegisterFileReader(MemoryByteSource(bytes), of: .units)
        _ = try reader.forEachBatch { _ in }
        let roles = try read(.authorised).units
        #expect(roles.allSatisfy { reader.numbers.contains($0.number) })
        for role in roles.flatMap(\.roles) {
            if case .organisation(let number) = role.holder { #expect(reader.numbers.contains(number)) }
        }
    }

    @Test func `named roles are there, and no others in that unit`() throws {
        let day = try #require(CalendarDate(parsing: "1901-02-03"))
        let person = try #require(
            (0..<20).lazy.compactMap {
                SyntheticRegister.Person(birthDate: day, serial: $0, givenName: "KLOK", familyName: "UGLE")
            }.first
        )
        let unit = Samples.number(at: 3)
        let (units, _) = try read(
            .authorised,
            named: [.init(unit: unit, code: "DAGL", holder: .person(person))]
        )
        #expect(units.first { $0.number == unit }?.roles == [.init(code: "DAGL", holder: .person(person.number))])
    }
}
