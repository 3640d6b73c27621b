public import Vocabulary

/// A rule of the registry that a resource would break (spec of Altinn §3.2).
public enum ResourceFault: Error, Sendable, Hashable {
    /// A text is missing in these languages.
    case missingLanguages(field: String, [String])
    /// A text is longer than so many characters.
    case tooLong(field: String, limit: Int)
    /// A list has more than so many items.
    case tooMany(field: String, limit: Int)
    /// A text holds a character that it must not.
    case character(field: String, Unicode.Scalar)
    /// A field that resources of this type need is not there.
    case required(field: String)
    /// A field that only resources of another type have.
    case foreign(field: String, to: ResourceType)
    /// The word is none of those that the field may have.
    case choice(field: String, found: String)
    /// A schema refers to no scope.
    case noScopeReference
    /// A reference of type `MaskinportenScope` is no scope name.
    case scopeReference(String)
    /// A reference stands there twice.
    case duplicateReference(String)
    /// The identifier is kept for the resources that scopes and the system have of their own.
    case reservedIdentifier(ResourceID)
    /// The resource that stands in the place of a scope's own one does not bundle that scope.
    case ownScopeMissing(ScopeName)
    /// The registry does not keep resources of that type.
    case typeNotServed(ResourceType)
    /// The type of a resource stays what it was.
    case typeChanged(from: ResourceType, to: ResourceType)
    /// A resource stays with whom it was.
    case ownerChanged(from: OrganisationNumber)
    /// An address is none with `https`.
    case address(field: String)
}

extension ResourceFault: CustomStringConvertible {
    /// What to mend.
    public var description: String {
        switch self {
        case .missingLanguages(let field, let languages):
            "`\(field)` is missing in \(languages.map { "`\($0)`" }.joined(separator: ", "))"
        case .tooLong(let field, let limit): "`\(field)` has more than \(limit) characters"
        case .tooMany(let field, let limit): "`\(field)` has more than \(limit) items"
        case .character(let field, let scalar):
            "`\(field)` must not hold the character \(PlainText.codePoint(scalar))"
        case .required(let field): "`\(field)` is missing"
        case .foreign(let field, let type): "`\(field)` belongs to resources of type `\(type.rawValue)` only"
        case .choice(let field, let found): "`\(field)` cannot be `\(found)`"
        case .noScopeReference:
            "a `MaskinportenSchema` needs at least one reference of type `MaskinportenScope`"
        case .scopeReference(let text): "the reference `\(text)` is no scope name"
        case .duplicateReference(let text): "the reference `\(text)` stands there twice"
        case .reservedIdentifier(let id):
            "the identifier `\(id)` is kept for resources that scopes and the system have of their own"
        case .ownScopeMissing(let scope): "the resource must bundle the scope `\(scope)`, in whose place it stands"
        case .typeNotServed(let type): "resources of type `\(type.rawValue)` are not kept here"
        case .typeChanged(let from, let to):
            "the type of a resource stays: it is `\(from.rawValue)`, and cannot become `\(to.rawValue)`"
        case .ownerChanged(let from): "the competent authority of a resource stays: it is `\(from)`"
        case .address(let field): "`\(field)` must be an address with `https`"
        }
    }
}
