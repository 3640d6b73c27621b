/// What a decision rests on, or why there is none (XACML 3.0 section 5.54 and B.8).
public struct XACMLStatus: Error, Sendable, Hashable {
    /// The kinds of status that the standard names.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The request was decided.
        case ok = "urn:oasis:names:tc:xacml:1.0:status:ok"
        /// An attribute that the decision needs is missing.
        case missingAttribute = "urn:oasis:names:tc:xacml:1.0:status:missing-attribute"
        /// A value or an expression is malformed.
        case syntaxError = "urn:oasis:names:tc:xacml:1.0:status:syntax-error"
        /// An expression could not be evaluated.
        case processingError = "urn:oasis:names:tc:xacml:1.0:status:processing-error"
    }

    /// The kind.
    public let code: Code
    /// What to mend, or why the decision fell so; nil when there is nothing to say.
    public let message: String?

    /// A status of that kind.
    public init(_ code: Code, _ message: String? = nil) {
        self.code = code
        self.message = message
    }

    /// The request was decided.
    public static let ok = XACMLStatus(.ok)
}
