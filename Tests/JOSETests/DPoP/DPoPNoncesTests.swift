import JOSE
import Testing
import Vocabulary

@Suite("RFC 9449 §8: nonces without memory")
struct DPoPNoncesTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private let key = [UInt8](repeating: 7, count: DPoPNonces.keyLength)

    private func nonces() throws -> DPoPNonces { try #require(DPoPNonces(key: key)) }

    @Test func `every node with the key takes the nonces of the others`() throws {
        let nonce = try nonces().nonce(at: now)
        #expect(nonce.utf8.count == 32)
        #expect(try nonces().time(of: nonce, at: now) == now)
        #expect(try nonces().time(of: nonce, at: now + 100) == now)
    }

    @Test func `a nonce ends, and is not taken before it was given`() throws {
        let nonces = try nonces()
        let nonce = nonces.nonce(at: now)
        #expect(nonces.time(of: nonce, at: now + DPoPNonces.lifetime - 1) == now)
        #expect(nonces.time(of: nonce, at: now + DPoPNonces.lifetime) == nil)
        // Clocks of two nodes may differ by ten seconds.
        #expect(nonces.time(of: nonce, at: now - 10) == now)
        #expect(nonces.time(of: nonce, at: now - 11) == nil)
    }

    @Test func `a nonce of another key is none, and no bit of one can be changed`() throws {
        let nonces = try nonces()
        #expect(nonces.time(of: DPoPNonces().nonce(at: now), at: now) == nil)
        let bytes = try Base64URL.decode(nonces.nonce(at: now))
        for bit in 0..<bytes.count * 8 {
            var other = bytes
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(nonces.time(of: Base64URL.encode(other), at: now) == nil)
        }
    }

    @Test(arguments: ["", "a", String(repeating: "A", count: 32), String(repeating: "A", count: 33), "ø", "====="])
    func `other texts are none`(text: String) throws { #expect(try nonces().time(of: text, at: now) == nil) }

    @Test(arguments: [0, 31, 33]) func `a key has 32 bytes`(length: Int) {
        #expect(DPoPNonces(key: [UInt8](repeating: 0, count: length)) == nil)
    }

    @Test func `the key does not show`() throws {
        #expect("\(try nonces())" == "<redacted>")
        var text = ""
        dump(try nonces(), to: &text)
        #expect(!text.contains("7"))
    }
}
