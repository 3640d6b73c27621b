import LibCrypto
import Testing

@Suite("FIPS 180-4 and RFC 2104: digests")
struct HashFunctionTests {
    /// FIPS 180-2 appendix examples for `abc`.
    @Test(
        arguments: [
            (HashFunction.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                .sha384,
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
            ),
            (
                .sha512,
                """
                ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a
                2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f
                """
            ),
        ]
    ) func `digests the published message`(hash: HashFunction, expected: String) {
        #expect(hash.digest("abc".utf8) == bytes(expected))
        #expect(hash.digest("abc".utf8).count == hash.digestLength)
    }

    @Test func `digests no bytes at all`() {
        let expected = bytes("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(HashFunction.sha256.digest([]) == expected)
    }

    @Test func `digests a slice as the bytes that it shows`() {
        let text = Array("xabcx".utf8)
        #expect(HashFunction.sha256.digest(text[1..<4]) == HashFunction.sha256.digest("abc".utf8))
    }

    /// RFC 4231 §4.2, §4.3 and §4.7 (a key longer than a block).
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ]
    ) func `authenticates the published messages`(key: [UInt8], message: [UInt8], expected: String) {
        #expect(HashFunction.sha256.authenticationCode(of: message, key: key) == bytes(expected))
    }

    @Test func `an empty key is a key`() {
        let expected = bytes("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
        #expect(HashFunction.sha256.authenticationCode(of: [], key: []) == expected)
        // The key of the call before is not taken again.
        _ = HashFunction.sha256.authenticationCode(of: [], key: [1, 2, 3])
        #expect(HashFunction.sha256.authenticationCode(of: [], key: []) == expected)
    }

    @Test func `compares secrets by content`() {
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(constantTimeEqual([UInt8](), [UInt8]()))
    }
}
