import Vocabulary

/// Where a listener listens: `HOST:PORT`, an address of version 6 in brackets.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// A text that is none.
    public struct ParseError: Error, Equatable, Sendable {}

    /// The host's address or name, without brackets.
    public let host: String
    /// The port; 0 for any free one.
    public let port: Int

    /// Parses `HOST:PORT`.
    public init(parsing text: some StringProtocol) throws(ParseError) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw ParseError()
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { throw ParseError() }
        } else if host.contains(":") {
            throw ParseError()
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw ParseError() }
        self.host = String(host)
        self.port = Int(port)
    }

    /// Whether only this machine reaches it.
    public var isLoopback: Bool { Issuer.isLoopback(host) }

    /// `HOST:PORT`, as it was written.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
