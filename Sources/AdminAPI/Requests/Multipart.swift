import HTTPServer
import TokenIssuance

/// The one file of a `multipart/form-data` body (RFC 7578), as browsers and HTTP libraries send it.
enum Multipart {
    /// The most parts that are looked at.
    private static let maximumParts = 16

    /// The content of the first part with a file name, or else of the first part.
    ///
    /// - Throws: a ``Problem`` when the body is not what its media type says.
    static func file(in body: [UInt8], mediaType: String) throws(Problem) -> [UInt8] {
        guard let boundary = boundary(of: mediaType) else { throw fault("has no `boundary`") }
        let delimiter = Array("--\(boundary)".utf8)
        var rest = body[...]
        guard rest.starts(with: delimiter) else { throw fault("does not begin with its boundary") }
        rest = rest.dropFirst(delimiter.count)
        var first: [UInt8]?
        for _ in 0..<maximumParts {
            // RFC 2046 §5.1.1: `--` behind the boundary ends the body, CRLF begins a part.
            if rest.starts(with: Array("--".utf8)) { break }
            guard rest.starts(with: crlf), let end = end(of: rest.dropFirst(2), before: crlf + delimiter) else {
                throw fault("has a part without an end")
            }
            let part = rest[(rest.startIndex + 2)..<end.lowerBound]
            guard let (head, content) = split(part) else { throw fault("has a part without a head") }
            if head.lowercased().contains("filename=") { return Array(content) }
            first = first ?? Array(content)
            rest = rest[end.upperBound...]
        }
        guard let first else { throw fault("has no part") }
        return first
    }

    private static let crlf = Array("\r\n".utf8)

    private static func boundary(of mediaType: String) -> String? {
        for parameter in mediaType.split(separator: ";").dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, pair[0].filter({ $0 != " " }).lowercased() == "boundary" else { continue }
            let value = pair[1].filter { $0 != "\"" && $0 != " " }
            return (1...70).contains(value.utf8.count) ? value : nil
        }
        return nil
    }

    private static func split(_ part: ArraySlice<UInt8>) -> (head: String, content: ArraySlice<UInt8>)? {
        if part.starts(with: crlf) { return ("", part.dropFirst(2)) }
        guard let end = firstRange(of: crlf + crlf, in: part) else { return nil }
        return (String(decoding: part[..<end.lowerBound], as: UTF8.self), part[end.upperBound...])
    }

    /// Where a part ends: a text may begin like the boundary and go on otherwise.
    private static func end(of part: ArraySlice<UInt8>, before delimiter: [UInt8]) -> Range<Int>? {
        var rest = part
        while let found = firstRange(of: delimiter, in: rest) {
            let behind = part[found.upperBound...]
            if behind.starts(with: crlf) || behind.starts(with: Array("--".utf8)) { return found }
            rest = part[found.upperBound...]
        }
        return nil
    }

    private static func firstRange(of needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        guard let first = needle.first else { return nil }
        var start = bytes.startIndex
        while let index = bytes[start...].firstIndex(of: first) {
            if bytes[index...].starts(with: needle) { return index..<(index + needle.count) }
            start = index + 1
        }
        return nil
    }

    private static func fault(_ what: String) -> Problem {
        Problem(.malformedRequest, reason: "body_malformed", "the multipart body \(what)")
    }
}
