import Testing
import Vocabulary

@Suite("Organisation numbers: nine digits with a modulus-11 check digit")
struct OrganisationNumberTests {
    // 123456785 is the worked example of the register's own documentation: sum 138, remainder 6, check digit 5.
    @Test(arguments: [
        "991825827", "123456785", "310000124", "314200772", "974760673", "889640782", "100101688", "310000000",
    ])
    func `accepts a number whose check digit holds`(text: String) throws {
        let number = try OrganisationNumber(parsing: text)
        #expect(number.description == text)
        #expect(number.iso6523 == "0192:" + text)
        #expect(number.integer == Int64(text))
        #expect(OrganisationNumber(integer: number.integer) == number)
    }

    @Test func `refuses every other last digit`() throws {
        for digit in 0...9 where digit != 7 {
            #expect(throws: OrganisationNumber.ParseError.checkDigit) {
                try OrganisationNumber(parsing: "99182582\(digit)")
            }
        }
        #expect(throws: Never.self) { try OrganisationNumber(parsing: "991825827") }
    }

    @Test func `refuses every change of one digit and every swap of two neighbours`() throws {
        let digits = Array("974760673")
        for place in digits.indices {
            for other in "0123456789" where other != digits[place] {
                var changed = digits
                changed[place] = other
                #expect(throws: OrganisationNumber.ParseError.checkDigit) {
                    try OrganisationNumber(parsing: String(changed))
                }
            }
            guard place > 0, digits[place] != digits[place - 1] else { continue }
            var swapped = digits
            swapped.swapAt(place, place - 1)
            // The weights 3 and 2 at the front are the only neighbours that modulus 11 could confuse; they are not.
            #expect(throws: OrganisationNumber.ParseError.checkDigit) {
                try OrganisationNumber(parsing: String(swapped))
            }
        }
    }

    @Test(arguments: [
        "", "9", "99182582", "9918258270", "991 825 827", " 991825827", "991825827 ", "99182582x", "-91825827",
        "+91825827", "９９１８２５８２７", "991825827\u{0}", "0192:991825827", "NO991825827MVA", "٩٩١٨٢٥٨٢٧",
    ])
    func `refuses what is not nine ASCII digits`(text: String) {
        #expect(throws: OrganisationNumber.ParseError.form) { try OrganisationNumber(parsing: text) }
    }

    @Test func `parses a part of a larger text`() throws {
        let subject = "NTRNO-991825827"
        #expect(try OrganisationNumber(parsing: subject.dropFirst(6)).description == "991825827")
    }

    @Test func `keeps leading zeros`() throws {
        let number = try OrganisationNumber(parsing: "000000000")
        #expect(number.description == "000000000")
        #expect(number.integer == 0)
    }

    // MARK: ISO 6523 form

    @Test func `parses the form that tokens carry`() throws {
        let number = try OrganisationNumber(parsingISO6523: "0192:991825827")
        #expect(number == (try OrganisationNumber(parsing: "991825827")))
        #expect(OrganisationNumber.authority == "iso6523-actorid-upis")
    }

    @Test(arguments: ["991825827", "9908:991825827", "0192", "192:991825827", " 0192:991825827", "0192;991825827"])
    func `refuses another designator`(text: String) {
        #expect(throws: OrganisationNumber.ParseError.scheme) { try OrganisationNumber(parsingISO6523: text) }
    }

    @Test func `tells a wrong designator from a wrong number`() {
        #expect(throws: OrganisationNumber.ParseError.form) { try OrganisationNumber(parsingISO6523: "0192:") }
        #expect(throws: OrganisationNumber.ParseError.form) {
            try OrganisationNumber(parsingISO6523: "0192: 991825827")
        }
        #expect(throws: OrganisationNumber.ParseError.checkDigit) {
            try OrganisationNumber(parsingISO6523: "0192:991825828")
        }
    }

    // MARK: Stems

    @Test func `completes a stem by its check digit`() throws {
        #expect(OrganisationNumber(stem: 12_345_678)?.description == "123456785")
        #expect(OrganisationNumber(stem: 99_999_999)?.description == "999999999")
        // Remainder 0 makes the check digit 0, not 11.
        #expect(OrganisationNumber(stem: 31_000_000)?.description == "310000000")
    }

    @Test(arguments: [31_000_006, 31_000_023, 31_000_037, 10_000_013])
    func `knows stems that no check digit completes`(stem: Int) {
        #expect(OrganisationNumber(stem: stem) == nil)
        for digit in 0...9 {
            #expect(throws: OrganisationNumber.ParseError.checkDigit) {
                try OrganisationNumber(parsing: "\(stem)\(digit)")
            }
        }
    }

    @Test(arguments: [9_999_999, 100_000_000, 0, -31_000_000, Int.max, Int.min])
    func `a stem has eight digits`(stem: Int) {
        #expect(OrganisationNumber(stem: stem) == nil)
    }

    @Test func `a stem is completed exactly as parsing demands`() {
        for stem in 31_000_000..<31_001_000 {
            let accepted = (0...9).filter { (try? OrganisationNumber(parsing: "\(stem)\($0)")) != nil }
            #expect(accepted.count <= 1)
            #expect(OrganisationNumber(stem: stem)?.description == accepted.first.map { "\(stem)\($0)" })
        }
    }

    // MARK: Compact key

    @Test(arguments: [-1, 1_000_000_000, 991_825_828, Int64.max, Int64.min])
    func `the compact key of no number is none`(integer: Int64) {
        #expect(OrganisationNumber(integer: integer) == nil)
    }

    @Test func `orders by its digits`() throws {
        let low = try OrganisationNumber(parsing: "310000124")
        let high = try OrganisationNumber(parsing: "991825827")
        #expect(low < high)
        #expect(!(high < low))
        #expect(!(low < low))
    }
}
