import Foundation

/// An address of the network layer, and whether it lies in the public internet.
struct NetworkAddress: Sendable, Hashable {
    /// Four or sixteen bytes.
    let bytes: [UInt8]

    /// An address of these bytes; nil unless there are four or sixteen.
    init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads the usual text; nil for anything else.
    init?(parsing text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(bytes: Array(bytes.prefix(4)))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.init(bytes: bytes)
        } else {
            return nil
        }
    }

    /// Whether it may be reached as anybody's: the registries of IANA's special-purpose addresses (RFC 6890) taken away.
    ///
    /// Of version 6 only global unicast (RFC 4291 §2.4) is left, without what stands for an address of version 4 or of a
    /// tunnel: whatever wraps a private address would be one.
    var isPublic: Bool {
        if bytes.count == 4 { return !Self.specialV4.contains { $0.contains(bytes) } }
        return Self.globalUnicast.contains(bytes) && !Self.specialV6.contains { $0.contains(bytes) }
    }

    private struct Prefix {
        let bytes: [UInt8]
        let length: Int

        init(_ bytes: [UInt8], _ length: Int) {
            self.bytes = bytes
            self.length = length
        }

        func contains(_ address: [UInt8]) -> Bool {
            for bit in 0..<length {
                let mask = UInt8(0x80) >> UInt8(bit % 8)
                let own = bit / 8 < bytes.count ? bytes[bit / 8] : 0
                guard address[bit / 8] & mask == own & mask else { return false }
            }
            return true
        }
    }

    private static let specialV4: [Prefix] = [
        Prefix([0], 8),  // this network, RFC 791
        Prefix([10], 8), Prefix([172, 16], 12), Prefix([192, 168], 16),  // private use, RFC 1918
        Prefix([100, 64], 10),  // shared by carriers, RFC 6598
        Prefix([127], 8),  // loopback
        Prefix([169, 254], 16),  // link-local, and the metadata services of clouds, RFC 3927
        Prefix([192, 0, 0], 24),  // protocol assignments, RFC 6890
        Prefix([192, 0, 2], 24), Prefix([198, 51, 100], 24), Prefix([203, 0, 113], 24),  // documentation, RFC 5737
        Prefix([192, 88, 99], 24),  // relays of 6to4, RFC 7526
        Prefix([198, 18], 15),  // benchmarks, RFC 2544
        Prefix([224], 4),  // multicast
        Prefix([240], 4),  // reserved, and broadcast
    ]

    private static let globalUnicast = Prefix([0x20], 3)

    private static let specialV6: [Prefix] = [
        Prefix([0x20, 0x01, 0x00], 23),  // protocol assignments, Teredo, ORCHID, RFC 2928
        Prefix([0x20, 0x01, 0x0D, 0xB8], 32), Prefix([0x3F, 0xFF], 20),  // documentation, RFC 3849 and 9637
        Prefix([0x20, 0x02], 16),  // 6to4, RFC 3056
    ]
}

extension NetworkAddress: CustomStringConvertible {
    /// The usual text: `192.0.2.1`, `2001:db8::1`.
    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Finds the addresses of a host.
protocol HostResolver: Sendable {
    /// All addresses of a host name, or the address that it is; blocks.
    ///
    /// - Throws: `OutboundResolutionFault`.
    func addresses(of host: String) throws -> [NetworkAddress]
}

/// Why a host has no address.
struct OutboundResolutionFault: Error {
    /// The resolver's words.
    let text: String
}

/// The resolver of the machine.
struct SystemResolver: HostResolver {
    func addresses(of host: String) throws -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else { throw OutboundResolutionFault(text: String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(first) }
        var addresses: [NetworkAddress] = []
        var next = first
        while let info = next?.pointee {
            if let address = Self.address(info), !addresses.contains(address) { addresses.append(address) }
            next = info.ai_next
        }
        return addresses
    }

    private static func address(_ info: addrinfo) -> NetworkAddress? {
        // Where the kernel's structures have the address: behind family and port, in version 6 behind the flow too.
        let (offset, count) = info.ai_family == AF_INET ? (4, 4) : (8, 16)
        guard info.ai_family == AF_INET || info.ai_family == AF_INET6, let address = info.ai_addr,
            Int(info.ai_addrlen) >= offset + count
        else { return nil }
        let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(address), count: Int(info.ai_addrlen))
        return NetworkAddress(bytes: Array(bytes[offset..<offset + count]))
    }
}
