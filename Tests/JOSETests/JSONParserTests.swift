import JOSE
import Testing

@Suite("RFC 8259: strict JSON")
struct JSONParserTests {
    private func parse(_ text: String, _ limits: JSONLimits = .default) throws(JSONError) -> JSONValue {
        try JSONValue(parsing: text, limits: limits)
    }

    @Test func `reads every kind of value`() throws {
        let text = #" { "a" : [ 1 , -2.5e3 , true , false , null , "x" , { } , [ ] ] , "b":"" } "#
        let value = try parse(text)
        #expect(value["b"] == "")
        #expect(value.object?.names == ["a", "b"])
        let elements = try #require(value["a"]?.array)
        #expect(elements.count == 8)
        #expect(elements[0].integer == 1)
        #expect(elements[1].number?.source == "-2.5e3")
        #expect(elements[2...] == [true, false, nil, "x", [:], []])
    }

    @Test(arguments: ["null", "true", "0", "\"x\"", "[]"]) func `any value may stand at the top`(text: String) throws {
        #expect(try parse(text).text() == text)
    }

    @Test(arguments: ["\u{20}", "\t", "\n", "\r", "\r\n"]) func `white space of the grammar is skipped`(
        space: String
    ) throws {
        #expect(try parse("\(space)[\(space)1\(space),\(space)2\(space)]\(space)") == [1, 2])
    }

    @Test(
        arguments: [
            ("", JSONError.Kind.unexpectedEnd, 0), (" ", .unexpectedEnd, 1), ("{", .unexpectedEnd, 1),
            ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3),
            ("{\"a\"", .unexpectedEnd, 4),
            ("{\"a\":", .unexpectedEnd, 5), ("{\"a\":1", .unexpectedEnd, 6), ("{\"a\":1,", .unexpectedEnd, 7),
            ("\"abc", .unexpectedEnd, 4), ("\"a\\", .unexpectedEnd, 2), ("tru", .unexpectedEnd, 3), ("-", .number, 1),
            ("{}x", .trailingBytes, 2), ("1 2", .trailingBytes, 2), ("{}{}", .trailingBytes, 2),
            ("null\0", .trailingBytes, 4),
            ("[1,]", .unexpectedByte, 3), ("{\"a\":1,}", .unexpectedByte, 7), ("{,}", .unexpectedByte, 1),
            ("[1 2]", .unexpectedByte, 3), ("{a:1}", .unexpectedByte, 1), ("{'a':1}", .unexpectedByte, 1),
            ("{\"a\" 1}", .unexpectedByte, 5), ("{\"a\":1 \"b\":2}", .unexpectedByte, 7), ("[1}", .unexpectedByte, 2),
            ("nul!", .unexpectedByte, 3), ("True", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0),
            ("Infinity", .unexpectedByte, 0), ("/**/1", .unexpectedByte, 0), ("\u{A0}1", .unexpectedByte, 0),
            ("\u{B}1", .unexpectedByte, 0), ("]", .unexpectedByte, 0), ("+1", .unexpectedByte, 0),
            (".5", .unexpectedByte, 0),
            ("01", .number, 0), ("-01", .number, 0), ("00", .number, 0), ("1.", .number, 2), ("1.e3", .number, 2),
            ("1e", .number, 2), ("1e+", .number, 3), ("-x", .number, 1), ("1.5.", .trailingBytes, 3),
            ("0x10", .trailingBytes, 1), ("1_000", .trailingBytes, 1),
        ]
    ) func `refuses what the grammar does not have, and says where`(
        text: String,
        kind: JSONError.Kind,
        offset: Int
    ) throws {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.kind == kind)
        #expect(error?.offset == offset)
    }

    @Test func `a byte order mark is refused`() {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: [0xEF, 0xBB, 0xBF] + utf8("{}")) }
        #expect(error?.kind == .byteOrderMark)
    }

    @Test(
        arguments: [
            (#"{"aud":1,"aud":1}"#, "aud", 9), (#"{"aud":1,"\u0061ud":2}"#, "aud", 9),
            (#"{"\u0061":1,"\u0061":1}"#, "a", 12),
            (#"{"":1,"":2}"#, "", 6), (#"{"a":{"b":1,"b":2}}"#, "b", 12), (#"[{"é":1,"\u00e9":2}]"#, "é", 9),
            (#"{"\ud83d\ude00":1,"😀":2}"#, "😀", 18),
        ]
    ) func `a repeated member is refused, also in another spelling`(text: String, name: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.kind == .duplicateMember(name))
        #expect(error?.offset == offset)
    }

    @Test(arguments: [23, 24, 25, 200]) func `a repeated member is found among many`(count: Int) throws {
        let members = (0..<count).map { "\"m\($0)\":\($0)" }
        #expect(try parse("{\(members.joined(separator: ","))}").object?.count == count)
        for index in [0, count / 2, count - 1] {
            let repeated = members + ["\"m\(index)\":0"]
            let error = #expect(throws: JSONError.self) {
                try JSONValue(parsing: "{\(repeated.joined(separator: ","))}")
            }
            #expect(error?.kind == .duplicateMember("m\(index)"))
        }
    }

    @Test func `names that only look alike are different members`() throws {
        // Composed and decomposed é: equal as Swift strings, not as bytes.
        let value = try parse("{\"e\u{301}\":1,\"\u{E9}\":2}")
        #expect(value["e\u{301}"] == 1)
        #expect(value["\u{E9}"] == 2)
        #expect(JSONValue.string("e\u{301}") != JSONValue.string("\u{E9}"))
        #expect(try parse("{\"a\":1,\"A\":2}").object?.count == 2)
    }

    @Test(
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e6\u20AC""#, "Aæ€"),
            (#""\ud83d\ude00""#, "😀"), (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\ud800\udc00""#, "\u{10000}"),
            (#""\u0000""#, "\0"), (#""a\u0062c""#, "abc"), ("\"\u{7F}\"", "\u{7F}"), ("\"\u{FFFF}\"", "\u{FFFF}"),
            (#""\uffff""#, "\u{FFFF}"), (#""\ud7ff\ue000""#, "\u{D7FF}\u{E000}"),
        ]
    ) func `escapes stand for what the standard says`(text: String, content: String) throws {
        #expect(try parse(text) == .string(content))
    }

    @Test(
        arguments: [
            (#""\x41""#, JSONError.Kind.escape, 1), (#""\u12""#, .escape, 1), (#""\u12G4""#, .escape, 1),
            (#""\u+123""#, .escape, 1),
            (#""\u12"#, .unexpectedEnd, 5), (#""\"#, .unexpectedEnd, 1), (#""\ud800""#, .loneSurrogate, 1),
            (#""\udc00""#, .loneSurrogate, 1),
            (#""\ud800\ud800""#, .loneSurrogate, 1), (#""\ud800\u0041""#, .loneSurrogate, 1),
            (#""\ud800x""#, .loneSurrogate, 1), (#""x\udfff\ud800""#, .loneSurrogate, 2),
            (#""\ud800\n""#, .loneSurrogate, 1),
            ("\"a\nb\"", .controlCharacter, 2), ("\"\t\"", .controlCharacter, 1), ("\"\0\"", .controlCharacter, 1),
            ("\"\u{1F}\"", .controlCharacter, 1), ("\"\\n\u{1}\"", .controlCharacter, 3), (#""\U0041""#, .escape, 1),
        ]
    ) func `other escapes, half surrogates and bare controls are refused`(
        text: String,
        kind: JSONError.Kind,
        offset: Int
    ) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.kind == kind)
        #expect(error?.offset == offset)
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xE0, 0x9F, 0xBF], [0xE2, 0x82],
            [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
            [0xE2, 0x28, 0xA1], [0xF0, 0x28, 0x8C, 0xBC],
        ] as [[UInt8]]
    ) func `bytes that are not UTF-8 are refused`(sequence: [UInt8]) {
        for prefix in [[], utf8("a"), utf8("\\n")] {
            for suffix in [utf8("\""), utf8("  \"")] {
                let error = #expect(throws: JSONError.self) {
                    try JSONValue(parsing: utf8("\"") + prefix + sequence + suffix)
                }
                #expect(error?.kind == .utf8)
                #expect(error?.offset == 1 + prefix.count)
            }
        }
    }

    @Test func `all of Unicode is accepted`() throws {
        for value in stride(from: UInt32(0x20), through: 0x10FFFF, by: 37) {
            guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else { continue }
            let text = String(Character(scalar))
            #expect(try parse("\"\(text)\"") == .string(text))
        }
    }

    @Test func `depth is limited on the boundary`() throws {
        let limits = JSONLimits(maximumDepth: 3)
        #expect(try parse("[[[]]]", limits).text() == "[[[]]]")
        #expect(try parse(#"{"a":[{"b":1}]}"#, limits)["a"]?.array?.count == 1)
        #expect(throws: JSONError(kind: .tooDeep, offset: 3)) { try parse("[[[[]]]]", limits) }
        #expect(throws: JSONError(kind: .tooDeep, offset: 7)) { try parse(#"{"a":[[{"b":1}]]}"#, limits) }
        // Siblings do not add up.
        #expect(try parse("[[[]],[[]],[[]]]", limits).array?.count == 3)
        #expect(throws: JSONError(kind: .tooDeep, offset: 16)) { try parse(String(repeating: "[", count: 1_000_000)) }
    }

    @Test func `size is limited on the boundary`() throws {
        let limits = JSONLimits(maximumBytes: 6)
        #expect(try parse("\"abcd\"", limits) == "abcd")
        #expect(throws: JSONError(kind: .tooLong, offset: 6)) { try parse("\"abcde\"", limits) }
    }

    @Test func `members are limited on the boundary`() throws {
        let limits = JSONLimits(maximumMembers: 2)
        #expect(try parse(#"{"a":1,"b":2}"#, limits).object?.count == 2)
        #expect(try parse(#"[{"a":1,"b":2},{"a":1,"b":2}]"#, limits).array?.count == 2)
        #expect(throws: JSONError(kind: .tooManyMembers, offset: 13)) { try parse(#"{"a":1,"b":2,"c":3}"#, limits) }
    }

    @Test func `errors are one line in lower case`() {
        #expect("\(JSONError(kind: .duplicateMember("aud"), offset: 9))" == "a second member `aud` at byte 9")
        #expect("\(JSONError(kind: .utf8, offset: 0))" == "bytes that are not UTF-8 at byte 0")
    }
}
