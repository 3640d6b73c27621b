public import HTTPTypes

/// The proxies whose word is taken for what they forward: whose request it is, and which certificate it came with.
///
/// Nothing is believed of anybody else. Behind a proxy that is listed the client's address is the last hop that is not
/// itself listed: what stands before it was sent by somebody whom nobody vouches for.
public struct TrustedProxies: Sendable, Hashable {
    /// Nobody is believed.
    public static let none = TrustedProxies([])

    private let ranges: [AddressRange]

    /// Proxies at these addresses.
    public init(_ ranges: [AddressRange]) { self.ranges = ranges }

    /// Whether none is listed.
    public var isEmpty: Bool { ranges.isEmpty }

    /// Whether what `peer` forwards is believed.
    public func trusts(_ peer: PeerAddress?) -> Bool {
        guard let peer, !ranges.isEmpty else { return false }
        return ranges.contains { $0.contains(peer) }
    }

    /// Whose request it is: `peer`'s own, or that of the client for whom a listed proxy forwards it.
    ///
    /// Of `Forwarded` (RFC 7239) and `X-Forwarded-For` a proxy writes one, and may pass the other on as it came: where both
    /// are there and disagree, neither is believed and the request is the proxy's own, as when a hop is no address.
    public func client(of peer: PeerAddress, fields: HTTPFields) -> PeerAddress {
        guard trusts(peer) else { return peer }
        let forwarded = fields[values: .forwarded]
        let forwardedFor = fields[values: .forwardedFor]
        switch (forwarded.isEmpty, forwardedFor.isEmpty) {
        case (true, true): return peer
        case (false, true): return nearestStranger(ForwardedField.hops(in: forwarded)) ?? peer
        case (true, false): return nearestStranger(Self.hops(in: forwardedFor)) ?? peer
        case (false, false):
            let client = nearestStranger(ForwardedField.hops(in: forwarded))
            return client == nearestStranger(Self.hops(in: forwardedFor)) ? client ?? peer : peer
        }
    }

    /// Whether a request says that it was forwarded, whoever says so.
    static func isForwarded(_ fields: HTTPFields) -> Bool { HTTPField.Name.forwarding.contains { fields.contains($0) } }

    /// The last hop that is not listed; the first one when all are; nil where that hop is no address.
    private func nearestStranger(_ hops: [PeerAddress?]) -> PeerAddress? {
        for hop in hops.reversed() where !trusts(hop) { return hop }
        return hops.first ?? nil
    }

    /// The elements of `X-Forwarded-For`, some proxies' with a port.
    private static func hops(in values: [String]) -> [PeerAddress?] {
        values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { element in
            ForwardedField.address(ofNode: String(element).trimmingBlanks)
        }
    }
}

/// `Forwarded` (RFC 7239 §4), as far as its `for` parameters.
enum ForwardedField {
    /// The `for` of each element, in order; nil for one that is missing, hidden or no address.
    static func hops(in values: [String]) -> [PeerAddress?] {
        values.flatMap { split($0, at: UInt8(ascii: ",")) }.map { element in
            for pair in split(element, at: UInt8(ascii: ";")) {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, String(parts[0]).trimmingBlanks.lowercased() == "for" else { continue }
                return address(ofNode: unquoted(String(parts[1]).trimmingBlanks))
            }
            return nil
        }
    }

    /// RFC 7239 §6: an address, of version 6 in brackets, perhaps with a port; nil for `unknown` and hidden names.
    static func address(ofNode node: String) -> PeerAddress? {
        if node.hasPrefix("[") {
            guard let end = node.firstIndex(of: "]") else { return nil }
            let rest = node[node.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            return PeerAddress(parsing: node[node.index(after: node.startIndex)..<end])
        }
        let colons = node.utf8.count { $0 == UInt8(ascii: ":") }
        // More than one colon: version 6 without brackets, as `X-Forwarded-For` has it.
        return PeerAddress(parsing: colons == 1 ? node.prefix { $0 != ":" } : node[...])
    }

    /// The parts between separators, of which a quoted string may hold some (RFC 9110 §5.6.4).
    private static func split(_ text: String, at separator: UInt8) -> [String] {
        var parts: [String] = []
        var part: [UInt8] = []
        var isQuoted = false
        var isEscaped = false
        for byte in text.utf8 {
            if byte == separator, !isQuoted {
                parts.append(String(decoding: part, as: UTF8.self))
                part.removeAll(keepingCapacity: true)
                continue
            }
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = isQuoted
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            }
            part.append(byte)
        }
        parts.append(String(decoding: part, as: UTF8.self))
        return parts
    }

    private static func unquoted(_ text: String) -> String {
        guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        return String(text.dropFirst().dropLast()).replacing("\\", with: "")
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        let start = drop(while: isBlank)
        guard let end = start.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(start[...end])
    }
}

extension HTTPField.Name {
    /// RFC 7239 §4.
    static let forwarded = known("Forwarded")
    /// What most proxies write in its place.
    static let forwardedFor = known("X-Forwarded-For")
    /// The fields by which a proxy tells that it is one; RFC 9110 §7.6.3 for `Via`.
    static let forwarding: [HTTPField.Name] = [
        .forwarded, .forwardedFor, known("X-Forwarded-Host"), known("X-Forwarded-Proto"), known("X-Real-IP"),
        known("Via"),
    ]
}
