public import Vocabulary

/// One way in which a scope breaks the rules of registration.
public enum ScopeFault: Error, Equatable, Hashable, Sendable {
    /// A text that must be there is missing or empty.
    case required(ScopeField)
    /// A value of another form.
    case form(ScopeField)
    /// A word that is none of the few allowed ones.
    case choice(ScopeField, found: String)
    /// More characters (Unicode scalars) than allowed.
    case tooLong(ScopeField, limit: Int)
    /// A character that texts of this field do not hold.
    case character(ScopeField, Unicode.Scalar)
    /// A number below 0 or above the largest.
    case outOfRange(ScopeField, Int64)
    /// No absolute URI without fragment.
    case notAbsoluteURI(ScopeField, String)
    /// No time of RFC 3339 in UTC.
    case notTime(ScopeField, String)
    /// An item that stands twice in a list.
    case duplicate(ScopeField, String)
    /// More items than allowed.
    case tooMany(ScopeField, limit: Int)
    /// A language that is not offered.
    case language(ScopeField, String)
    /// The enforced audience is none of the allowed resources, so that no token could ever be given.
    case enforcedAudienceNotAllowed(String)
    /// A field that a scope under a reserved prefix must not set.
    case reserved(ScopeField, ScopeName)

    /// The field at fault.
    public var field: ScopeField {
        switch self {
        case .required(let field), .form(let field), .choice(let field, _), .tooLong(let field, _),
            .character(let field, _), .outOfRange(let field, _), .notAbsoluteURI(let field, _),
            .notTime(let field, _), .duplicate(let field, _), .tooMany(let field, _), .language(let field, _),
            .reserved(let field, _):
            field
        case .enforcedAudienceNotAllowed: .enforcedAudience
        }
    }
}

extension ScopeFault: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .required(let field): "`\(field.rawValue)` must be given"
        case .form(let field): "`\(field.rawValue)` must be \(field.words.map(alternatives) ?? "\(field.form)")"
        case .choice(let field, let found):
            "`\(field.rawValue)` must be \(alternatives(field.words ?? [])), not `\(found)`"
        case .tooLong(let field, let limit): "`\(field.rawValue)` is longer than \(limit) characters"
        case .character(let field, let scalar):
            "`\(field.rawValue)` holds the character \(PlainText.codePoint(scalar)), which is not allowed there"
        case .outOfRange(let field, let number):
            "`\(field.rawValue)` must be 0 to \(ScopeRules.maximumNumber), not \(number)"
        case .notAbsoluteURI(let field, let text):
            "`\(field.rawValue)` must hold absolute URIs without fragment, not `\(text)`"
                + (field == .delegationSource ? " (or be `internal`)" : "")
        case .notTime(let field, let text):
            "`\(field.rawValue)` must be a time in UTC as `2027-06-30T12:00:00Z`, not `\(text)`"
        case .duplicate(let field, let item): "`\(field.rawValue)` lists `\(item)` twice"
        case .tooMany(let field, let limit): "`\(field.rawValue)` has more than \(limit) items"
        case .language(let field, let language):
            "`\(field.rawValue)` has no language `\(language)`; there are "
                + ScopeRules.languages.map { "`\($0)`" }.joined(separator: ", ")
        case .enforcedAudienceNotAllowed(let audience):
            "`enforced_aud_for_access_token` is `\(audience)`, which `allowed_resources` does not list"
        case .reserved(let field, let name): "`\(field.rawValue)` must not be set on the reserved scope `\(name)`"
        }
    }

    private func alternatives(_ words: [String]) -> String { words.map { "`\($0)`" }.joined(separator: " or ") }
}

extension ScopeField.Form: CustomStringConvertible {
    /// As a message names it, after "must be".
    public var description: String {
        switch self {
        case .text, .optionalText: "text"
        case .choice: "one of a few words"
        case .number: "a whole number, 0 or more"
        case .flag: "true or false"
        case .list: "a list of texts"
        case .texts: "texts by language"
        }
    }
}
