/// The URL of a request as `htu` is compared with it: without query and fragment, in one spelling (RFC 9449 §4.3).
///
/// RFC 3986 §6.2.2 and §6.2.3: scheme and host in lower case, no default port, `/` for an empty path, percent-encoding only
/// where it is needed and in capitals, no dot segments.
public struct DPoPTarget: Sendable, Hashable {
    /// The URL in its one spelling.
    public let text: String
    /// Scheme, host and, if it is not the default one, port: whom a nonce is for (RFC 9449 §9).
    public let origin: String

    /// The target of an `http` or `https` URL; nil when it is none, names a user, or holds anything outside printable ASCII.
    public init?(_ url: String) {
        var rest = Array(url.utf8)[...]
        guard rest.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        if let end = rest.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) {
            rest = rest[..<end]
        }
        guard let scheme = Self.scheme(in: &rest) else { return nil }
        let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
        guard let authority = Self.authority(rest[..<slash], defaultPort: scheme == "https" ? "443" : "80"),
            let path = Self.path(rest[slash...])
        else { return nil }
        origin = "\(scheme)://\(authority)"
        text = origin + path
    }

    private static func scheme(in rest: inout ArraySlice<UInt8>) -> String? {
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")), rest[colon...].starts(with: "://".utf8) else {
            return nil
        }
        let scheme = String(decoding: rest[..<colon], as: UTF8.self).lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        rest = rest[(colon + 3)...]
        return scheme
    }

    /// RFC 3986 §3.2, without user; an encoded host is nobody's.
    private static func authority(_ text: ArraySlice<UInt8>, defaultPort: String) -> String? {
        guard !text.isEmpty, !text.contains(where: { "@%\\".utf8.contains($0) }) else { return nil }
        // An address of IPv6 stands in brackets, and has colons of its own.
        let colon: Int?
        if text.first == UInt8(ascii: "[") {
            guard let bracket = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let after = bracket + 1
            guard after == text.endIndex || text[after] == UInt8(ascii: ":") else { return nil }
            colon = after == text.endIndex ? nil : after
        } else {
            colon = text.firstIndex(of: UInt8(ascii: ":"))
        }
        let host = text[..<(colon ?? text.endIndex)]
        let port = colon.map { text[($0 + 1)...] } ?? []
        guard !host.isEmpty, port.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        let name = String(decoding: host, as: UTF8.self).lowercased()
        let number = String(decoding: port, as: UTF8.self)
        return number.isEmpty || number == defaultPort ? name : "\(name):\(number)"
    }

    private static func path(_ text: ArraySlice<UInt8>) -> String? {
        guard let spelt = spelling(of: text) else { return nil }
        guard spelt.contains(UInt8(ascii: ".")) else {
            return spelt.isEmpty ? "/" : String(decoding: spelt, as: UTF8.self)
        }
        // RFC 3986 §5.2.4.
        var segments: [ArraySlice<UInt8>] = []
        let parts = spelt.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            switch String(decoding: part, as: UTF8.self) {
            case ".", "..":
                if part.count == 2 { _ = segments.popLast() }
                if index == parts.count - 1 { segments.append([]) }
            default: segments.append(part)
            }
        }
        return "/" + segments.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    /// RFC 3986 §6.2.2.1, §6.2.2.2; nil for a percent sign without two hexadecimal digits.
    private static func spelling(of text: ArraySlice<UInt8>) -> [UInt8]? {
        var spelt: [UInt8] = []
        spelt.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                spelt.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            let value = high << 4 | low
            if isUnreserved(value) {
                spelt.append(value)
            } else {
                spelt.append(contentsOf: [byte, capitals[Int(high)], capitals[Int(low)]])
            }
        }
        return spelt
    }

    private static let capitals = Array("0123456789ABCDEF".utf8)

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// RFC 3986 §2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
