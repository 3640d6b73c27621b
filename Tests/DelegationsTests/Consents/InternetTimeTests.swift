import Delegations
import Testing
import Vocabulary

@Suite("Times as other systems write them (RFC 3339 §5.6)")
struct InternetTimeTests {
    @Test(
        arguments: [
            ("2026-11-22T10:30:00Z", "2026-11-22T10:30:00Z"), ("2026-11-22t10:30:00z", "2026-11-22T10:30:00Z"),
            ("2026-11-22T10:30:00.999Z", "2026-11-22T10:30:00Z"),
            ("2026-11-22T10:30:00+05:30", "2026-11-22T05:00:00Z"),
            ("2026-11-22T10:30:00-01:00", "2026-11-22T11:30:00Z"),
            ("2026-11-22T10:30:00.5+00:00", "2026-11-22T10:30:00Z"),
        ]
    )
    func `offsets and fractions are read`(text: String, expected: String) throws {
        let time = try #require(InternetTime.parse(text))
        #expect("\(time)" == expected)
    }

    @Test(
        arguments: [
            "++5:30", "+-5:30", "-+5:30", "+05:+3", "+05:-3", "+5:030", "+24:00", "+05:60", "+0530", "05:30", "",
            "+０5:30", ".Z", "Z ",
        ]
    )
    func `anything else is none`(offset: String) {
        #expect(InternetTime.parse("2026-11-22T10:30:00" + offset) == nil)
    }
}
