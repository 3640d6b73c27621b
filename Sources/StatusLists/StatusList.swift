/// The statuses of many tokens as an array of bits (Token Status List draft, §4).
///
/// Each status takes 1, 2, 4 or 8 bits; the first one stands in the least significant bits of the first byte.
public struct StatusList: Sendable, Hashable {
    /// How many bits a status takes.
    public enum Width: Int, Sendable, Hashable, CaseIterable {
        /// Valid or not, and nothing else.
        case one = 1
        /// Four values.
        case two = 2
        /// Sixteen values.
        case four = 4
        /// 256 values.
        case eight = 8
    }

    /// The status of a token that nothing was done to (draft §7.1).
    public static let valid: UInt8 = 0

    /// The status of a token that was ended for good (draft §7.1).
    public static let invalid: UInt8 = 1

    /// The status of a token that is suspended and may come back (draft §7.1); never published by this server.
    public static let suspended: UInt8 = 2

    /// How many bits a status takes.
    public let width: Width
    /// The bytes.
    public private(set) var bytes: [UInt8]

    /// So many tokens, all of them valid; rounded up to whole bytes.
    public init(count: Int, width: Width = .one) {
        precondition(count > 0)
        self.width = width
        bytes = [UInt8](repeating: 0, count: (count * width.rawValue + 7) / 8)
    }

    /// A list read back.
    public init(bytes: [UInt8], width: Width) {
        self.bytes = bytes
        self.width = width
    }

    /// How many statuses there is room for.
    public var count: Int { bytes.count * 8 / width.rawValue }

    /// The status at an index; nil beyond the end.
    public func status(at index: Int) -> UInt8? {
        guard index >= 0, index < count else { return nil }
        let (byte, shift) = place(of: index)
        return bytes[byte] >> shift & mask
    }

    /// Puts a status at an index, which must be within the list; bits that do not fit are cut off.
    public mutating func set(_ status: UInt8, at index: Int) {
        precondition(index >= 0 && index < count)
        let (byte, shift) = place(of: index)
        bytes[byte] = bytes[byte] & ~(mask << shift) | (status & mask) << shift
    }

    private var mask: UInt8 { UInt8(truncatingIfNeeded: (1 << width.rawValue) - 1) }

    private func place(of index: Int) -> (byte: Int, shift: UInt8) {
        let bit = index * width.rawValue
        return (bit / 8, UInt8(bit % 8))
    }
}
