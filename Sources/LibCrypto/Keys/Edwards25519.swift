internal import COpenSSL

/// What must hold for an Ed25519 public key before it is trusted; libcrypto takes any 32 bytes for one.
enum Edwards25519 {
    /// Whether the bytes are the one encoding of a point: y below the prime, and an x for it (RFC 8032 §5.1.3).
    static func holds(_ key: [UInt8]) -> Bool {
        defer { ErrorQueue.clear() }
        var magnitude = [UInt8](key.reversed())
        let signIsSet = magnitude[0] & 0x80 != 0
        magnitude[0] &= 0x7F
        guard let prime = BigNumber(primeOctets), let d = BigNumber(dOctets), let y = BigNumber(magnitude),
            let numerator = BigNumber([]), let denominator = BigNumber([]), let one = BigNumber([1]),
            let scratch = BN_CTX_new()
        else { return false }
        defer { BN_CTX_free(scratch) }
        guard BN_cmp(y.pointer, prime.pointer) < 0 else { return false }
        // x² = (y² - 1) / (d y² + 1), and a quotient is a square when the product is.
        guard BN_mod_sqr(numerator.pointer, y.pointer, prime.pointer, scratch) == 1,
            BN_mod_mul(denominator.pointer, numerator.pointer, d.pointer, prime.pointer, scratch) == 1,
            BN_mod_add(denominator.pointer, denominator.pointer, one.pointer, prime.pointer, scratch) == 1,
            BN_mod_sub(numerator.pointer, numerator.pointer, one.pointer, prime.pointer, scratch) == 1,
            BN_mod_mul(numerator.pointer, numerator.pointer, denominator.pointer, prime.pointer, scratch) == 1
        else { return false }
        switch BN_kronecker(numerator.pointer, prime.pointer, scratch) {
        case 1: return true
        case 0: return !signIsSet  // x is 0, which has no negative.
        default: return false
        }
    }

    /// Whether eight times the point is the neutral element (RFC 8032 §8.9; the list is that of all such y).
    static func hasSmallOrder(_ key: [UInt8]) -> Bool {
        var y = key
        y[31] &= 0x7F
        return smallOrders.contains(y)
    }

    /// 2^255 - 19.
    private static let primeOctets: [UInt8] = [0x7F] + [UInt8](repeating: 0xFF, count: 30) + [0xED]

    /// -121665 / 121666 modulo the prime.
    private static let dOctets: [UInt8] = [
        0x52, 0x03, 0x6C, 0xEE, 0x2B, 0x6F, 0xFE, 0x73, 0x8C, 0xC7, 0x40, 0x79, 0x77, 0x79, 0xE8, 0x98,
        0x00, 0x70, 0x0A, 0x4D, 0x41, 0x41, 0xD8, 0xAB, 0x75, 0xEB, 0x4D, 0xCA, 0x13, 0x59, 0x78, 0xA3,
    ]

    /// The y of the eight points of the torsion group, little-endian: 0, 1, -1 and two of order eight.
    private static let smallOrders: [[UInt8]] = [
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        [
            0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
            0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
        ],
        [
            0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
            0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
        ],
    ]
}
