import JOSE
import LibCrypto
import Testing

/// Inputs broken at random from a seed: the parsers must neither stop the program nor take one thing for another.
@Suite("Hostile input, broken at random")
struct BrokenInputTests {
    /// Bytes that mean something to one of the parsers.
    private static let special = utf8("{}[]\",:\\u0019.eE+-_=/ \0é")

    /// One to four changes: a byte flipped, put in, taken out, a stretch repeated, the end cut off.
    private func broken(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let index = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: if !bytes.isEmpty { bytes[index] ^= UInt8(1 << Int.random(in: 0..<8, using: &generator)) }
            case 1: if !bytes.isEmpty { bytes[index] = UInt8.random(in: .min ... .max, using: &generator) }
            case 2: bytes.insert(Self.special[Int.random(in: Self.special.indices, using: &generator)], at: index)
            case 3: if !bytes.isEmpty { bytes.remove(at: index) }
            case 4: bytes.insert(contentsOf: bytes[index..<min(index + 9, bytes.count)], at: index)
            default: bytes.removeLast(min(bytes.count, Int.random(in: 0..<5, using: &generator)))
            }
        }
        return bytes
    }

    @Test(arguments: 0..<4 as Range<UInt64>) func `JSON is refused or has one meaning`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<5_000 {
            let original = randomValue(depth: 4, &generator)
            let text = broken(Bool.random(using: &generator) ? original.encoded() : utf8(original.pretty()), &generator)
            guard let value = try? JSONValue(parsing: text) else {
                refused += 1
                continue
            }
            // What was accepted is UTF-8, and written again it is the same value.
            #expect(String(validating: text, as: UTF8.self) != nil)
            #expect((try? JSONValue(parsing: value.encoded())) == value)
        }
        #expect((500..<5_000).contains(refused))
    }

    @Test(arguments: 0..<4 as Range<UInt64>) func `errors of JSON lie within the text`(seed: UInt64) {
        var generator = SeededGenerator(seed: 100 + seed)
        for _ in 0..<5_000 {
            let text = broken(randomValue(depth: 3, &generator).encoded(), &generator)
            do throws(JSONError) {
                _ = try JSONValue(parsing: text)
            } catch {
                #expect((0...text.count).contains(error.offset))
            }
        }
    }

    @Test(arguments: [JWSAlgorithm.rs256, .ps256, .es256, .edDSA])
    func `no broken token is taken for a signed one`(algorithm: JWSAlgorithm) throws {
        let key = SampleKey.fitting(algorithm)
        let header: JSONObject = ["alg": .string(algorithm.rawValue), "kid": "k", "typ": "JWT"]
        let payload: JSONObject = ["iss": "client", "scope": "a:b", "exp": 1_795_000_000]
        let token = utf8(
            try CompactJWS.sign(header: header, payload: payload.encoded(), with: key, algorithm: algorithm)
        )
        var generator = SeededGenerator(seed: 7_515)
        var parsed = 0
        for _ in 0..<3_000 {
            let text = broken(token, &generator)
            guard text != token, let jws = try? CompactJWS(parsing: text) else { continue }
            parsed += 1
            #expect(!jws.isSigned(by: key.publicKey, algorithm: algorithm), "\(String(decoding: text, as: UTF8.self))")
        }
        // Enough of them reached the signature.
        #expect(parsed > 100)
        #expect(try CompactJWS(parsing: token).isSigned(by: key.publicKey, algorithm: algorithm))
    }

    @Test(arguments: [JWKTests.rsa, JWKTests.ec, JWKTests.okp]) func `a broken key is refused or another sound one`(
        object: JSONObject
    ) throws {
        let text = object.encoded()
        var generator = SeededGenerator(seed: 7_517)
        var refused = 0
        for _ in 0..<2_000 {
            let changed = broken(text, &generator)
            guard let key = try? JWK(parsing: changed) else {
                refused += 1
                continue
            }
            #expect(key.publicKey.weakness == nil)
            #expect(try JWK(parsing: key.object) == key)
        }
        #expect(refused > 1_000)
    }

    @Test func `random bytes are nothing at all`() {
        var generator = SeededGenerator(seed: 0)
        for _ in 0..<5_000 {
            let bytes = (0..<Int.random(in: 0..<200, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            #expect((try? CompactJWS(parsing: bytes)) == nil)
            #expect((try? JWKSet(parsing: bytes)) == nil)
            #expect((try? PublicKey(spkiDER: bytes)) == nil)
            if let decoded = try? Base64URL.decode(bytes) { #expect(utf8(Base64URL.encode(decoded)) == bytes) }
        }
    }

    @Test func `a tower of brackets ends at the limit`() {
        for text in [String(repeating: "[", count: 500_000), String(repeating: #"{"a":"#, count: 100_000)] {
            let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
            #expect(error?.kind == .tooDeep)
        }
    }
}
