import JOSE
import Organisations
import Testing

/// simdjson and ISA-L read the bulk files; what they take and refuse must be what the strict parser and zlib do.
@Suite("Register files: the fast reader beside the strict one")
struct RegisterDifferentialTests {
    /// A small generator (SplitMix64), so that a failure can be repeated by its seed.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }

        mutating func pick<Element>(_ elements: [Element]) -> Element {
            elements[Int.random(in: 0..<elements.count, using: &self)]
        }
    }

    /// What JSON texts commonly differ in between readers.
    private static let quirks: [[UInt8]] =
        [
            #""a":1,"a":2"#, #""a":{"b":1,"b":2}"#, #""a":[{"b":1,"\u0062":2}]"#, #""\u0061":1,"a":2"#, #""":1"#,
            #""a":"\ud800""#, #""a":"\udc00\ud800""#, #""a":"\ud83e\udd8c""#, #""a":"\u00zz""#, #""a":"\x""#,
            #""a":"\u0000""#, #""a":01"#, #""a":-0"#, #""a":-"#, #""a":+1"#, #""a":1."#, #""a":.5"#, #""a":1e"#,
            #""a":1e5"#, #""a":1E+400"#, #""a":-1e-400"#, #""a":18446744073709551616"#, #""a":9223372036854775808"#,
            #""a":123456789012345678901234567890"#, #""a":NaN"#, #""a":Infinity"#, #""a":nul"#, #""a":True"#,
            #""a":[1,]"#, #""a":[,1]"#, #""a":{"b":1,}"#, #""a":1,"#, #","a":1"#, #""a" 1"#, #"a:1"#, #"'a':1"#,
            #""a":[}"#, #""a":{]"#, #""a":/* */1"#, #""a":1//"#, "\"a\":\"\t\"", "\"a\":\"\u{7F}\"", "\"a\":\u{0B}1",
            "\"a\":\u{A0}1", "\"a\":\u{FEFF}1", "\"\u{2028}\":1",
            #""a":"# + String(repeating: "[", count: 14) + String(repeating: "]", count: 14),
            #""a":"# + String(repeating: "[", count: 15) + String(repeating: "]", count: 15),
            #""a":"# + String(repeating: "[", count: 16) + String(repeating: "]", count: 16),
            #""a":"# + String(repeating: #"{"b":"#, count: 40) + "1" + String(repeating: "}", count: 40),
            (0..<998).map { #""m\#($0)":\#($0)"# }.joined(separator: ","),
            (0..<1_100).map { #""m\#($0)":\#($0)"# }.joined(separator: ","),
        ].map { Array($0.utf8) } + [
            Array(#""a":""#.utf8) + [0xFF] + Array(#"""#.utf8),  // no UTF-8
            Array(#""a":""#.utf8) + [0xC3] + Array(#"""#.utf8),  // breaks off
            Array(#""a":""#.utf8) + [0xC0, 0xAF] + Array(#"""#.utf8),  // overlong
            Array(#""a":""#.utf8) + [0xED, 0xA0, 0x80] + Array(#"""#.utf8),  // a surrogate
            Array(#""a":""#.utf8) + [0xF4, 0x90, 0x80, 0x80] + Array(#"""#.utf8),  // beyond U+10FFFF
            Array(#""a":""#.utf8) + [0x00] + Array(#"""#.utf8), Array(#""a":"#.utf8) + [0x00] + Array("1".utf8),
        ]

    /// Compares the verdict on one element with that of the strict parser.
    private func compare(_ element: [UInt8], _ note: Comment) throws {
        let sound = Array(Samples.main(Samples.number(at: 1)).utf8)
        let fault: MalformedUnit?
        do {
            fault = try ReadResult([0x5B] + sound + [0x2C] + element + [0x5D]).malformed.first
        } catch is RegisterFileError {
            // It has broken the array that it stands in, as only what is no JSON can.
            #expect(throws: (any Error).self, note) { try JSONValue(parsing: element) }
            return
        }
        let verdict = Result { try JSONValue(parsing: element) }
        switch (fault?.reason, verdict) {
        // The grammar of JSON bounds no number, the reader of the bulk files does.
        case (.notJSON(let words), .success): #expect(words == "a number beyond 64 bits", note)
        case (.notJSON(let words), .failure(let error)): #expect(words == "\(error)", note)
        case (_, .failure(let error)): Issue.record("taken, though the strict parser says \(error): \(note)")
        case (_, .success): break
        }
    }

    @Test func `each quirk of JSON is judged as the strict parser judges it`() throws {
        let head = Array(Samples.main().utf8.dropLast())
        for quirk in Self.quirks {
            let note = Comment(rawValue: String(decoding: quirk.prefix(60), as: UTF8.self))
            try compare(head + [0x2C] + quirk + [0x7D], note)
            // Where nothing that is kept stands beside it.
            try compare([0x7B] + quirk + [0x7D], note)
        }
    }

    @Test func `an element broken at random is judged as the strict parser judges it`() throws {
        let text = Array(
            Samples.main(more: #","forretningsadresse":{"adresse":["Gate 1","\u00e5 \"2\""],"x":[1.5,-3e2]}"#).utf8
        )
        let telling = Array(#"[]{}",:\ 0u-eE.+"#.utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC3, 0xED, 0xFF]
        for seed in 1...4_000 {
            var dice = Dice(seed: seed)
            var broken = text
            for _ in 0...Int.random(in: 0..<3, using: &dice) {
                let place = Int.random(in: 0..<broken.count, using: &dice)
                switch Int.random(in: 0..<3, using: &dice) {
                case 0: broken[place] = dice.pick(telling)
                case 1: broken.insert(dice.pick(telling), at: place)
                default: broken.remove(at: place)
                }
            }
            // Read as an element only where it is one: what ends earlier or later is another file.
            guard broken.first == 0x7B, broken.last == 0x7D else { continue }
            try compare(broken, "seed \(seed)")
        }
    }

    @Test func `elements end where they do, whatever the pieces and whatever stands in their texts`() throws {
        let words = [
            #"\""#, #"\\"#, "{", "}", "[", "]", "a", " ", ",", ":", "å", #"\u007d"#, String(repeating: "x", count: 70),
        ]
        for seed in 1...25 {
            var dice = Dice(seed: seed)
            let units = (0..<40).map { index in
                let text = (0..<Int.random(in: 0..<30, using: &dice)).map { _ in dice.pick(words) }.joined()
                let depth = Int.random(in: 0..<8, using: &dice)
                let nested =
                    String(repeating: #"{"b":["#, count: depth) + #""\#(text)""# + String(repeating: "]}", count: depth)
                return Samples.main(Samples.number(at: index), name: text + "A", more: #","x":\#(nested)"#)
            }
            let text = Array(units.joined(separator: dice.pick([",", " ,\n", ",\t "])).utf8)
            let whole = try ReadResult([0x5B] + text + [0x5D])
            #expect(whole.units.count + whole.malformed.count == 40, "seed \(seed)")
            // One byte at a time nothing is looked at 64 bytes at a time.
            for size in [1, Int.random(in: 2...63, using: &dice), Int.random(in: 64...400, using: &dice)] {
                #expect(try ReadResult([0x5B] + text + [0x5D], chunkSize: size) == whole, "seed \(seed), \(size)")
            }
        }
    }

    // MARK: gzip

    private static func packed(_ text: [UInt8]) -> [UInt8] {
        let deflater = GzipDeflater()
        return deflater.pack(text) + deflater.finish()
    }

    @Test func `what zlib packed reads the same in any pieces, also with all that a header may hold`() throws {
        let text = Array(Samples.register(of: 300).utf8)
        let plain = Self.packed(text)
        let whole = try ReadResult(plain)
        #expect(whole.units.count == 300)
        // RFC 1952 §2.3.1: FEXTRA, FNAME and FCOMMENT; then the data and the trailer as they were.
        let header: [UInt8] = [0x1F, 0x8B, 8, 0x1C, 1, 2, 3, 4, 2, 3, 4, 0, 1, 2, 3, 4]
        let named = header + Array("enheter.json\0comment\0".utf8) + plain.dropFirst(10)
        for size in [1, 2, 3, 5, 7, 10, 11, 13, 17, 64, 1_000] {
            #expect(try ReadResult(plain, chunkSize: size).units == whole.units, "\(size)")
            #expect(try ReadResult(Array(named), chunkSize: size).units == whole.units, "\(size)")
        }
        let members =
            Self.packed(Array(text.prefix(5_000))) + Self.packed([]) + Self.packed(Array(text.dropFirst(5_000)))
        #expect(try ReadResult(members).units == whole.units)
        #expect(try ReadResult(members + [0, 0, 0]).units == whole.units)
    }

    @Test func `a header that announces what nobody knows is refused (RFC 1952 §2.3.1.2)`() {
        for flag: UInt8 in [0x20, 0x40, 0x80] {
            var packed = Self.packed(Array(Samples.register(of: 1).utf8))
            packed[3] = flag
            #expect(readError(packed) == .gzip(.corrupt("its header is none of gzip's")), "\(flag)")
        }
    }

    @Test func `what zlib packed and something cut off is truncated, wherever`() {
        let packed = Self.packed(Array(Samples.register(of: 40).utf8))
        for length in 2..<packed.count {
            #expect(readError(Array(packed.prefix(length))) == .gzip(.truncated), "\(length)")
        }
        let second = Self.packed(Array(" ".utf8))
        for length in 1..<second.count {
            #expect(readError(packed + second.prefix(length)) == .gzip(.truncated), "\(length)")
        }
    }

    @Test func `what zlib packed and something changed is the same or an error, never something else`() throws {
        let packed = Self.packed(Array(Samples.register(of: 40).utf8))
        let whole = try ReadResult(packed)
        for place in packed.indices {
            for bit in [UInt8(1), 0x80] {
                var changed = packed
                changed[place] ^= bit
                do {
                    #expect(try ReadResult(changed) == whole, "\(place)")
                } catch {
                    #expect(error is RegisterFileError, "\(place): \(error)")
                }
            }
        }
    }
}
