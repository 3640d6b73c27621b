/// Whom or what an attribute describes (XACML 3.0 B.2).
public struct XACMLCategory: Sendable, Hashable {
    /// The URI.
    public let uri: String

    // Which of the standard's it is, nought for none: a decision compares categories by the hundred.
    private let code: Int

    /// The category of that URI.
    public init(_ uri: String) {
        self.uri = uri
        code = (Self.standardURIs.firstIndex(of: uri) ?? -1) + 1
    }

    private static let standardURIs = [
        "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject",
        "urn:oasis:names:tc:xacml:3.0:attribute-category:resource",
        "urn:oasis:names:tc:xacml:3.0:attribute-category:action",
        "urn:oasis:names:tc:xacml:3.0:attribute-category:environment",
        "urn:oasis:names:tc:xacml:1.0:subject-category:recipient-subject",
        "urn:oasis:names:tc:xacml:1.0:subject-category:intermediary-subject",
        "urn:oasis:names:tc:xacml:1.0:subject-category:codebase",
        "urn:oasis:names:tc:xacml:1.0:subject-category:requesting-machine",
    ]

    private init(code: Int) {
        uri = Self.standardURIs[code - 1]
        self.code = code
    }

    /// Whether both are the same.
    public static func == (left: XACMLCategory, right: XACMLCategory) -> Bool {
        left.code == right.code && (left.code != 0 || left.uri == right.uri)
    }

    /// Hashes what equality compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        if code == 0 { hasher.combine(uri) }
    }

    /// Who asks.
    public static let accessSubject = XACMLCategory(code: 1)
    /// What is asked for.
    public static let resource = XACMLCategory(code: 2)
    /// What is to be done with it.
    public static let action = XACMLCategory(code: 3)
    /// Under which circumstances.
    public static let environment = XACMLCategory(code: 4)
    /// Who gets the result.
    public static let recipientSubject = XACMLCategory(code: 5)
    /// Through whom the request came.
    public static let intermediarySubject = XACMLCategory(code: 6)
    /// The program that asks.
    public static let codebase = XACMLCategory(code: 7)
    /// The machine that asks.
    public static let requestingMachine = XACMLCategory(code: 8)

    /// Whether the standard names it; a policy that names another cannot be evaluated there.
    public var isKnown: Bool { code != 0 }

    /// The members of a JSON request that stand for a category (JSON profile section 4.2.2.1).
    static let shortNames: [(name: String, category: XACMLCategory)] = [
        ("AccessSubject", accessSubject), ("Resource", resource), ("Action", action), ("Environment", environment),
        ("RecipientSubject", recipientSubject), ("IntermediarySubject", intermediarySubject), ("Codebase", codebase),
        ("RequestingMachine", requestingMachine),
    ]
}
