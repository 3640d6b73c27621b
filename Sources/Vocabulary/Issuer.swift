/// The issuer identifier of an authorization server (RFC 8414 §2), kept byte for byte as it was given.
///
/// An https URL without query and fragment (http only for a loopback host). Whether it ends in a slash is the
/// operator's choice and part of the identifier: every comparison is of bytes.
public struct Issuer: Sendable, Hashable {
    /// Why a text is no issuer.
    public enum ParseError: Error, Equatable, Sendable {
        /// Not an absolute URL with a host, in lower-case scheme and host, of printable ASCII.
        case form
        /// Plain http on a host that is not loopback.
        case insecure
        /// A query, a fragment or user information (RFC 8414 §2).
        case component
    }

    /// The identifier as given.
    public let rawValue: String

    /// Host and, if given, port: `maskinporten.no`, `127.0.0.1:7080`.
    public let authority: String

    /// The path as given: empty, `/`, `/tenant` or `/tenant/`.
    public let path: String

    /// Parses an issuer.
    ///
    /// - Throws: `.form`, `.insecure` for http on another host than loopback, `.component`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        guard text.utf8.count <= 512, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw .form }
        guard !text.contains("?"), !text.contains("#"), !text.contains("@") else { throw .component }
        let secure = text.hasPrefix("https://")
        guard secure || text.hasPrefix("http://") else { throw .form }
        let rest = text.dropFirst(secure ? 8 : 7)
        let authority = rest.prefix { $0 != "/" }
        let host = Self.host(of: authority)
        guard !host.isEmpty, !authority.contains("\\"), host == host.lowercased(), Self.isPort(of: authority) else {
            throw .form
        }
        guard secure || Self.isLoopback(host) else { throw .insecure }
        self.rawValue = String(text)
        self.authority = String(authority)
        self.path = String(rest.dropFirst(authority.count))
    }

    /// The URL of an endpoint: the issuer, exactly one slash, the name.
    public func endpoint(_ name: String) -> String {
        rawValue.hasSuffix("/") ? rawValue + name : rawValue + "/" + name
    }

    /// Whether it is https.
    public var isSecure: Bool { rawValue.hasPrefix("https://") }

    /// Whether a host name or address is this machine's own.
    public static func isLoopback(_ host: some StringProtocol) -> Bool {
        if host == "localhost" || host == "[::1]" || host == "::1" { return true }
        // 127.0.0.0/8 in dotted form only: `127.example.com` is somebody's name.
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func host(of authority: some StringProtocol) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return String(authority[...end]) }
        return String(authority.prefix { $0 != ":" })
    }

    private static func isPort(of authority: some StringProtocol) -> Bool {
        let rest = authority.dropFirst(host(of: authority).count)
        guard !rest.isEmpty else { return true }
        guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()) else { return false }
        return (1...65_535).contains(port)
    }
}

extension Issuer: CustomStringConvertible {
    /// The identifier as given.
    public var description: String { rawValue }
}
