import Delegations
import FoundationEssentials
import LibCrypto
import TestSupport
import Testing
import Vocabulary

@Suite("Parties and their identifiers")
struct PartyTests {
    @Test func `an organisation's UUID is of version 8 and read back`() throws {
        let number = try OrganisationNumber(parsing: "311001213")
        let uuid = Party.organisation(number).uuid
        #expect("\(uuid)" == "01920000-0000-8000-8000-000311001213")
        #expect(uuid.organisation == number)
        #expect(PartyUUID(parsing: "01920000-0000-8000-8000-000311001213")?.organisation == number)
        #expect(PartyUUID(parsing: "01920000-0000-8000-8000-000311001214")?.organisation == nil, "modulus 11")
        #expect(PartyUUID(parsing: "01920000-0000-8000-8000-00031100121f")?.organisation == nil)
        #expect(PartyUUID(parsing: "no uuid") == nil)
    }

    @Test func `a person's UUID is the beginning of the pseudonym, of version 8 and RFC 9562's variant`() throws {
        let person = try #require(PersonPseudonym(bytes: Array(repeating: 0xFF, count: 32)))
        #expect("\(Party.person(person).uuid)" == "ffffffff-ffff-8fff-bfff-ffffffffffff")
        #expect(Party.person(person).uuid.organisation == nil)
    }

    @Test func `a person's number is exact in every JSON reader, and among the sixteen that the UUID allows`() {
        for index in 0..<1_000 as Range<UInt64> {
            let party = Party.person(.sample(index))
            #expect(party.partyID >= 1 << 52 && party.partyID < 1 << 53)
            #expect(party.uuid.personPartyIDs.contains(party.partyID))
        }
        #expect(Party.organisation(Sample.a).partyID == Sample.a.integer)
    }

    @Test func `a pseudonym is written in hexadecimal and read back`() throws {
        let bytes = (0..<32).map { UInt8($0 * 7) }
        let person = try #require(PersonPseudonym(bytes: bytes))
        #expect(person.bytes == bytes)
        #expect(PersonPseudonym(parsing: "\(person)") == person)
        #expect("\(person)".hasPrefix("00070e15"))
        #expect(PersonPseudonym(bytes: Array(bytes.dropLast())) == nil)
        #expect(PersonPseudonym(parsing: "\(person)".uppercased()) == nil)
        #expect(PersonPseudonym(parsing: "\(person)".dropLast()) == nil)
    }

    @Test func `pseudonyms are ordered as their bytes`() throws {
        let low = try #require(PersonPseudonym(bytes: Array(repeating: 0, count: 31) + [1]))
        let high = try #require(PersonPseudonym(bytes: [1] + Array(repeating: 0, count: 31)))
        #expect(low < high && !(high < low) && !(low < low))
    }
}

@Suite("Pseudonyms of persons under a key")
struct PseudonymKeyTests {
    private let key: PseudonymKey
    private let other: PseudonymKey
    private let number: NationalIdentityNumber

    init() throws {
        key = try #require(PseudonymKey(bytes: Array(repeating: 1, count: 32)))
        other = try #require(PseudonymKey(bytes: Array(repeating: 2, count: 32)))
        number = try #require(NationalIdentityNumber(parsing: "13900199700") ?? Self.anyNumber())
    }

    private static func anyNumber() -> NationalIdentityNumber? {
        (0..<100).lazy.compactMap {
            NationalIdentityNumber(parsing: "018190123" + ($0 < 10 ? "0\($0)" : "\($0)"))
        }.first
    }

    @Test func `a key has 32 bytes and never prints itself`() {
        #expect(PseudonymKey(bytes: [1, 2, 3]) == nil)
        #expect("\(key)" == "<redacted>")
        #expect(String(reflecting: key) == "<redacted>")
        #expect(Mirror(reflecting: key).children.isEmpty)
    }

    @Test func `the pseudonym of a number is HMAC-SHA-256 under the key`() {
        let code = HashFunction.sha256.authenticationCode(
            of: Array("number|\(number.exposed)".utf8),
            key: Array(repeating: 1, count: 32)
        )
        #expect(key.pseudonym(of: number).bytes == code)
        #expect(key.pseudonym(of: number) != other.pseudonym(of: number))
    }

    @Test func `without a number it differs by unit, role, name and birth date`() {
        let day = CalendarDate(parsing: "1970-01-01")
        let base = key.pseudonym(inUnit: Sample.a, role: "DAGL", name: "KARI NORDMANN", birthDate: day)
        let others = [
            key.pseudonym(inUnit: Sample.b, role: "DAGL", name: "KARI NORDMANN", birthDate: day),
            key.pseudonym(inUnit: Sample.a, role: "LEDE", name: "KARI NORDMANN", birthDate: day),
            key.pseudonym(inUnit: Sample.a, role: "DAGL", name: "KARI NORDMAN", birthDate: day),
            key.pseudonym(inUnit: Sample.a, role: "DAGL", name: "KARI NORDMANN", birthDate: nil),
            other.pseudonym(inUnit: Sample.a, role: "DAGL", name: "KARI NORDMANN", birthDate: day),
        ]
        #expect(Set(others + [base]).count == 6)
        #expect(base == key.pseudonym(inUnit: Sample.a, role: "DAGL", name: " Kari  Nordmann", birthDate: day))
    }
}

@Suite("Codes of roles")
struct RoleCodeTests {
    @Test func `are compared without case, Norwegian letters too`() {
        #expect(RoleCode(parsing: "apiadm") == "APIADM")
        #expect(RoleCode(parsing: "ffør") == RoleCode(parsing: "FFØR"))
        #expect(RoleCode(parsing: "hovedadministrator") == "HOVEDADMINISTRATOR")
    }

    @Test(arguments: ["", "DA GL", "DAGL\n", "urn:altinn", String(repeating: "A", count: 41), "DÄGL"])
    func `hold letters, digits and hyphens`(text: String) {
        #expect(RoleCode(parsing: text) == nil)
    }
}
