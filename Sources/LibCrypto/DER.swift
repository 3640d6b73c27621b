/// The few forms of DER (X.690) that public keys need, read strictly: one encoding for each value.
///
/// libcrypto's own decoder of public keys takes tens of microseconds and accepts curves spelled out in full
/// (CVE-2020-0601); this one takes named curves alone.
struct DERReader {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8]) { self.init(bytes, from: 0, to: bytes.count) }

    private init(_ bytes: [UInt8], from start: Int, to end: Int) {
        self.bytes = bytes
        self.position = start
        self.end = end
    }

    /// Whether everything has been read.
    var isAtEnd: Bool { position == end }

    /// The content of the next element, which must have this tag; nil when it does not or its length is not minimal.
    mutating func read(_ tag: UInt8) -> DERReader? {
        guard end - position >= 2, bytes[position] == tag else { return nil }
        var index = position + 1
        var length = Int(bytes[index])
        index += 1
        if length >= 0x80 {
            let octets = length & 0x7F
            guard (1...4).contains(octets), end - index >= octets else { return nil }
            length = bytes[index..<index + octets].reduce(0) { $0 << 8 | Int($1) }
            // The shortest form only (X.690 §10.1).
            guard length >= 0x80, bytes[index] != 0 else { return nil }
            index += octets
        }
        guard end - index >= length else { return nil }
        position = index + length
        return DERReader(bytes, from: index, to: position)
    }

    /// A positive integer without its sign octet; nil for zero, negative and padded ones.
    mutating func readPositiveInteger() -> [UInt8]? {
        guard let content = read(DERTag.integer) else { return nil }
        let octets = content.remaining
        guard let first = octets.first, first < 0x80 else { return nil }
        guard first == 0 else { return octets }
        guard octets.count > 1, octets[1] >= 0x80 else { return nil }
        return Array(octets.dropFirst())
    }

    /// A bit string of whole octets.
    mutating func readBitString() -> [UInt8]? {
        guard let content = read(DERTag.bitString), content.remaining.first == 0 else { return nil }
        return Array(content.remaining.dropFirst())
    }

    /// The octets that have not been read.
    var remaining: [UInt8] { Array(bytes[position..<end]) }
}

/// Tags of X.690 that occur in keys.
enum DERTag {
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let null: UInt8 = 0x05
    static let objectIdentifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30
}

/// Writes DER.
enum DERWriter {
    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var element = [tag]
        if content.count < 0x80 {
            element.append(UInt8(content.count))
        } else {
            var octets: [UInt8] = []
            var length = content.count
            while length > 0 {
                octets.insert(UInt8(length & 0xFF), at: 0)
                length >>= 8
            }
            element.append(0x80 | UInt8(octets.count))
            element += octets
        }
        return element + content
    }

    static func sequence(_ elements: [UInt8]...) -> [UInt8] { element(DERTag.sequence, Array(elements.joined())) }

    static func bitString(_ octets: [UInt8]) -> [UInt8] { element(DERTag.bitString, [0] + octets) }

    /// An unsigned integer in its shortest form.
    static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        let minimal = magnitude.strippingLeadingZeros()
        guard let first = minimal.first else { return element(DERTag.integer, [0]) }
        return element(DERTag.integer, first < 0x80 ? minimal : [0] + minimal)
    }
}

extension Array where Element == UInt8 {
    /// A big-endian integer in its shortest form; empty for zero.
    func strippingLeadingZeros() -> [UInt8] {
        guard let first = first, first == 0 else { return self }
        return Array(drop { $0 == 0 })
    }

    /// A big-endian integer of exactly `length` octets; nil when it does not fit.
    func padded(to length: Int) -> [UInt8]? {
        let minimal = strippingLeadingZeros()
        guard minimal.count <= length else { return nil }
        return [UInt8](repeating: 0, count: length - minimal.count) + minimal
    }
}
