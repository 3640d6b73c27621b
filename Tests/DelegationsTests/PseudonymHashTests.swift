import Delegations
import Testing
import Vocabulary

@Suite("Pseudonyms in bulk are those of the key itself")
struct PseudonymHashTests {
    let key: PseudonymKey
    let hash: PseudonymHash
    let unit: OrganisationNumber

    init() throws {
        key = try #require(PseudonymKey(bytes: Array(0..<32)))
        hash = PseudonymHash(key)
        unit = try #require(OrganisationNumber(integer: 310_279_323))
    }

    @Test func `of a number`() throws {
        var found = 0
        for serial in 0..<2_000 {
            let digits = "018190" + String(10_000 + serial * 7)
            guard let number = NationalIdentityNumber(parsing: digits) else { continue }
            found += 1
            let bulk = Array(digits.utf8).withUnsafeBytes { hash.pseudonym(ofDigits: $0) }
            #expect(bulk == key.pseudonym(of: number))
        }
        #expect(found > 5)
    }

    @Test func `of a name, whatever its letters and white space`() {
        let letters = (0x21...0x24F).compactMap { Unicode.Scalar($0).map { "A\($0)b" } }
        let names = letters + ["kari  nordmann", " Kari\tNordmann ", "Straße", "ÿ", "e\u{301}", "\u{1F98C} Elg", ""]
        for name in names {
            for birthDate in [nil, CalendarDate(parsing: "1970-01-31")] {
                let bulk = Array(name.utf8).withUnsafeBytes {
                    hash.pseudonym(inUnit: unit, role: "DAGL", nameInUTF8: $0, birthDate: birthDate)
                }
                #expect(bulk == key.pseudonym(inUnit: unit, role: "DAGL", name: name, birthDate: birthDate), "\(name)")
            }
        }
    }
}
