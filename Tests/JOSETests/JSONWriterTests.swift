import JOSE
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    private let value: JSONValue = [
        "iss": "https://example.test/", "exp": 1_795_000_000, "scope": ["a:b", nil, true, false], "empty": [:],
        "none": [],
    ]

    @Test func `members keep their order`() {
        #expect(
            value.text()
                == #"{"iss":"https://example.test/","exp":1795000000,"scope":["a:b",null,true,false],"empty":{},"none":[]}"#
        )
    }

    @Test func `the form for people has two spaces a level`() {
        #expect(
            value.pretty() == """
                {
                  "iss": "https://example.test/",
                  "exp": 1795000000,
                  "scope": [
                    "a:b",
                    null,
                    true,
                    false
                  ],
                  "empty": {},
                  "none": []
                }
                """
        )
    }

    @Test func `escapes what must be escaped and nothing else`() {
        let text = "\"\\/\u{8}\t\n\u{C}\r\u{0}\u{1}\u{F}\u{10}\u{1F}\u{7F}æ€😀"
        #expect(
            JSONValue.string(text).text()
                == #""\"\\/\b\t\n\f\r\u0000\u0001\u000f\u0010\u001f"# + "\u{7F}æ€😀\""
        )
    }

    /// RFC 8785 §3.2.3: order of UTF-16 units, in which the emoji stands before U+FB33.
    @Test func `the canonical form sorts members by UTF-16`() throws {
        let object: JSONObject = [
            "\u{20AC}": 1, "\r": 2, "\u{FB33}": 3, "1": 4, "\u{1F600}": 5, "\u{80}": 6, "\u{F6}": 7,
        ]
        let names = try #require(try JSONValue(parsing: object.canonical()).object).names
        #expect(names == ["\r", "1", "\u{80}", "\u{F6}", "\u{20AC}", "\u{1F600}", "\u{FB33}"])
    }

    @Test func `the canonical form is one for all orders and spellings`() throws {
        let one = try JSONValue(parsing: #"{"b":[{"y":1.0,"x":"\u0041"}],"a":1e2}"#)
        let other = try JSONValue(parsing: #" {"a":100, "b":[{"x":"A","y":1}]} "#)
        #expect(one.canonical() == other.canonical())
        #expect(String(decoding: one.canonical(), as: UTF8.self) == #"{"a":100,"b":[{"x":"A","y":1}]}"#)
        #expect(one.text() == #"{"b":[{"y":1.0,"x":"A"}],"a":1e2}"#)
    }

    @Test func `numbers are written as they were read`() throws {
        for source in ["1e400", "-0", "1.50", "123456789012345678901234567890"] {
            #expect(try JSONValue(parsing: source).text() == source)
        }
        #expect(JSONValue.integer(.min).text() == "-9223372036854775808")
    }

    @Test func `what is written is read back the same`() throws {
        var generator = SeededGenerator(seed: 8_259)
        for _ in 0..<500 {
            let value = randomValue(depth: 4, &generator)
            #expect(try JSONValue(parsing: value.encoded()) == value)
            #expect(try JSONValue(parsing: value.pretty()) == value)
            #expect(try JSONValue(parsing: value.canonical()).canonical() == value.canonical())
        }
    }

    @Test func `an object keeps one member of a name`() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = 3
        object["c"] = 4
        object["b"] = nil
        object["x"] = nil
        #expect(object.names == ["a", "c"])
        #expect(object["a"] == 3)
        #expect(object.contains("c"))
        #expect(!object.contains("b"))
        object["n"] = .null
        #expect(object["n"] == .null)
        #expect(object.contains("n"))
        #expect(object.removing(["a", "n"]) == ["c": 4])
    }

    @Test func `objects are equal whatever their order`() {
        let one: JSONObject = ["a": 1, "b": [2]]
        let other: JSONObject = ["b": [2], "a": 1]
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != ["a": 1, "b": [3]])
        #expect(one != ["a": 1])
    }
}

/// Any value of a few levels.
func randomValue(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(.random(using: &generator))
    case 2: return .integer(.random(in: .min ... .max, using: &generator))
    case 3, 4: return .string(randomText(&generator))
    case 5:
        return .array(
            (0..<Int.random(in: 0..<4, using: &generator)).map { _ in randomValue(depth: depth - 1, &generator) }
        )
    default:
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0..<4, using: &generator) {
            object[randomText(&generator)] = randomValue(depth: depth - 1, &generator)
        }
        return .object(object)
    }
}

private func randomText(_ generator: inout SeededGenerator) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0..<12, using: &generator) {
        let ranges: [ClosedRange<UInt32>] = [0...0x7F, 0x20...0x7E, 0...0x7FF, 0...0x10FFFF]
        let range = ranges[Int.random(in: ranges.indices, using: &generator)]
        if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) {
            text.unicodeScalars.append(scalar)
        }
    }
    return text
}
