import HTTPTypes
import Testing
import TokenIssuance
import Vocabulary

@testable import WebConsole

@Suite("DESIGN §11: Norwegian and English, by Accept-Language")
struct LanguageTests {
    @Test(
        arguments: [
            (nil, Language.english), ("", .english), ("nb-NO,nb;q=0.9,en;q=0.5", .norwegian), ("nn", .norwegian),
            ("no", .norwegian), ("en-GB,en;q=0.9,nb;q=0.8", .english), ("de,fr;q=0.5", .english),
            ("en;q=0.2, nb;q=0.3", .norwegian),
            ("nb;q=0", .english), ("nb;q=x", .english), ("*", .english),
        ] as [(String?, Language)]
    )
    func `the language that is wanted most, of those that there are`(field: String?, expected: Language) {
        #expect(Language(accepting: field) == expected)
    }

    @Test func `times are told from the present`() {
        let now = Timestamp(seconds: 1_700_000_000)
        #expect(now.relative(to: now, in: .english) == "now")
        #expect((now - .days(3)).relative(to: now, in: .english) == "3 days ago")
        #expect((now + .hours(5)).relative(to: now, in: .norwegian) == "om 5 timer")
        #expect((now - .minutes(10)).relative(to: now, in: .norwegian) == "for 10 min siden")
        #expect(now.exact == "2023-11-14 22:13:20 UTC")
    }

    @Test func `long numbers are grouped`() {
        #expect(Int64(1_234_567).grouped == "1\u{202F}234\u{202F}567")
        #expect(Int64(999).grouped == "999")
        #expect(Int64(-1_000).grouped == "−1\u{202F}000")
    }

    @Test(arguments: ErrorCode.allCases)
    func `every code has a title in both languages`(code: ErrorCode) {
        let titles = Language.allCases.map {
            ErrorTitle.of(code.rawValue, Scene(language: $0, now: Timestamp(seconds: 0)))
        }
        #expect(titles.allSatisfy { !$0.isEmpty && !$0.hasSuffix(".") })
        #expect(Set(titles).count == 2)
    }

    @Test func `what wants attention is told in the page's language, and in English where it has no other`()
        async throws
    {
        let stage = try ConsoleStage()
        let cookie = try await stage.logIn()
        let (_, norwegian) = try await stage.send(.get, "/console", [.cookie: cookie, .acceptLanguage: "nb"])
        let (_, english) = try await stage.send(.get, "/console", [.cookie: cookie])
        #expect(norwegian.contains("tilgangen utløper") && !norwegian.contains("the access ends"))
        #expect(english.contains("the access ends") && !english.contains("tilgangen utløper"))
        #expect(norwegian.contains("an old item") && english.contains("an old item"))
    }

    @Test(arguments: ["scope_not_on_client", "access_not_granted", "access_ended", "delegation_missing"])
    func `a reason of a refusal is told in both languages`(reason: String) {
        let words = Language.allCases.map { Reasons.words(reason, Scene(language: $0, now: Timestamp(seconds: 0))) }
        #expect(Set(words).count == 2 && words.allSatisfy { !$0.contains("_") })
    }

    @Test func `a comma stands close to the value before it, and a short code on one line`() {
        let (value, code) = (Cell.Piece.code("2027-06-30"), Cell.Piece.codeLink("MP-200", to: "/x"))
        let cell = Cell(.plain("ends at "), value, .plain(", within 7 days"), code)
        let pieces = cell.fields(Scene(language: .english, now: Timestamp(seconds: 0)))["pieces"] as? [[String: Any]]
        #expect(pieces?.map { $0["hasGap"] as? Bool } == [true, false, true, true])
        let link = pieces?.last?["codeLink"] as? [String: Any]
        #expect(link?["segments"] as? [String] == ["MP-200"])
    }
}
