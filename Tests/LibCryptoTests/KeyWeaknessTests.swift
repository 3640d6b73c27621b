import LibCrypto
import Testing

@Suite("RFC 8725 §3.2: weak keys are named")
struct KeyWeaknessTests {
    /// An odd modulus of so many bits without small factors: the product of nothing in particular, found by counting.
    private func modulus(bits: Int) -> [UInt8] {
        var modulus = [UInt8](repeating: 0xA7, count: (bits + 7) / 8)
        modulus[0] = UInt8(1 << ((bits - 1) % 8)) | (modulus[0] & UInt8((1 << ((bits - 1) % 8)) - 1))
        modulus[modulus.count - 1] = 0x01
        while Self.hasSmallFactor(modulus) {
            let (low, carry) = modulus[modulus.count - 1].addingReportingOverflow(2)
            modulus[modulus.count - 1] = low
            if carry { modulus[modulus.count - 2] &+= 1 }
        }
        return modulus
    }

    private static func hasSmallFactor(_ modulus: [UInt8]) -> Bool {
        (2..<752).contains { prime in modulus.reduce(0) { ($0 << 8 | Int($1)) % prime } == 0 }
    }

    private func weakness(_ modulus: [UInt8], exponent: [UInt8] = [1, 0, 1]) throws -> KeyWeakness? {
        try PublicKey(.rsa(modulus: modulus, exponent: exponent)).weakness
    }

    @Test func `keys that we make are sound`() {
        for key in [SampleKey.rsa, SampleKey.p256, SampleKey.p384, SampleKey.p521, SampleKey.ed25519] {
            #expect(key.publicKey.weakness == nil, "\(key.kind)")
        }
    }

    @Test(arguments: [(2_047, true), (2_048, false), (8_192, false)])
    func `less than 2,048 bits are too few`(bits: Int, isWeak: Bool) throws {
        #expect(try weakness(modulus(bits: bits)) == (isWeak ? .modulusTooShort(bits: bits) : nil))
    }

    @Test func `more than 8,192 bits are too many`() throws {
        #expect(try weakness(modulus(bits: 8_193)) == .modulusTooLong(bits: 8_193))
    }

    @Test(
        arguments: [
            ([1], true), ([3], true), ([2], true), ([1, 0, 0], true), ([5], false), ([17], false), ([1, 0, 1], false),
            ([0xFF, 0, 0, 0, 0, 0, 0, 1], false), ([1, 0, 0, 0, 0, 0, 0, 0, 1], true),
        ] as [([UInt8], Bool)]
    ) func `exponents of 1, 3, even ones and those above 64 bits are weak`(exponent: [UInt8], isWeak: Bool) throws {
        #expect(try weakness(modulus(bits: 2_048), exponent: exponent) == (isWeak ? .exponent : nil))
    }

    @Test(arguments: [2, 3, 5, 251, 743, 751]) func `a small factor is found`(factor: Int) throws {
        // A multiple of the factor near a modulus that has none.
        var modulus = modulus(bits: 2_048)
        while modulus.reduce(0, { ($0 << 8 | Int($1)) % factor }) != 0 || hasOther(modulus, below: factor) {
            modulus[modulus.count - 1] &+= 1
            if modulus[modulus.count - 1] == 0 { modulus[modulus.count - 2] &+= 1 }
        }
        #expect(try weakness(modulus) == .smallFactor(factor))
    }

    private func hasOther(_ modulus: [UInt8], below factor: Int) -> Bool {
        (2..<factor).contains { prime in modulus.reduce(0) { ($0 << 8 | Int($1)) % prime } == 0 }
    }

    @Test func `751 counts and 757 does not`() throws {
        var modulus = modulus(bits: 2_048)
        while modulus.reduce(0, { ($0 << 8 | Int($1)) % 757 }) != 0 || Self.hasSmallFactor(modulus) {
            modulus[modulus.count - 1] &+= 2
            if modulus[modulus.count - 1] == 1 { modulus[modulus.count - 2] &+= 1 }
        }
        #expect(try weakness(modulus) == nil)
    }

    @Test func `the square of a number is no modulus, its neighbour is one`() throws {
        // A root without small factors, squared digit by digit.
        let root = modulus(bits: 1_032)
        var square = [Int](repeating: 0, count: root.count * 2)
        for (i, left) in root.enumerated() {
            for (j, right) in root.enumerated() { square[i + j + 1] += Int(left) * Int(right) }
        }
        for index in stride(from: square.count - 1, to: 0, by: -1) {
            square[index - 1] += square[index] >> 8
            square[index] &= 0xFF
        }
        var bytes = square.map { UInt8($0) }
        #expect(try weakness(bytes) == .squareModulus)
        repeat { bytes[bytes.count - 1] &+= 2 } while Self.hasSmallFactor(bytes)
        #expect(try weakness(bytes) == nil)
    }

    @Test func `a modulus of the broken generator is recognised, its neighbour is not`() throws {
        // A power of 65,537 that has more than 2,048 bits is one modulo every prime: 65,537^128 = (2^16 + 1)^128.
        var power: [UInt8] = [1]
        for _ in 0..<128 {
            // Times 65,537: the number plus itself shifted by two bytes.
            let shifted = power + [0, 0]
            let padded = [0, 0] + power
            var carry = 0
            var sum = [UInt8](repeating: 0, count: shifted.count)
            for index in stride(from: shifted.count - 1, through: 0, by: -1) {
                carry += Int(shifted[index]) + Int(padded[index])
                sum[index] = UInt8(carry & 0xFF)
                carry >>= 8
            }
            power = carry > 0 ? [UInt8(carry)] + sum : sum
        }
        #expect(power.count == 257)
        #expect(try weakness(power) == .roca)
        #expect(try weakness(modulus(bits: 2_056)) == nil)
    }

    @Test(
        arguments: [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        ]
    ) func `points of small order are weak`(key: String) throws {
        #expect(try PublicKey(.ed25519(bytes(key))).weakness == .smallOrder)
    }
}
