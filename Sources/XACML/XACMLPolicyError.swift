/// Why a document is no policy that can be kept.
///
/// Functions, categories and data types that are unknown are no such reason: they make what names them Indeterminate.
public enum XACMLPolicyError: Error, Equatable, Sendable {
    /// The document is longer than `limit` bytes.
    case tooLong(limit: Int)
    /// The document is not UTF-8, or names another encoding.
    case notUTF8
    /// The document declares a type, entities or other markup; it was not parsed.
    case documentType
    /// The document holds an instruction to programs, `<?…?>`, other than the XML declaration; it was not parsed.
    case processingInstruction
    /// Elements, or expressions with their variables spelt out, stand more than `limit` deep in one another.
    case tooDeep(limit: Int)
    /// The document is not well-formed XML; the parser stopped at that line.
    case notXML(line: Int)
    /// The root is not a `Policy` of XACML 3.0, but that element.
    case notPolicy(element: String)
    /// The root is a `PolicySet`, which is not taken: one resource has one policy.
    case policySet
    /// An element stands where the standard has none of that name.
    case unexpectedElement(String, in: String)
    /// A demanded element or attribute is missing.
    case missing(String, in: String)
    /// An attribute or text is none of the values it may have.
    case invalid(String, in: String)
    /// Two rules, or two variables, have the same identifier.
    case duplicate(String)
    /// A variable is referred to that is not defined, or that rests on itself.
    case variable(String)
    /// The rules spell out to more combinations of subject, resource and action than `limit`.
    case tooManyCombinations(limit: Int)
}

extension XACMLPolicyError: CustomStringConvertible {
    /// What to mend.
    public var description: String {
        switch self {
        case .tooLong(let limit): "the policy is longer than \(limit) bytes"
        case .notUTF8: "the policy must be UTF-8 and say so, or say nothing about its encoding"
        case .documentType: "the policy must not hold `<!DOCTYPE` or another markup declaration"
        case .processingInstruction: "the policy must not hold `<?` but for an XML declaration at its beginning"
        case .tooDeep(let limit): "elements or expressions of the policy stand more than \(limit) deep in one another"
        case .notXML(let line): "the policy is not well-formed XML, see line \(line)"
        case .notPolicy(let element):
            "the root must be `Policy` of `\(XACMLNamespace.core)`, not `\(element)`"
        case .policySet: "a `PolicySet` is not taken; give the one `Policy`"
        case .unexpectedElement(let name, let parent): "`\(name)` has no place in `\(parent)`"
        case .missing(let name, let parent): "`\(name)` is missing in `\(parent)`"
        case .invalid(let name, let parent): "`\(name)` in `\(parent)` is not a value that it may have"
        case .duplicate(let identifier): "`\(identifier)` is defined twice"
        case .variable(let identifier): "variable `\(identifier)` is not defined, or rests on itself"
        case .tooManyCombinations(let limit):
            "the rules name more than \(limit) combinations of subject, resource and action"
        }
    }
}

/// The XML namespaces of the standard.
enum XACMLNamespace {
    /// XACML 3.0, core.
    static let core = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"
}
