import Testing
import Vocabulary

@Suite("National identity numbers: both control digits, never printed")
struct NationalIdentityNumberTests {
    /// Made for the tests: synthetic months (+ 80, + 40), and a D-number with a synthetic month.
    @Test(arguments: ["01814949999", "13900199700"])
    func `never prints itself`(text: String) {
        if let number = NationalIdentityNumber(parsing: text) {
            #expect("\(number)" == "<redacted>")
            #expect(String(reflecting: number) == "<redacted>")
            #expect(!"\(Mirror(reflecting: number).children.map(\.value))".contains(text))
        }
    }

    @Test func `takes a number whose control digits hold, and refuses each other last digit`() throws {
        let stem = try #require(Self.valid(stem: "018190123"))
        let number = try #require(NationalIdentityNumber(parsing: stem))
        #expect(number.isSynthetic)
        #expect("\(number)" == "<redacted>")
        for digit in 0...9 where !stem.hasSuffix("\(digit)") {
            #expect(NationalIdentityNumber(parsing: stem.dropLast() + "\(digit)") == nil)
        }
    }

    @Test(arguments: ["", "0181901234", "018190123456", "0181901234a", "００００００００００００"])
    func `refuses another form`(text: String) {
        #expect(NationalIdentityNumber(parsing: text) == nil)
    }

    /// Completes nine digits by the two control digits, where they exist.
    private static func valid(stem: String) -> String? {
        for first in 0...9 {
            for second in 0...9 where NationalIdentityNumber(parsing: "\(stem)\(first)\(second)") != nil {
                return "\(stem)\(first)\(second)"
            }
        }
        return nil
    }
}
