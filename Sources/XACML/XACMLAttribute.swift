/// One attribute of a request, with all its values (XACML 3.0 section 5.46).
public struct XACMLAttribute: Sendable, Hashable {
    /// What it says, a URI.
    public var identifier: String
    /// Its values, as text of the type.
    public var values: [String]
    /// The type of its values.
    public var type: XACMLDataType
    /// Who says so; nil when nobody is named.
    public var issuer: String?
    /// Whether the response repeats it.
    public var isInResult: Bool

    /// An attribute.
    public init(
        _ identifier: String,
        _ values: [String],
        type: XACMLDataType = .string,
        issuer: String? = nil,
        isInResult: Bool = false
    ) {
        self.identifier = identifier
        self.values = values
        self.type = type
        self.issuer = issuer
        self.isInResult = isInResult
    }
}

/// The attributes of one thing: a subject, a resource, an action (XACML 3.0 section 5.44).
public struct XACMLAttributes: Sendable, Hashable {
    /// What they describe.
    public var category: XACMLCategory
    /// The name by which a multiple request refers to it.
    public var identifier: String?
    /// The attributes in order.
    public var attributes: [XACMLAttribute]

    /// Attributes of one thing.
    public init(_ category: XACMLCategory, identifier: String? = nil, _ attributes: [XACMLAttribute]) {
        self.category = category
        self.identifier = identifier
        self.attributes = attributes
    }
}

/// What one decision is made on: every attribute of one subject, resource, action and environment.
public struct XACMLContext: Sendable, Hashable {
    /// The groups in order; two groups of one category count as one.
    public var groups: [XACMLAttributes]

    /// A context of those attributes.
    public init(_ groups: [XACMLAttributes] = []) { self.groups = groups }

    /// All values of the attribute, of whatever type and issuer.
    public func values(of identifier: String, in category: XACMLCategory) -> [String] {
        var values: [String] = []
        for group in groups where group.category == category {
            for attribute in group.attributes where attribute.identifier == identifier { values += attribute.values }
        }
        return values
    }

    /// Adds values of an attribute, as texts that no issuer vouches for and no result repeats.
    public mutating func add(_ values: [String], of identifier: String, to category: XACMLCategory) {
        guard !values.isEmpty else { return }
        let attribute = XACMLAttribute(identifier, values)
        if let index = groups.firstIndex(where: { $0.category == category }) {
            groups[index].attributes.append(attribute)
        } else {
            groups.append(XACMLAttributes(category, [attribute]))
        }
    }
}
