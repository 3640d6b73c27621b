import Administration
import HTTPServer
import HTTPTypes
import TokenIssuance

extension Precondition {
    /// What `If-Match` demands (RFC 9110 §13.1.1): `*`, or one of a list of entity tags; nothing when it is absent.
    ///
    /// Tags are compared strongly: a weak one never matches.
    ///
    /// - Throws: a ``Problem`` when the field is no list of entity tags.
    init(_ fields: HTTPFields) throws(Problem) {
        let lines = fields[values: .ifMatch]
        guard !lines.isEmpty else {
            self = .none
            return
        }
        if lines.count == 1, Self.trimmed(lines[0][...]) == "*" {
            self = .exists
            return
        }
        var versions: [EntityVersion] = []
        // None of our tags holds a comma: a tag of somebody else's that does is taken apart, and matches as little.
        for tag in lines.flatMap({ $0.split(separator: ",") }).map(Self.trimmed) where !tag.isEmpty {
            let opaque = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
            guard opaque.count >= 2, opaque.hasPrefix("\""), opaque.hasSuffix("\"") else {
                throw Problem(
                    .malformedRequest,
                    reason: "header_parameter",
                    "`If-Match` is neither `*` nor a list of entity tags in quotation marks: send the `ETag` of an answer"
                )
            }
            if !tag.hasPrefix("W/") { versions.append(EntityVersion(naming: String(opaque.dropFirst().dropLast()))) }
        }
        self = .version(versions)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
