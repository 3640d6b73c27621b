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
        guard Self.isHost(host), Self.isPort(of: authority) else { throw .form }
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
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0).map(String.init) == String($0) }
    }

    private static func host(of authority: some StringProtocol) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return String(authority[...end]) }
        return String(authority.prefix { $0 != ":" })
    }

    /// A name of lower-case labels, or an address; in one spelling only, because issuers are compared as bytes.
    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("[") {
            let inner = host.utf8.dropFirst().dropLast()
            return host.hasSuffix("]") && inner.count >= 2
                && inner.allSatisfy {
                    Self.isLowerHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
                }
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy(Self.isLabelByte) }
    }

    private static func isPort(of authority: some StringProtocol) -> Bool {
        let rest = authority.dropFirst(host(of: authority).count)
        guard !rest.isEmpty else { return true }
        guard rest.hasPrefix(":"), let port = Int(rest.dropFirst()), String(port) == rest.dropFirst() else {
            return false
        }
        return (1...65_535).contains(port)
    }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func isLowerHexadecimal(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }
}

extension Issuer: CustomStringConvertible {
    /// The identifier as given.
    public var description: String { rawValue }
}
