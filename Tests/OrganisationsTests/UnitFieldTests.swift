import Organisations
import Testing
import Vocabulary

@Suite("Enhetsregisteret, media type v2: the members of a unit")
struct UnitFieldTests {
    @Test func `a full main unit is read with all that is kept`() throws {
        let read = try unit(
            """
            {"organisasjonsnummer":"310279323","navn":"RASK ELG ASA",
             "organisasjonsform":{"kode":"ASA","beskrivelse":"Allmennaksjeselskap","_links":{"self":{"href":"x"}}},
             "historiskeNavn":[{"navn":"LUR ELG AS","fraDato":"1999-01-02","tilDato":"2001-03-04"}],
             "registreringsdatoEnhetsregisteret":"1995-03-12","registreringsdatoForetaksregisteret":"1995-04-01",
             "registreringsdatoMerverdiavgiftsregisteret":"1996-05-02","antallAnsatte":4,
             "registreringsdatoFrivillighetsregisteret":"2010-06-03",
             "naeringskode1":{"kode":"62.010","beskrivelse":"Programmeringstjenester"},
             "postadresse":{"adresse":["Postboks 1"],"postnummer":"0101","poststed":"OSLO","landkode":"NO"},
             "forretningsadresse":{"land":"Norge","landkode":"NO","postnummer":"4035","poststed":"STAVANGER",
               "adresse":["Storgata 1",null,""],"kommune":"STAVANGER","kommunenummer":"1103"},
             "stiftelsesdato":"1972-09-18","overordnetEnhet":"910562223","konkurs":false,"underAvvikling":false,
             "underTvangsavviklingEllerTvangsopplosning":false,"respons_klasse":"Enhet"}
            """
        )
        var expected = Organisation(
            number: Samples.mainNumber,
            kind: .mainUnit,
            name: "RASK ELG ASA",
            form: .init(code: "ASA", description: "Allmennaksjeselskap"),
            parent: Samples.number("910562223")
        )
        expected.historicNames = [
            .init(name: "LUR ELG AS", from: Samples.day("1999-01-02"), until: Samples.day("2001-03-04"))
        ]
        expected.registered = Samples.day("1995-03-12")
        expected.registrations.businessEnterprises = Samples.day("1995-04-01")
        expected.registrations.valueAddedTax = Samples.day("1996-05-02")
        expected.registrations.nonProfit = Samples.day("2010-06-03")
        expected.founded = Samples.day("1972-09-18")
        expected.municipality = "1103"
        expected.industryCode = "62.010"
        expected.address = .init(lines: ["Storgata 1"], postalCode: "4035", place: "STAVANGER", countryCode: "NO")
        #expect(read == expected)
        #expect(read.isLive)
    }

    @Test func `a sub-unit has its place, its start and its main unit`() throws {
        let read = try unit(
            """
            {"organisasjonsnummer":"311263315","navn":"RASK ELG ASA AVD OSLO","organisasjonsform":{"kode":"BEDR"},
             "overordnetEnhet":"310279323","oppstartsdato":"2010-01-01","nedleggelsesdato":"2018-10-20",
             "beliggenhetsadresse":{"landkode":"NO","postnummer":"0661","poststed":"OSLO","adresse":["Gate 2"],
               "kommunenummer":"0301"}}
            """
        )
        #expect(read.kind == .subUnit)
        #expect(read.parent == Samples.mainNumber)
        #expect(read.founded == Samples.day("2010-01-01"))
        #expect(read.closedDown == Samples.day("2018-10-20"))
        #expect(read.municipality == "0301")
        #expect(read.address?.lines == ["Gate 2"])
        #expect(read.isLive)
    }

    @Test(arguments: ["null", "\"\""])
    func `null and empty text read as absent`(nothing: String) throws {
        let names = [
            "konkursdato", "underAvviklingDato", "konkurs", "underAvvikling", "overordnetEnhet", "slettedato",
            "stiftelsesdato", "historiskeNavn", "forretningsadresse", "naeringskode1", "respons_klasse",
            "tvangsopplostPgaManglendeRevisorDato", "underTvangsavviklingEllerTvangsopplosning",
        ]
        let more = names.map { ",\"\($0)\":\(nothing)" }.joined()
        #expect(try unit(Samples.main(more: more)) == unit(Samples.main()))
    }

    @Test func `bankruptcy has a flag and a day`() throws {
        let read = try unit(Samples.main(more: #","konkurs":true,"konkursdato":"2024-05-06""#))
        #expect(read.distress.bankrupt)
        #expect(read.distress.bankruptSince == Samples.day("2024-05-06"))
        #expect(read.distress.isPresent)
        #expect(read.isLive)
        #expect(!read.distress.windingUp && !read.distress.compulsoryWindingUp)
    }

    @Test func `winding-up has a flag and a day`() throws {
        let read = try unit(Samples.main(more: #","underAvvikling":true,"underAvviklingDato":"2024-05-06""#))
        #expect(read.distress.windingUp)
        #expect(read.distress.windingUpSince == Samples.day("2024-05-06"))
        #expect(!read.distress.bankrupt && !read.distress.compulsoryWindingUp)
    }

    @Test(arguments: [
        "tvangsavvikletPgaManglendeSlettingDato", "tvangsopplostPgaManglendeDagligLederDato",
        "tvangsopplostPgaManglendeRevisorDato", "tvangsopplostPgaManglendeRegnskapDato",
        "tvangsopplostPgaMangelfulltStyreDato",
    ])
    func `compulsory winding-up has a flag and one day for each reason`(name: String) throws {
        let flag = #","underTvangsavviklingEllerTvangsopplosning":true"#
        let read = try unit(Samples.main(more: #"\#(flag),"\#(name)":"2024-05-06""#))
        #expect(read.distress.compulsoryWindingUp)
        #expect(read.distress.compulsoryWindingUpSince == Samples.day("2024-05-06"))
        #expect(!read.distress.bankrupt && !read.distress.windingUp)
    }

    @Test func `of several compulsory days the first counts`() throws {
        let days =
            #","tvangsopplostPgaManglendeRevisorDato":"2024-05-06","tvangsopplostPgaManglendeRegnskapDato":"2023-01-02""#
        let read = try unit(Samples.main(more: #","underTvangsavviklingEllerTvangsopplosning":true\#(days)"#))
        #expect(read.distress.compulsoryWindingUpSince == Samples.day("2023-01-02"))
    }

    @Test func `a day without its flag raises it, a lowered flag beside an old day stays lowered`() throws {
        #expect(try unit(Samples.main(more: #","konkursdato":"2024-05-06""#)).distress.bankrupt)
        #expect(try !unit(Samples.main(more: #","konkurs":false,"konkursdato":"2024-05-06""#)).distress.bankrupt)
        #expect(try unit(Samples.main(more: #","underAvviklingDato":"2024-05-06""#)).distress.windingUp)
        let compulsory = #","tvangsopplostPgaMangelfulltStyreDato":"2024-05-06""#
        #expect(try unit(Samples.main(more: compulsory)).distress.compulsoryWindingUp)
    }

    @Test func `reconstruction and foreign insolvency are kept and decide nothing`() throws {
        let read = try unit(
            Samples.main(
                more: """
                    ,"underRekonstruksjonsforhandlingDato":"2024-05-06","underUtenlandskInsolvensbehandlingDato":"2024-05-07"
                    """
            )
        )
        #expect(read.reconstructionSince == Samples.day("2024-05-06"))
        #expect(read.foreignInsolvencySince == Samples.day("2024-05-07"))
        #expect(!read.distress.isPresent)
    }

    // MARK: Deleted

    @Test func `a day of deletion makes a deleted unit, not a malformed one`() throws {
        let read = try unit(
            #"{"organisasjonsnummer":"310279323","navn":"RASK ELG AS","organisasjonsform":{"kode":"AS"},"slettedato":"2024-02-29"}"#
        )
        #expect(read.deleted == Samples.day("2024-02-29"))
        #expect(!read.isDeleted)
        #expect(!read.isLive)
    }

    @Test(arguments: [("SlettetEnhet", Organisation.Kind.mainUnit), ("SlettetUnderEnhet", .subUnit)])
    func `the class of a deleted unit tells its kind and that it is deleted`(
        name: String,
        kind: Organisation.Kind
    ) throws {
        let read = try unit(#"{"organisasjonsnummer":"310279323","respons_klasse":"\#(name)"}"#)
        #expect(read.kind == kind)
        #expect(read.isDeleted)
        #expect(read.deleted == nil)
        #expect(!read.isLive)
    }

    @Test func `a deletion counts even when its day cannot be read`() throws {
        let read = try unit(Samples.main(more: #","slettedato":"29.02.2024""#))
        #expect(!read.isLive)
        #expect(read.deleted == nil)
    }

    @Test func `a deleted sub-unit needs no main unit`() throws {
        let read = try unit(
            #"{"organisasjonsnummer":"311263315","organisasjonsform":{"kode":"AAFY"},"slettedato":"2017-10-20"}"#
        )
        #expect(read.kind == .subUnit)
        #expect(read.parent == nil)
    }

    // MARK: Kind

    @Test(arguments: [
        (#""respons_klasse":"Enhet","organisasjonsform":{"kode":"BEDR"}"#, Organisation.Kind.mainUnit),
        (#""respons_klasse":"Underenhet","overordnetEnhet":"310279323""#, .subUnit),
        (#""organisasjonsform":{"kode":"BEDR"},"overordnetEnhet":"310279323""#, .subUnit),
        (#""organisasjonsform":{"kode":"AAFY"},"overordnetEnhet":"310279323""#, .subUnit),
        (#""overordnetEnhet":"310279323","beliggenhetsadresse":{"adresse":[]}"#, .subUnit),
        (#""overordnetEnhet":"310279323","_links":{"self":{"href":"https://x/api/underenheter/1"}}"#, .subUnit),
        (#""_links":{"self":{"href":"https://x/api/enheter/1"}}"#, .mainUnit),
        (#""organisasjonsform":{"kode":"ORGL"},"overordnetEnhet":"310279323""#, .mainUnit),
        (#""forretningsadresse":{"adresse":[]}"#, .mainUnit),
    ])
    func `the kind is told by class, form, address or link, in that order`(
        members: String,
        kind: Organisation.Kind
    ) throws {
        #expect(try unit(#"{"organisasjonsnummer":"311263315",\#(members)}"#).kind == kind)
    }

    @Test func `a live unit that tells its kind by nothing is malformed`() throws {
        #expect(try fault(#"{"organisasjonsnummer":"310279323","navn":"RASK ELG"}"#) == .kindUnknown)
    }

    @Test func `the answer for a removed unit says only its number and day, and is a deleted main unit`() throws {
        let result = try ReadResult(#"{"organisasjonsnummer":"310279323","slettedato":"2026-09-21"}"#)
        #expect(result.document == .singleUnit)
        #expect(result.units.map(\.kind) == [.mainUnit])
        #expect(result.units.map(\.isLive) == [false])
    }

    // MARK: Malformed

    @Test(arguments: [
        (#"{}"#, MalformedUnit.Reason.missing("organisasjonsnummer")),
        (#"{"organisasjonsnummer":null}"#, .missing("organisasjonsnummer")),
        (#"{"organisasjonsnummer":""}"#, .missing("organisasjonsnummer")),
        (#"{"organisasjonsnummer":310279323}"#, .wrongType("organisasjonsnummer", expected: "text")),
        (#"{"organisasjonsnummer":"31027932"}"#, .number("organisasjonsnummer", .form)),
        (#"{"organisasjonsnummer":"3102793230"}"#, .number("organisasjonsnummer", .form)),
        (#"{"organisasjonsnummer":"310 279 323"}"#, .number("organisasjonsnummer", .form)),
        (#"{"organisasjonsnummer":"310279324"}"#, .number("organisasjonsnummer", .checkDigit)),
        (Samples.main(more: #","konkurs":"ja""#), .wrongType("konkurs", expected: "true or false")),
        (Samples.main(more: #","konkurs":1"#), .wrongType("konkurs", expected: "true or false")),
        (Samples.main(more: #","konkursdato":"2024-02-30""#), .date("konkursdato")),
        (Samples.main(more: #","overordnetEnhet":"123456789""#), .number("overordnetEnhet", .checkDigit)),
        (
            Samples.main(more: #","forretningsadresse":"Storgata 1""#),
            .wrongType("forretningsadresse", expected: "an object")
        ),
        (Samples.main(name: #"RASK\u0000ELG"#), .wrongType("navn", expected: "text")),
        (Samples.main(more: #","slettedato":true"#), .wrongType("slettedato", expected: "text")),
        (Samples.main(more: #","historiskeNavn":{}"#), .wrongType("historiskeNavn", expected: "a list")),
        (
            Samples.main(more: #","forretningsadresse":{"adresse":[1]}"#),
            .wrongType("adresse", expected: "a list of texts")
        ),
        (#"{"organisasjonsnummer":"311263315","organisasjonsform":{"kode":"BEDR"}}"#, .missing("overordnetEnhet")),
        (#"7"#, .notAnObject), (#""text""#, .notAnObject), (#"[]"#, .notAnObject), (#"null"#, .notAnObject),
        (#"{"organisasjonsnummer":nope}"#, .notJSON("an unexpected byte at byte 24")),
        (#"{"navn":"A","navn":"B"}"#, .notJSON("a second member `navn` at byte 12")),
    ])
    func `a malformed unit says what is wrong`(text: String, reason: MalformedUnit.Reason) throws {
        // Beside a sound one, because a file of nothing else is refused as a whole.
        let result = try ReadResult(Samples.array([text, Samples.main(Samples.number(at: 1))]))
        #expect(result.malformed.map(\.reason) == [reason])
        #expect(result.units.count == 1)
    }
}
