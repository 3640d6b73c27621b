import Foundation
import JOSE
import Testing

@Suite("RFC 4648 §5: strict base64url")
struct Base64URLTests {
    /// RFC 4648 §10, without padding, and RFC 7515 appendix C.
    @Test(
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ]
    ) func `has the published spelling`(plain: String, encoded: String) throws {
        #expect(Base64URL.encode(plain.utf8) == encoded)
        #expect(try Base64URL.decode(encoded) == utf8(plain))
    }

    @Test func `uses - and _ for the last two characters`() throws {
        #expect(Base64URL.encode([3, 236, 255, 224, 193]) == "A-z_4ME")
        #expect(try Base64URL.decode("A-z_4ME") == [3, 236, 255, 224, 193])
    }

    @Test(
        arguments: [
            ("A", Base64URLError.length), ("AAAAA", .length), ("Zg==", .padding), ("Zg=", .padding), ("=", .length),
            ("Zm9v====", .padding), ("Z=9v", .padding), ("A+z_", .character(offset: 1)),
            ("A-z/", .character(offset: 3)), (" AAA", .character(offset: 0)), ("AAA ", .character(offset: 3)),
            ("AA\nA", .character(offset: 2)), ("AAAAA\r\nA", .character(offset: 5)), ("AAA\0", .character(offset: 3)),
            ("AAAAA.", .character(offset: 5)), ("AAåA", .length), ("Aå", .character(offset: 1)),
        ]
    ) func `refuses every other spelling`(text: String, error: Base64URLError) {
        #expect(throws: error) { try Base64URL.decode(text) }
    }

    @Test func `refuses unused bits that are not zero`() throws {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        for (value, character) in alphabet.enumerated() {
            // Two characters carry 8 of 12 bits, three carry 16 of 18.
            if value & 0x0F == 0 {
                #expect(try Base64URL.decode("A\(character)").count == 1)
            } else {
                #expect(throws: Base64URLError.unusedBits) { try Base64URL.decode("A\(character)") }
            }
            if value & 0x03 == 0 {
                #expect(try Base64URL.decode("AA\(character)").count == 2)
            } else {
                #expect(throws: Base64URLError.unusedBits) { try Base64URL.decode("AA\(character)") }
            }
        }
    }

    @Test func `agrees with another implementation on any bytes`() throws {
        var generator = SeededGenerator(seed: 4_648)
        for count in 0..<300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let standard = Data(bytes).base64EncodedString()
            let url = standard.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            #expect(Base64URL.encode(bytes) == url)
            #expect(try Base64URL.decode(url) == bytes)
            #expect(Base64.encode(bytes) == standard)
            #expect(try Base64.decode(standard) == bytes)
        }
    }

    @Test func `whatever is accepted has one spelling`() {
        var generator = SeededGenerator(seed: 1)
        let characters = utf8("ABCZabcz019-_+/= .\n")
        var accepted = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...9, using: &generator)).map { _ in
                characters.randomElement(using: &generator)!
            }
            guard let bytes = try? Base64URL.decode(text) else { continue }
            accepted += 1
            #expect(utf8(Base64URL.encode(bytes)) == text)
        }
        #expect(accepted > 100)
    }
}

@Suite("RFC 4648 §4: strict base64 with padding")
struct Base64Tests {
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func `has the published spelling`(plain: String, encoded: String) throws {
        #expect(Base64.encode(plain.utf8) == encoded)
        #expect(try Base64.decode(encoded) == utf8(plain))
    }

    @Test(
        arguments: [
            ("Zg", Base64URLError.length), ("Zg=", .length), ("Zm9v=", .length), ("====", .padding),
            ("A===", .padding), ("Zm9v====", .padding), ("Z=9v", .padding), ("=m9v", .padding),
            ("A-z_", .character(offset: 1)), ("Zm9v\n", .length), ("Zm9 ", .character(offset: 3)),
            ("Zh==", .unusedBits), ("Zm9=", .unusedBits),
        ]
    ) func `refuses every other spelling`(text: String, error: Base64URLError) {
        #expect(throws: error) { try Base64.decode(text) }
    }
}
