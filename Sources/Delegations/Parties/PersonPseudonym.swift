/// What stands for a person everywhere but in a token: 32 bytes made from the identity by HMAC-SHA-256 (DESIGN §8).
///
/// Who holds no ``PseudonymKey`` cannot tell whom it stands for, nor try all national identity numbers to find out.
public struct PersonPseudonym: Sendable, Hashable {
    /// How many bytes it has.
    public static let length = 32

    // Four words instead of an array: a decision compares pseudonyms by the hundred, and an array is counted and freed.
    private let words: SIMD4<UInt64>

    /// The pseudonym of these bytes; nil unless they are 32.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.length else { return nil }
        var words = SIMD4<UInt64>()
        for (index, byte) in bytes.enumerated() {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
        }
        self.words = words
    }

    /// The pseudonym of these bytes; nil unless they are 32.
    ///
    /// For the millions of an import.
    init?(rawBytes bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.length else { return nil }
        var words = SIMD4<UInt64>()
        for index in 0..<4 {
            words[index] = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        self.words = words
    }

    /// The pseudonym whose bytes are these 64 hexadecimal digits in lower case; nil for anything else.
    public init?(parsing text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == Self.length * 2 else { return nil }
        var words = SIMD4<UInt64>()
        for (index, digit) in digits.enumerated() {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            words[index / 16] = words[index / 16] << 4 | UInt64(value)
        }
        self.words = words
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        (0..<Self.length).map { UInt8(truncatingIfNeeded: words[$0 / 8] >> UInt64(56 - $0 % 8 * 8)) }
    }

    /// Appends the 32 bytes.
    func append(to bytes: inout [UInt8]) {
        for index in 0..<4 { withUnsafeBytes(of: words[index].bigEndian) { bytes.append(contentsOf: $0) } }
    }

    /// Its first 52 bits, from which the number of its party is made.
    var leadingBits: UInt64 { words[0] >> 12 }
}

extension PersonPseudonym: CustomStringConvertible {
    /// The 64 hexadecimal digits, in lower case.
    public var description: String {
        (0..<4).map { index in
            let digits = String(words[index], radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// The first 12 digits, enough for a person to tell pseudonyms apart on a page.
    public var abbreviated: String { String(description.prefix(12)) }
}

extension PersonPseudonym: Comparable {
    /// Orders by the bytes.
    public static func < (left: PersonPseudonym, right: PersonPseudonym) -> Bool {
        for index in 0..<4 where left.words[index] != right.words[index] {
            return left.words[index] < right.words[index]
        }
        return false
    }
}
