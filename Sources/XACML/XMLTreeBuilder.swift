internal import CLibXML2

/// Puts the nodes that libxml2 reads together to a tree.
struct XMLTreeBuilder {
    private let maximumDepth: Int
    private var open: [XMLElement] = []
    private var root: XMLElement?

    init(maximumDepth: Int) { self.maximumDepth = maximumDepth }

    /// Reads a document of UTF-8.
    ///
    /// - Throws: `XACMLPolicyError.notXML` for whatever libxml2 finds wrong, `tooDeep`.
    mutating func read(_ document: [UInt8]) throws(XACMLPolicyError) -> XMLElement {
        let outcome = document.withUnsafeBytes { bytes -> Result<Void, XACMLPolicyError> in
            // Nothing is fetched; no entity but the five of XML 1.0 is replaced, for none can be declared.
            let reader = xmlReaderForMemory(
                bytes.bindMemory(to: CChar.self).baseAddress,
                Int32(bytes.count),
                nil,
                "UTF-8",
                Int32(XML_PARSE_NONET.rawValue)
            )
            // Without memory, and for no bytes at all.
            guard let reader else { return .failure(.notXML(line: 1)) }
            defer { xmlFreeTextReader(reader) }
            return consume(reader)
        }
        try outcome.get()
        guard let root, open.isEmpty else { throw .notXML(line: 1) }
        return root
    }

    private mutating func consume(_ reader: xmlTextReaderPtr) -> Result<Void, XACMLPolicyError> {
        var line: Int32 = 0
        return withUnsafeMutablePointer(to: &line) { line in
            // Errors go here, and not to stderr; some, such as a prefix without a namespace, do not stop the reader.
            xmlTextReaderSetStructuredErrorHandler(
                reader,
                { first, error in
                    guard let first = first?.assumingMemoryBound(to: Int32.self), first.pointee == 0 else { return }
                    first.pointee = max(1, error?.pointee.line ?? 1)
                },
                line
            )
            var status = xmlTextReaderRead(reader)
            while status == 1, line.pointee == 0 {
                guard take(reader) else { return .failure(.tooDeep(limit: maximumDepth)) }
                status = xmlTextReaderRead(reader)
            }
            guard status == 0, line.pointee == 0 else {
                return .failure(.notXML(line: Int(max(1, line.pointee, xmlTextReaderGetParserLineNumber(reader)))))
            }
            return .success(())
        }
    }

    /// Takes the node at which the reader stands; false when it stands too deep.
    private mutating func take(_ reader: xmlTextReaderPtr) -> Bool {
        switch xmlReaderTypes(rawValue: UInt32(bitPattern: xmlTextReaderNodeType(reader))) {
        case XML_READER_TYPE_ELEMENT:
            guard open.count < maximumDepth else { return false }
            let isEmpty = xmlTextReaderIsEmptyElement(reader) == 1
            open.append(
                XMLElement(
                    name: Self.text(xmlTextReaderConstLocalName(reader)),
                    namespace: Self.text(xmlTextReaderConstNamespaceUri(reader)),
                    attributes: Self.attributes(reader)
                )
            )
            if isEmpty { close() }
        case XML_READER_TYPE_END_ELEMENT: close()
        case XML_READER_TYPE_TEXT, XML_READER_TYPE_CDATA, XML_READER_TYPE_WHITESPACE,
            XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
            guard !open.isEmpty else { break }
            open[open.count - 1].text += Self.text(xmlTextReaderConstValue(reader))
        default: break
        }
        return true
    }

    private mutating func close() {
        guard let closed = open.popLast() else { return }
        if open.isEmpty { root = closed } else { open[open.count - 1].children.append(closed) }
    }

    private static func attributes(_ reader: xmlTextReaderPtr) -> [String: String] {
        var attributes: [String: String] = [:]
        while xmlTextReaderMoveToNextAttribute(reader) == 1 {
            guard xmlTextReaderIsNamespaceDecl(reader) == 0 else { continue }
            attributes[text(xmlTextReaderConstName(reader))] = text(xmlTextReaderConstValue(reader))
        }
        xmlTextReaderMoveToElement(reader)
        return attributes
    }

    private static func text(_ characters: UnsafePointer<xmlChar>?) -> String {
        characters.map { String(decodingCString: $0, as: UTF8.self) } ?? ""
    }
}
