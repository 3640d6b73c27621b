import Vocabulary

/// An http or https URL, taken apart strictly, so that no two readers of it can see different hosts in it.
struct OutboundTarget: Sendable, Hashable {
    /// `http` or `https`.
    let scheme: String
    /// The host in lower case: a name, an address of version 4, or one of version 6 without its brackets.
    let host: String
    /// The port.
    let port: Int
    /// Path and query, beginning with a slash.
    let path: String

    /// Parses an absolute URL.
    init(_ url: String) throws(OutboundFault) {
        let bytes = Array(url.utf8)
        guard bytes.count <= Self.maximumLength else { throw .invalidURL("it is too long") }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && !Self.forbidden.contains($0) }) else {
            throw .invalidURL("it has characters that no URL has")
        }
        let parts = url.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .invalidURL("it is not absolute") }
        scheme = parts[0].lowercased()
        guard scheme == "http" || scheme == "https" else { throw .invalidURL("its scheme is neither http nor https") }
        // What stands behind `#` is never sent.
        let rest = parts[1].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest[authority.endIndex...]
        path = tail.hasPrefix("/") ? String(tail) : "/" + tail
        (host, port) = try Self.hostAndPort(authority, defaultPort: scheme == "http" ? 80 : 443)
    }

    /// The URL in its normal spelling.
    var url: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        let isDefault = port == (scheme == "http" ? 80 : 443)
        return "\(scheme)://\(shown)" + (isDefault ? "" : ":\(port)") + path
    }

    private static let maximumLength = 2_048
    /// `"`, `<`, `>`, backslash, `^`, backtick, `{`, `|`, `}`: not in URLs (RFC 3986), and read differently by many.
    private static let forbidden = Set(Array("\"<>\\^`{|}".utf8))

    private static func hostAndPort(
        _ authority: Substring,
        defaultPort: Int
    ) throws(OutboundFault) -> (String, Int) {
        guard !authority.contains("@") else { throw .invalidURL("it names a user") }
        var host = authority
        var port = Substring()
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { throw .invalidURL("its host is malformed") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .invalidURL("its host is malformed") }
            port = rest.dropFirst()
            guard !host.isEmpty, host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }), host.contains(":") else {
                throw .invalidURL("its host is malformed")
            }
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                port = authority[authority.index(after: colon)...]
            }
            guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { throw .invalidURL("its host is malformed") }
        }
        guard !port.isEmpty else { return (host.lowercased(), defaultPort) }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
            (1...65_535).contains(number)
        else { throw .invalidURL("its port is malformed") }
        return (host.lowercased(), number)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
