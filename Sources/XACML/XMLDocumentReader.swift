internal import Foundation
internal import FoundationXML

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
        let parser = XMLParser(data: Data(document))
        let builder = XMLTreeBuilder(maximumDepth: maximumDepth)
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = builder
        let succeeded = parser.parse()
        if builder.isTooDeep { throw .tooDeep(limit: maximumDepth) }
        if let line = builder.faultyLine { throw .notXML(line: line) }
        // `parse` has been seen to answer true for a document that breaks off; the tree knows better.
        guard succeeded, parser.parserError == nil, let root = builder.root else {
            throw .notXML(line: max(1, parser.lineNumber))
        }
        return root
    }

    /// The checks on the raw bytes.
    private static func check(_ document: [UInt8]) throws(XACMLPolicyError) {
        guard document.count <= maximumBytes else { throw .tooLong(limit: maximumBytes) }
        // Only UTF-8: in any other encoding a declaration of entities could hide from the search below.
        guard String(validating: document, as: UTF8.self) != nil, !document.contains(0) else { throw .notUTF8 }
        guard !hasForeignEncoding(document) else { throw .notUTF8 }
        guard !hasMarkupDeclaration(document) else { throw .documentType }
        // FoundationXML reads the text of one that has none, `<?x?>`, from a null pointer, which ends the program.
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

/// Puts the parser's events together to a tree.
private final class XMLTreeBuilder: NSObject, XMLParserDelegate {
    private let maximumDepth: Int
    private var open: [XMLElement] = []
    private(set) var root: XMLElement?
    private(set) var isTooDeep = false
    private(set) var faultyLine: Int?

    init(maximumDepth: Int) { self.maximumDepth = maximumDepth }

    func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI namespace: String?,
        qualifiedName: String?,
        attributes: [String: String]
    ) {
        guard !isTooDeep, faultyLine == nil else { return }
        guard open.count < maximumDepth else {
            isTooDeep = true
            return parser.abortParsing()
        }
        open.append(XMLElement(name: name, namespace: namespace ?? "", attributes: attributes))
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        guard !isTooDeep, faultyLine == nil, let closed = open.popLast() else { return }
        if open.isEmpty { root = closed } else { open[open.count - 1].children.append(closed) }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += text
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += String(decoding: block, as: UTF8.self)
    }

    func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
        if faultyLine == nil { faultyLine = max(1, parser.lineNumber) }
    }
}
