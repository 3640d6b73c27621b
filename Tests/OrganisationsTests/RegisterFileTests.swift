import Foundation
import Organisations
import Testing
import Vocabulary

@Suite("Register files: packing, structure and cuts")
struct RegisterFileTests {
    /// Nested braces, escaped quotes and backslashes in texts, every kind of white space, a unit without and one with wrapping.
    static let tricky = """
        \u{FEFF} [\t\r
          \(Samples.main(Samples.number(at: 0), name: #"A \" ] } [ { \\"#)) ,
          \(Samples.main(Samples.number(at: 1), name: #"Ærlig \u00d8l \\\\\" \ud83e\udd8c"#)),\(Samples.sub(Samples.number(at: 2))),
          17, {"organisasjonsnummer" : "\(Samples.number(at: 3))" , "navn": nope}, "a, ] \\" b",
          \(Samples.deleted(Samples.number(at: 4)))
        ]\u{20}
        """

    @Test func `texts may hold braces, brackets, quotes and escapes`() throws {
        let result = try ReadResult(Self.tricky)
        #expect(result.document == .wholeRegister)
        #expect(
            result.units.map(\.name) == [#"A " ] } [ { \"#, #"Ærlig Øl \\" 🦌"#, "RASK ELG AS AVD OSLO", "RASK ELG AS"]
        )
        #expect(result.malformed.map(\.position.index) == [3, 4, 5])
        #expect(result.malformed.map(\.number) == [nil, Samples.number(at: 3), nil])
    }

    @Test func `a file cut into pieces at any byte reads the same`() throws {
        let text = Array(Self.tricky.utf8)
        let whole = try ReadResult(text)
        for cut in 1..<text.count {
            #expect(try ReadResult(text, chunkSize: cut) == whole, "in pieces of \(cut)")
        }
    }

    @Test func `a packed file cut into pieces at any byte reads the same`() throws {
        let packed = Samples.gzip(Array(Self.tricky.utf8))
        let whole = try ReadResult(Self.tricky)
        for size in [1, 2, 3, 5, 7, 11, 64, packed.count - 1, packed.count] {
            #expect(try ReadResult(packed, chunkSize: size) == whole, "in pieces of \(size)")
        }
    }

    @Test(arguments: [1, 2, 3, 100])
    func `batches hold all units in order, whatever their size`(size: Int) throws {
        let text = Array(Samples.register(of: 7).utf8)
        let result = try ReadResult(text, batchSize: size)
        #expect(result.units.map(\.number) == (0..<7).map(Samples.number(at:)))
    }

    @Test func `a batch is never larger than asked`() throws {
        var reader = RegisterFileReader(MemoryByteSource(Array(Samples.register(of: 7).utf8)), of: .units)
        var sizes: [Int] = []
        _ = try reader.forEachBatch(of: 3) { sizes.append($0.records.entries.count + $0.malformed.count) }
        #expect(sizes == [3, 3, 1])
    }

    // MARK: Positions

    @Test func `a malformed unit is named by its place and byte, and does not stop the rest`() throws {
        let bad = #"{"organisasjonsnummer":"310279324"}"#
        let first = Samples.main(Samples.number(at: 0))
        let result = try ReadResult("[\(first),\n  \(bad),\(Samples.main(Samples.number(at: 1)))]")
        #expect(result.units.count == 2)
        let position = RegisterPosition(index: 1, offset: Int64("[\(first),\n  ".utf8.count))
        #expect(
            result.malformed == [
                MalformedUnit(position: position, number: nil, reason: .number("organisasjonsnummer", .checkDigit))
            ]
        )
        #expect("\(try #require(result.malformed.first))" == "\(position): `organisasjonsnummer` fails modulus 11")
    }

    @Test func `in a page of a search the position is that in the whole file`() throws {
        let text = #"{"_links":{"enheter":[1]}, "_embedded" : { "x":0, "enheter": [ {"navn":"A"}, {"navn":"B"} ] } }"#
        let result = try ReadResult(text)
        #expect(result.document == .searchPage)
        let expected = try ["A", "B"].map { name in
            let place = try #require(text.range(of: #"{"navn":"\#(name)"}"#))
            return Int64(text.utf8.distance(from: text.startIndex, to: place.lowerBound))
        }
        #expect(result.malformed.map(\.position.offset) == expected)
        #expect(result.malformed.map(\.position.index) == [0, 1])
    }

    @Test func `the second unit of a number is malformed, the first is taken`() throws {
        let result = try ReadResult(
            Samples.array([
                Samples.main(name: "FIRST"), Samples.main(name: "SECOND"), Samples.main(Samples.number(at: 1)),
            ])
        )
        #expect(result.units.map(\.name) == ["FIRST", "RASK ELG AS"])
        #expect(result.malformed.map(\.reason) == [.duplicate])
        #expect(result.malformed.map(\.number) == [Samples.mainNumber])
    }

    @Test func `a unit beyond the limit is malformed, one at the limit is read, whatever the pieces`() throws {
        let limit = RegisterContent.units.elementLimit
        let frame = Samples.main(Samples.number(at: 0), name: "").utf8.count
        let largest = Samples.main(Samples.number(at: 0), name: String(repeating: "A", count: limit - frame))
        let tooLarge = Samples.main(Samples.number(at: 1), name: String(repeating: "A", count: limit - frame + 1))
        let text = Array(Samples.array([largest, tooLarge, Samples.main(Samples.number(at: 2))]).utf8)
        for chunkSize in [text.count, 100_000] {
            let result = try ReadResult(text, chunkSize: chunkSize)
            #expect(result.units.map(\.number) == [Samples.number(at: 0), Samples.number(at: 2)])
            #expect(result.malformed.map(\.reason) == [.tooLarge(limit: limit)])
            #expect(result.malformed.map(\.number) == [Samples.number(at: 1)])
        }
    }

    // MARK: Files that are refused as a whole

    @Test func `a file that ends anywhere before its end is truncated`() {
        let text = Array(Self.tricky.utf8.dropLast(2))  // less the bracket and the space after it
        for length in 5..<text.count {
            #expect(readError(Array(text.prefix(length))) == .truncated(at: Int64(length)))
        }
    }

    @Test func `a packed file that ends anywhere before its end is truncated`() {
        let packed = Samples.gzip(Array(Samples.register(of: 3).utf8))
        for length in 2..<packed.count {
            #expect(readError(Array(packed.prefix(length))) == .gzip(.truncated), "\(length)")
        }
    }

    @Test(arguments: [
        ("", RegisterFileError.empty), (" \n", .empty),
        ("[]", .noUnits), (" [ ] ", .noUnits),
        ("[{},]", .structure(expected: "a unit", at: 4)),
        ("[,{}]", .structure(expected: "a unit", at: 1)),
        ("[{}{}]", .structure(expected: "`,` or `]`", at: 3)),
        ("[{}}]", .structure(expected: "`,` or `]`", at: 3)),
        ("[{}]x", .structure(expected: "the end of the file", at: 4)),
        ("[{}][{}]", .structure(expected: "the end of the file", at: 4)),
        ("7", .structure(expected: "`[` or `{`", at: 0)),
        ("navn;kommune", .structure(expected: "`[` or `{`", at: 0)),
        (#"{"a":}"#, .notJSON("an unexpected byte at byte 5")),
        (#"{"a":1}"#, .unrecognised), (#"{"_embedded":{"x":[]}}"#, .unrecognised),
        (#"{"_embedded":[]}"#, .unrecognised),
        (#"{"_embedded":{"enheter":7}}"#, .structure(expected: "`[` or `{`", at: 0)),
        (#"{"_links":{},"page":{"totalElements":0}}"#, .noUnits),
        (#"{"_embedded":{"enheter":[]}}"#, .noUnits),
    ])
    func `what has no register's form is refused with its fault`(text: String, fault: RegisterFileError) {
        #expect(readError(text) == fault)
    }

    @Test(arguments: [
        (#"{"rollegrupper":[]}"#, RegisterFileError.Foreign.roles),
        (#"[{"organisasjonsnummer":"310279323","rollegrupper":[]}]"#, .roles),
        (#"[{"specversion":"1.0","id":"1"}]"#, .roleEvents),
        (#"{"_embedded":{"oppdaterteEnheter":[]}}"#, .changeFeed),
        (#"{"_embedded":{"oppdaterteUnderenheter":[]}}"#, .changeFeed),
        (#"{"_links":{"self":{"href":"https://x/api/oppdateringer/enheter?dato=1"}},"page":{}}"#, .changeFeed),
        (#"[{"oppdateringsid":1,"organisasjonsnummer":"310279323","endringstype":"Ny"}]"#, .changeFeed),
        (#"{"timestamp":1,"status":404,"error":"Not Found","path":"/x"}"#, .errorAnswer),
        (#"{"status":400,"feilmelding":"Feilaktig forespørsel"}"#, .errorAnswer),
        ("\n<!doctype html>", .markup), ("PK\u{3}\u{4}......", .archive),
    ])
    func `what the register also publishes is named`(text: String, what: RegisterFileError.Foreign) {
        #expect(readError(text) == .foreign(what))
    }

    @Test func `UTF-16 is refused, with and without its mark`() {
        #expect(readError([0xFF, 0xFE, 0x5B, 0x00]) == .encoding)
        #expect(readError([0xFE, 0xFF, 0x00, 0x5B]) == .encoding)
        #expect(readError([0x00, 0x5B, 0x00, 0x5D]) == .encoding)
    }

    @Test func `an array of both kinds is refused when it is to replace one`() throws {
        let first = Samples.main()
        let text = Array("[\(first),\(Samples.sub())]".utf8)
        #expect(try ReadResult(text).units.count == 2)
        let position = RegisterPosition(index: 1, offset: Int64(first.utf8.count + 2))
        #expect(throws: RegisterFileError.mixedKinds(file: .mainUnit, unit: .subUnit, at: position)) {
            try ReadResult(text, isOfOneKind: true)
        }
    }

    // MARK: gzip

    @Test func `members that follow each other are one file (RFC 1952 §2.2)`() throws {
        let text = Array(Samples.register(of: 3).utf8)
        let parts = Samples.gzip(Array(text.prefix(100))) + Samples.gzip([]) + Samples.gzip(Array(text.dropFirst(100)))
        #expect(try ReadResult(parts) == ReadResult(text))
        #expect(try ReadResult(parts + [0, 0, 0]) == ReadResult(text))
        #expect(try ReadResult(parts, chunkSize: 1) == ReadResult(text))
    }

    @Test func `a large packed file is unpacked in pieces`() throws {
        let text = Array(Samples.register(of: 3_000).utf8)
        #expect(text.count > 300_000)
        #expect(try ReadResult(Samples.gzip(text)).units.count == 3_000)
    }

    @Test func `a damaged member is refused by its check sum`() {
        var packed = Samples.gzip(Array(Samples.register(of: 3).utf8))
        packed[60] ^= 1
        #expect(readError(packed) == .gzip(.corrupt("its check sum or length is wrong")))
        packed[60] ^= 1
        packed[packed.count - 1] ^= 1
        #expect(readError(packed) == .gzip(.corrupt("its check sum or length is wrong")))
    }

    @Test func `something else after the last member is refused`() {
        let packed = Samples.gzip(Array(Samples.register(of: 3).utf8))
        #expect(readError(packed + Array("garbage".utf8)) == .gzip(.trailingBytes))
        #expect(readError(packed + [0] + packed) == .gzip(.trailingBytes))
        #expect(readError(packed + [0x1F]) == .gzip(.truncated))
    }
}
