import JOSE
@testable import Organisations
import Testing
import Vocabulary

@Suite("A synthetic register is one in everything but its truth")
struct SyntheticRegisterTests {
    let register = SyntheticRegister(seed: 7, mainUnits: 400, subUnits: 200)

    @Test(arguments: [Organisation.Kind.mainUnit, .subUnit])
    func `its files are read without a fault`(kind: Organisation.Kind) throws {
        let result = try ReadResult(text(register, kind))
        #expect(result.malformed == [])
        #expect(result.document == .wholeRegister)
        #expect(result.units.count == (kind == .mainUnit ? 400 : 200))
        #expect(result.units.allSatisfy { $0.kind == kind })
        #expect(result.units.allSatisfy { "23".contains("\($0.number)".prefix(1)) })
        #expect(result.units.map(\.number) == result.units.map(\.number).sorted())
    }

    @Test func `the same seed makes the same files, another one others`() throws {
        let again = SyntheticRegister(seed: 7, mainUnits: 400, subUnits: 200)
        let other = SyntheticRegister(seed: 8, mainUnits: 400, subUnits: 200)
        for kind in Organisation.Kind.allCases {
            #expect(try text(register, kind) == text(again, kind))
            #expect(try text(register, kind) != text(other, kind))
        }
    }

    @Test func `it holds the forms of the country and some units of every state`() throws {
        let units = try ReadResult(text(register, .mainUnit)).units
        let forms = Set(units.map(\.form.code))
        #expect(forms.isSuperset(of: ["AS", "ENK", "FLI", "NUF", "KOMM", "STAT", "FYLK", "SF", "ORGL"]))
        #expect(units.count { !$0.isLive } >= 3)
        #expect(units.count { $0.distress.bankrupt } >= 3)
        #expect(units.count { $0.distress.windingUp } >= 3)
        #expect(units.count { $0.distress.compulsoryWindingUp } >= 3)
        #expect(units.count { $0.isLive && !$0.distress.isPresent } > 300)
        #expect(units.contains { !$0.historicNames.isEmpty })
        let live = units.filter(\.isLive)
        #expect(live.allSatisfy { $0.address != nil && $0.municipality?.count == 4 && $0.registered != nil })
    }

    @Test func `every parent is a unit of the register`() throws {
        let main = try ReadResult(text(register, .mainUnit)).units
        let byNumber = Dictionary(uniqueKeysWithValues: main.map { ($0.number, $0) })
        for unit in main {
            guard let parent = unit.parent else { continue }
            #expect(["KOMM", "STAT", "FYLK", "SF"].contains(byNumber[parent]?.form.code))
        }
        let subs = try ReadResult(text(register, .subUnit)).units
        #expect(Set(subs.map(\.form.code)) == ["BEDR", "AAFY"])
        for unit in subs where unit.isLive {
            let parent = try #require(unit.parent.flatMap { byNumber[$0] })
            #expect(parent.isLive)
        }
        #expect(subs.contains { !$0.isLive })
    }

    @Test func `named units are there, as asked, and only once`() throws {
        let plain = try ReadResult(text(register, .mainUnit)).units
        let taken = plain[10].number
        let parent = Samples.number("310279323")
        let named = [
            SyntheticRegister.NamedUnit(number: taken, name: #"ÆRLIG "ØRN" \ AS"#, form: "AS"),
            .init(number: parent, name: "STOLT LUNDE KOMMUNE", form: "KOMM"),
            .init(
                number: Samples.number("310529915"),
                name: "SOLGT AS",
                form: "AS",
                state: .deleted(Samples.day("2024-02-29"))
            ),
            .init(
                number: Samples.number("310567620"),
                name: "SKRAL AS",
                form: "AS",
                state: .bankrupt(Samples.day("2024-05-06"))
            ),
            .init(number: Samples.number("311263315"), name: "STOLT LUNDE SKOLE", form: "BEDR", parent: parent),
        ]
        let world = SyntheticRegister(seed: 7, mainUnits: 400, subUnits: 200, named: named)
        let main = try ReadResult(text(world, .mainUnit))
        #expect(main.malformed == [])
        #expect(main.units.count == 403)
        let byNumber = Dictionary(uniqueKeysWithValues: main.units.map { ($0.number, $0) })
        #expect(byNumber[taken]?.name == #"ÆRLIG "ØRN" \ AS"#)
        #expect(byNumber[parent]?.form.code == "KOMM")
        #expect(byNumber[Samples.number("310529915")]?.deleted == Samples.day("2024-02-29"))
        #expect(byNumber[Samples.number("310567620")]?.distress.bankruptSince == Samples.day("2024-05-06"))
        let sub = try #require(ReadResult(text(world, .subUnit)).units.first)
        #expect(sub.name == "STOLT LUNDE SKOLE")
        #expect(sub.parent == parent)
    }

    @Test func `its units have the members of the real ones`() throws {
        let real: Set<String> = [
            "organisasjonsnummer", "navn", "organisasjonsform", "registreringsdatoEnhetsregisteret",
            "registrertIMvaregisteret", "naeringskode1", "forretningsadresse", "stiftelsesdato",
            "institusjonellSektorkode", "registrertIForetaksregisteret", "registrertIStiftelsesregisteret",
            "registrertIFrivillighetsregisteret", "konkurs", "underAvvikling",
            "underTvangsavviklingEllerTvangsopplosning", "maalform", "_links", "respons_klasse",
        ]
        let value = try JSONValue(parsing: text(register, .mainUnit), limits: JSONLimits(maximumBytes: 10_000_000))
        for unit in try #require(value.array) where unit["slettedato"] == nil {
            #expect(real.isSubset(of: try #require(unit.object).names))
        }
    }

    @Test func `it is written in pieces`() throws {
        var largest = 0
        var total = 0
        try SyntheticRegister(seed: 1, mainUnits: 2_000, subUnits: 0).write(.mainUnit) { piece in
            largest = max(largest, piece.count)
            total += piece.count
        }
        #expect(total > 1_000_000)
        #expect(largest < 80_000)
    }

    @Test func `a register without units is an empty array`() throws {
        let empty = SyntheticRegister(seed: 1, mainUnits: 0, subUnits: 0)
        #expect(try String(decoding: text(empty, .subUnit), as: UTF8.self) == "[]\n")
    }

    @Test func `numbers do not run out at national scale`() throws {
        let register = SyntheticRegister(seed: 1, mainUnits: SyntheticRegister.maximumCount, subUnits: 0)
        // The first piece is enough: the numbers lie closest together here.
        struct Enough: Error {}
        var piece: [UInt8] = []
        #expect(throws: Enough.self) {
            try register.write(.mainUnit) {
                piece = $0
                throw Enough()
            }
        }
        #expect(!piece.isEmpty)
    }

    @Test func `a person is drawn for every index, from the last day of 1999 on to 1940 again`()
        throws
    {
        // The days wrap after sixty years: the last of 1999 is followed by the first of all.
        let days = 21_914
        for turn in 0..<3 {
            let last = SyntheticRegister.person(turn * days + days - 1)
            let first = SyntheticRegister.person((turn + 1) * days)
            #expect(last.birthDate == Samples.day("1999-12-31"))
            #expect(first.birthDate == Samples.day("1940-01-02"))
        }
        // As many as a register of 22,000 main units asks for, and more: it once never came to its end at 2000-01-01.
        var numbers: Set<NationalIdentityNumber> = []
        for index in 0..<2 * days { numbers.insert(SyntheticRegister.person(index).number) }
        #expect(numbers.count > days)
    }

    @Test func `nobody is made who was born in 2000 or later, whatever the serial number`() {
        for serial in 0..<500 {
            let person = SyntheticRegister.Person(
                birthDate: Samples.day("2000-01-01"),
                serial: serial,
                givenName: "Rask",
                familyName: "Elg"
            )
            #expect(person == nil)
        }
    }

    @Test func `the roles of more main units than there are birth dates are written to their end`() throws {
        let register = SyntheticRegister(seed: 1, mainUnits: 22_500, subUnits: 0)
        var size = 0
        var last: [UInt8] = []
        try register.writeRoles(.authorised) { piece in
            size += piece.count
            last = piece
        }
        #expect(size > 1_000_000)
        #expect(String(decoding: last, as: UTF8.self).hasSuffix("]\n"))
    }

    private func text(_ register: SyntheticRegister, _ kind: Organisation.Kind) throws -> [UInt8] {
        var text: [UInt8] = []
        try register.write(kind) { text += $0 }
        return text
    }
}
