public import Vocabulary

/// The list as an Atom feed (RFC 4287): an entry for each item, and for what was resolved of late.
public struct AttentionFeed: Sendable {
    /// The media type (RFC 4287 §2).
    public static let mediaType = "application/atom+xml"
    /// The most entries of a feed.
    public static let limit = 1_000

    /// Where the feed is to be had.
    public let address: String
    /// What the identifiers of feed and entries begin with: the issuer, which never changes.
    public let base: String
    /// The organisation whose feed it is; nil: the operator's, of everything.
    public let viewer: OrganisationNumber?

    /// A feed.
    public init(address: String, base: String, viewer: OrganisationNumber?) {
        self.address = address
        self.base = base.hasSuffix("/") ? base : base + "/"
        self.viewer = viewer
    }

    /// The document.
    ///
    /// - Parameters:
    ///   - records: the records, of which those that are not the viewer's are left out.
    ///   - beginning: the feed's `updated` while it has no entry.
    /// - Returns: XML.
    public func document(_ records: [AttentionRecord], beginning: Timestamp) -> String {
        let own = records.filter { record in viewer.map { record.item.concerns($0) } ?? true }
        let shown = own.sorted { left, right in
            left.updated == right.updated ? left.item.id < right.item.id : left.updated > right.updated
        }.prefix(Self.limit)
        let identifier = base + "attention" + (viewer.map { "/of/\($0)" } ?? "")
        // RFC 4287 §4.1.1: id, title and updated exactly once, an author for all entries that have none.
        var text = """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
              <id>\(Self.escaped(identifier))</id>
              <title>What wants attention</title>
              <updated>\(shown.first?.updated ?? beginning)</updated>
              <author><name>Portvakt</name></author>
              <link rel="self" type="\(Self.mediaType)" href="\(Self.escaped(address))"/>

            """
        for record in shown { text += entry(record) }
        return text + "</feed>\n"
    }

    /// RFC 4287 §4.1.2: id, title and updated exactly once; a content that is text, so that a link is not demanded.
    private func entry(_ record: AttentionRecord) -> String {
        let item = record.item
        let state = record.resolved == nil ? item.severity.word : "resolved"
        var content = item.words
        if let until = item.until { content += "\nuntil: \(until)" }
        if let command = item.command, record.resolved == nil { content += "\ncommand: \(command)" }
        let categories = [("kind", item.kind.rawValue), ("severity", state)].map { scheme, term in
            "    <category scheme=\"\(Self.escaped(base))attention/\(scheme)\" term=\"\(term)\"/>\n"
        }
        return """
              <entry>
                <id>\(Self.escaped(identifier(of: record)))</id>
                <title>\(Self.escaped("\(state): \(item.words)"))</title>
                <published>\(record.appeared)</published>
                <updated>\(record.updated)</updated>
            \(categories.joined())    <content type="text">\(Self.escaped(content))</content>
              </entry>

            """
    }

    /// One for each time that the item came up: it stays while its severity changes, and is another when it comes again.
    private func identifier(of record: AttentionRecord) -> String {
        base + "attention/\(record.appeared.seconds)/\(Self.encoded(record.item.id))"
    }

    /// All but unreserved characters and the colon percent-encoded (RFC 3986 §2.3).
    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return encoded
    }

    /// Text as it stands in an element or attribute; what XML 1.0 has no place for is replaced.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..<" ", "\u{FFFE}", "\u{FFFF}": escaped.unicodeScalars.append("\u{FFFD}")
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
