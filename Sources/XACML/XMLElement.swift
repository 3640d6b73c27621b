/// One element of a document, with all that stands in it.
struct XMLElement: Sendable {
    /// The local name.
    let name: String
    /// The URI of its namespace; empty for none.
    let namespace: String
    /// Its attributes by qualified name; those of another namespace keep their prefix.
    let attributes: [String: String]
    /// The elements in it, in order.
    var children: [XMLElement] = []
    /// The text directly in it, character data and CDATA sections in order.
    var text = ""

    /// The elements of that name.
    func children(named name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// Whether nothing but white space stands between its elements.
    var holdsOnlyElements: Bool { text.utf8.allSatisfy(Self.isWhiteSpace) }

    /// XML 1.0 section 2.3: space, tab, line feed, carriage return.
    static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
