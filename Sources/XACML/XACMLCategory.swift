/// Whom or what an attribute describes (XACML 3.0 B.2).
public struct XACMLCategory: Sendable, Hashable {
    /// The URI.
    public let uri: String

    /// The category of that URI, or of that short name of the JSON profile (`AccessSubject`).
    public init(_ uri: String) { self.uri = uri }

    /// Who asks.
    public static let accessSubject = XACMLCategory("urn:oasis:names:tc:xacml:1.0:subject-category:access-subject")
    /// What is asked for.
    public static let resource = XACMLCategory("urn:oasis:names:tc:xacml:3.0:attribute-category:resource")
    /// What is to be done with it.
    public static let action = XACMLCategory("urn:oasis:names:tc:xacml:3.0:attribute-category:action")
    /// Under which circumstances.
    public static let environment = XACMLCategory("urn:oasis:names:tc:xacml:3.0:attribute-category:environment")
    /// Who gets the result.
    public static let recipientSubject = XACMLCategory(
        "urn:oasis:names:tc:xacml:1.0:subject-category:recipient-subject"
    )
    /// Through whom the request came.
    public static let intermediarySubject = XACMLCategory(
        "urn:oasis:names:tc:xacml:1.0:subject-category:intermediary-subject"
    )
    /// The program that asks.
    public static let codebase = XACMLCategory("urn:oasis:names:tc:xacml:1.0:subject-category:codebase")
    /// The machine that asks.
    public static let requestingMachine = XACMLCategory(
        "urn:oasis:names:tc:xacml:1.0:subject-category:requesting-machine"
    )

    /// Whether the standard names it; a policy that names another cannot be evaluated there.
    public var isKnown: Bool { Self.shortNames.contains { $0.category == self } }

    /// The members of a JSON request that stand for a category (JSON profile section 4.2.2.1).
    static let shortNames: [(name: String, category: XACMLCategory)] = [
        ("AccessSubject", accessSubject), ("Resource", resource), ("Action", action), ("Environment", environment),
        ("RecipientSubject", recipientSubject), ("IntermediarySubject", intermediarySubject), ("Codebase", codebase),
        ("RequestingMachine", requestingMachine),
    ]
}
