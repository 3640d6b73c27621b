public import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The IP address of a peer; one of version 4 and its form inside version 6 (RFC 4291 §2.5.5.2) are the same value.
public struct PeerAddress: Sendable, Hashable {
    /// The first eight octets of the address of version 6.
    let high: UInt64
    /// The last eight.
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(version4 address: UInt32) { self.init(high: 0, low: Self.mappedPrefix | UInt64(address)) }

    /// Parses an address without port or brackets; nil for any other text, one with a zone among them.
    public init?(parsing text: some StringProtocol) {
        let text = String(text)
        var octets: (UInt64, UInt64) = (0, 0)
        let family = text.utf8.contains(UInt8(ascii: ":")) ? AF_INET6 : AF_INET
        guard inet_pton(family, text, &octets) == 1 else { return nil }
        if family == AF_INET6 {
            self.init(high: UInt64(bigEndian: octets.0), low: UInt64(bigEndian: octets.1))
        } else {
            self.init(version4: UInt32(truncatingIfNeeded: UInt64(bigEndian: octets.0) >> 32))
        }
    }

    /// The address at the other end of a connection; nil for a socket that has none.
    public init?(_ socket: SocketAddress) {
        // The layouts of `sockaddr_in` and `sockaddr_in6`: family and port, then the address; of version 6 behind the flow.
        switch socket {
        case .v4:
            self.init(
                version4: socket.withSockAddr { address, _ in
                    UInt32(bigEndian: UnsafeRawPointer(address).loadUnaligned(fromByteOffset: 4, as: UInt32.self))
                }
            )
        case .v6:
            self = socket.withSockAddr { address, _ in
                let octets = UnsafeRawPointer(address)
                return PeerAddress(
                    high: UInt64(bigEndian: octets.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                    low: UInt64(bigEndian: octets.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
                )
            }
        case .unixDomainSocket: return nil
        }
    }

    /// `::ffff:0:0/96`, as far as it stands in the last eight octets.
    private static let mappedPrefix: UInt64 = 0xFFFF_0000_0000

    /// Whether it is of version 4.
    public var isVersion4: Bool { high == 0 && low & ~0xFFFF_FFFF == Self.mappedPrefix }

    /// Whether it is this machine: `127.0.0.0/8` (RFC 1122 §3.2.1.3) or `::1` (RFC 4291 §2.5.3).
    public var isLoopback: Bool {
        isVersion4 ? UInt8(truncatingIfNeeded: low >> 24) == 127 : high == 0 && low == 1
    }

    /// What one party is given: a single address of version 4, and of version 6 the network of 64 bits (RFC 6177 §2), in
    /// which it may take as many addresses as it likes.
    var budgetKey: PeerAddress { isVersion4 ? self : PeerAddress(high: high, low: 0) }
}

extension PeerAddress: CustomStringConvertible {
    /// The address as usual: dotted decimals, or RFC 5952's form.
    public var description: String {
        if isVersion4 {
            return Self.dotted(UInt32(truncatingIfNeeded: low))
        }
        var octets = (high.bigEndian, low.bigEndian)
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &octets, &text, socklen_t(text.count)) != nil else { return "unknown" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    /// Every request's address is written: fifteen octets, without an allocation.
    private static func dotted(_ address: UInt32) -> String {
        String(unsafeUninitializedCapacity: 15) { text in
            var count = 0
            for shift in stride(from: 24, through: 0, by: -8) {
                let octet = UInt8(truncatingIfNeeded: address >> UInt32(shift))
                for divisor: UInt8 in [100, 10, 1] where octet >= divisor || divisor == 1 {
                    text[count] = UInt8(ascii: "0") + octet / divisor % 10
                    count += 1
                }
                if shift > 0 {
                    text[count] = UInt8(ascii: ".")
                    count += 1
                }
            }
            return count
        }
    }
}
