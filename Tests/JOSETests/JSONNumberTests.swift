import JOSE
import Testing

@Suite("RFC 8259 §6, RFC 7519 §2: numbers")
struct JSONNumberTests {
    private func number(_ source: String) throws -> JSONNumber {
        try #require(try JSONValue(parsing: source).number)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("-0.0", 0), ("0e999999999999", 0), ("1", 1), ("-1", -1), ("1.0", 1), ("1.000", 1),
            ("1e3", 1_000), ("1E+3", 1_000), ("1000e-3", 1), ("0.001e3", 1), ("12.5e1", 125), ("100e-2", 1),
            ("9007199254740993", 9_007_199_254_740_993), ("9223372036854775807", Int64.max),
            ("-9223372036854775808", Int64.min), ("9223372036854775807.0", Int64.max),
            ("0.00000000000000000000000000000000000000001e41", 1),
        ] as [(String, Int64)]
    ) func `integers, however they are written`(source: String, value: Int64) throws {
        #expect(try number(source).integer == value)
        #expect(try number(source).floor == value)
    }

    @Test(
        arguments: [
            ("0.5", 0), ("-0.5", -1), ("1.999999999999999999999", 1), ("-1.000000000000000000001", -2), ("1e-400", 0),
            ("-1e-400", -1), ("12.34e1", 123), ("-12.34e1", -124), ("15e-1", 1), ("9223372036854775807.9", Int64.max),
            ("-9223372036854775807.5", Int64.min),
        ] as [(String, Int64)]
    ) func `fractions are no integers, and have a floor`(source: String, floor: Int64) throws {
        #expect(try number(source).integer == nil)
        #expect(try number(source).floor == floor)
    }

    @Test(
        arguments: [
            "1e400", "-1e400", "1e999999999999999999999", "9223372036854775808", "-9223372036854775809",
            "18446744073709551616", "99999999999999999999", "100000000000000000000", "-9223372036854775808.5",
        ]
    ) func `what 64 bits cannot hold has no value, and does not trap`(source: String) throws {
        #expect(try number(source).integer == nil)
        #expect(try number(source).floor == nil)
        #expect(try number(source).flooredNumericDate == nil)
        #expect(try number(source).source == source)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1795000000", 1_795_000_000), ("1795000000.9", 1_795_000_000),
            ("1.795e9", 1_795_000_000),
            ("9007199254740992", 9_007_199_254_740_992), ("9007199254740992.5", 9_007_199_254_740_992),
            ("9007199254740993", nil), ("-1", nil), ("-0.1", nil), ("1e400", nil),
        ] as [(String, Int64?)]
    ) func `a NumericDate is floored, from 0 to 2^53`(source: String, seconds: Int64?) throws {
        #expect(try number(source).flooredNumericDate == seconds)
    }

    @Test func `a text is no number`() throws {
        #expect(try JSONValue(parsing: "\"1795000000\"").number == nil)
        #expect(try JSONValue(parsing: "\"1\"").integer == nil)
    }
}
