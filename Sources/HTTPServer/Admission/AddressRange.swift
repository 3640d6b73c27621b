/// A range of addresses as CIDR writes it (RFC 4632 §3.1, RFC 4291 §2.3), or a single address.
public struct AddressRange: Sendable, Hashable {
    /// Why a text is no range.
    public enum ParseError: Error, Equatable, Sendable {
        /// Neither an address nor an address, a slash and a length.
        case form
        /// The length is more than the address has bits.
        case length
        /// The address has bits set beyond the length: one address was meant, or another length.
        case bitsBeyondPrefix
    }

    private let first: PeerAddress
    /// The number of leading bits that count, of 128.
    private let length: Int

    /// Parses `192.0.2.0/24`, `2001:db8::/32` or one address.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first, let address = PeerAddress(parsing: head) else { throw .form }
        // Without a colon it was written as version 4, whose bits are the last 32.
        let offset = head.contains(":") ? 0 : 96
        var length = 128
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let bits = Int(parts[1]) else { throw .form }
            guard bits <= 128 - offset else { throw .length }
            length = bits + offset
        }
        guard Self.prefix(of: address, length: length) == address else { throw .bitsBeyondPrefix }
        first = address
        self.length = length
    }

    /// Whether the address lies in the range.
    public func contains(_ address: PeerAddress) -> Bool { Self.prefix(of: address, length: length) == first }

    private static func prefix(of address: PeerAddress, length: Int) -> PeerAddress {
        PeerAddress(high: leading(length, of: address.high), low: leading(length - 64, of: address.low))
    }

    /// The value with all but its first bits cleared.
    private static func leading(_ bits: Int, of value: UInt64) -> UInt64 {
        // A shift by 64 or more leaves nothing, as it should.
        value & (bits <= 0 ? 0 : ~(UInt64.max >> UInt64(bits)))
    }
}
