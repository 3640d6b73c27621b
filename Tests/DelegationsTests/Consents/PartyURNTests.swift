import Delegations
import Testing
import Vocabulary

@Suite("Parties and times in requests for consent (altinn.md §7.1)")
struct PartyURNTests {
    /// A made-up person (month + 80) whose control digits hold.
    private static func person() -> String? {
        (10_000...99_999).lazy.map { "018101\($0)" }.first { NationalIdentityNumber(parsing: $0) != nil }
    }

    @Test func `organisations and persons are read by number, and nothing else`() throws {
        let number = try #require(Self.person())
        let organisation = try #require(PartyURN(parsing: "urn:altinn:organization:identifier-no:310000051"))
        #expect(organisation.organisation?.description == "310000051")
        let person = try #require(PartyURN(parsing: "urn:altinn:person:identifier-no:\(number)"))
        #expect(person.exposed == "urn:altinn:person:identifier-no:\(number)")
        for text in [
            "310000051", "urn:altinn:organization:identifier-no:310000052",
            "urn:altinn:person:identifier-no:01810100000", "urn:altinn:party:uuid:01920000-0000-8000-8000-000310000051",
        ] {
            #expect(PartyURN(parsing: text) == nil, "\(text)")
        }
    }

    @Test func `a person's number does not print`() throws {
        let number = try #require(Self.person())
        let person = try #require(PartyURN(parsing: "urn:altinn:person:identifier-no:\(number)"))
        #expect(!"\(person)".contains(number))
        #expect(!String(reflecting: person).contains(number))
        var dumped = ""
        dump(person, to: &dumped)
        #expect(!dumped.contains(number))
    }

    @Test(arguments: [
        ("2027-06-30T12:30:00Z", "2027-06-30T12:30:00Z"), ("2027-06-30T12:30:00+02:00", "2027-06-30T10:30:00Z"),
        ("2027-06-30T23:30:00.999-01:30", "2027-07-01T01:00:00Z"), ("2027-06-30t12:30:00z", "2027-06-30T12:30:00Z"),
    ])
    func `times are read with any offset and fraction`(text: String, expected: String) {
        #expect(InternetTime.parse(text) == Timestamp(parsing: expected))
    }

    @Test(arguments: [
        "", "2027-06-30", "2027-06-30T12:30:00", "2027-06-30 12:30:00Z", "2027-02-30T12:30:00Z",
        "2027-06-30T12:30:00.Z", "2027-06-30T12:30:00+2:00", "2027-06-30T12:30:00+24:00", "2027-06-30T12:30:00+0200",
    ])
    func `nothing else is a time`(text: String) {
        #expect(InternetTime.parse(text) == nil)
    }
}
