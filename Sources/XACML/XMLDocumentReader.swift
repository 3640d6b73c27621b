internal import Foundation

/// Reads a whole document into a tree of elements.
///
/// Hostile input: what could make a parser fetch, expand or re-decode anything is refused in the bytes, before the
/// parser sees the first of them.
enum XMLDocumentReader {
    /// The longest document, in bytes.
    static let maximumBytes = 1_048_576

    /// How deep elements may stand in one another.
    static let maximumDepth = 64

    /// The root of the document.
    static func root(of document: [UInt8]) throws(XACMLPolicyError) -> XMLElement {
        try check(document)
        var builder = XMLTreeBuilder(maximumDepth: maximumDepth)
        return try builder.read(document)
    }

    /// The checks on the raw bytes.
    private static func check(_ document: [UInt8]) throws(XACMLPolicyError) {
        guard document.count <= maximumBytes else { throw .tooLong(limit: maximumBytes) }
        // Only UTF-8: in any other encoding a declaration of entities could hide from the search below.
        guard String(validating: document, as: UTF8.self) != nil, !document.contains(0) else { throw .notUTF8 }
        guard !hasForeignEncoding(document) else { throw .notUTF8 }
        guard !hasMarkupDeclaration(document) else { throw .documentType }
        // Nobody here follows one.
        guard !hasProcessingInstruction(document) else { throw .processingInstruction }
    }

    /// Whether `<?` stands anywhere but at the beginning of an XML declaration that begins the document.
    private static func hasProcessingInstruction(_ document: [UInt8]) -> Bool {
        var body = document[...]
        if body.starts(with: [0xEF, 0xBB, 0xBF]) { body = body.dropFirst(3) }
        // Without the white space behind its name it would be an instruction to the parser.
        for space: UInt8 in [0x20, 0x09, 0x0A, 0x0D] where body.starts(with: Array("<?xml".utf8) + [space]) {
            body = body.dropFirst(6)
            break
        }
        while let open = body.firstIndex(of: UInt8(ascii: "<")) {
            body = body[(open + 1)...]
            if body.first == UInt8(ascii: "?") { return true }
        }
        return false
    }

    /// Whether `<!` stands anywhere but before a comment or a CDATA section; also within one, which nobody needs.
    private static func hasMarkupDeclaration(_ document: [UInt8]) -> Bool {
        let comment = Array("--".utf8)
        let characterData = Array("[CDATA[".utf8)
        var index = document.startIndex
        while let open = document[index...].firstIndex(of: UInt8(ascii: "<")) {
            index = open + 1
            guard index < document.endIndex, document[index] == UInt8(ascii: "!") else { continue }
            let rest = document[(index + 1)...]
            guard rest.starts(with: comment) || rest.starts(with: characterData) else { return true }
        }
        return false
    }

    /// Whether the XML declaration names an encoding that is not UTF-8; the parser would follow it.
    private static func hasForeignEncoding(_ document: [UInt8]) -> Bool {
        var body = document[...]
        if body.starts(with: [0xEF, 0xBB, 0xBF]) { body = body.dropFirst(3) }
        guard body.starts(with: Array("<?xml".utf8)) else { return false }
        guard let end = body.firstIndex(of: UInt8(ascii: ">")) else { return true }
        let declaration = String(decoding: body[..<end], as: UTF8.self)
        guard let name = declaration.range(of: "encoding") else { return false }
        var value = declaration[name.upperBound...].drop { $0.isWhitespace }
        guard value.first == "=" else { return true }
        value = value.dropFirst().drop { $0.isWhitespace }
        guard let quote = value.first, quote == "\"" || quote == "'" else { return true }
        return value.dropFirst().prefix { $0 != quote }.lowercased() != "utf-8"
    }
}
