/// One thing that an operation takes; the API's document and its checks are made from it.
public struct Parameter: Sendable, Hashable {
    /// What its value must be.
    public enum Kind: Sendable, Hashable {
        /// Any text.
        case text
        /// One of these words.
        case word([String])
        /// Yes or no.
        case flag
        /// A whole number in that range.
        case number(ClosedRange<Int64>)
        /// A scope's name.
        case scope
        /// A prefix of scopes.
        case prefix
        /// An organisation number, bare or in the form that tokens carry.
        case organisation
        /// A client's identifier.
        case client
        /// A key's identifier.
        case key
        /// A resource's identifier.
        case resource
        /// A length of time: `90s`, `30m`, `24h`, `30d`; seconds without a unit.
        case span
        /// A time: RFC 3339 in UTC, a day, or how long ago.
        case time
        /// A JSON object, as a JWK.
        case object
        /// A national identity number: in a body only, and never repeated in an answer, a log or the ledger.
        case identityNumber
    }

    /// Its name, in snake_case.
    public let name: String
    /// What its value must be.
    public let kind: Kind
    /// Whether it may stand several times.
    public let isList: Bool
    /// Whether it must be given.
    public let isRequired: Bool
    /// What it means, in one sentence.
    public let meaning: String

    /// A parameter that may be given.
    public init(_ name: String, _ kind: Kind, _ meaning: String) {
        self.init(name: name, kind: kind, isList: false, isRequired: false, meaning: meaning)
    }

    private init(name: String, kind: Kind, isList: Bool, isRequired: Bool, meaning: String) {
        self.name = name
        self.kind = kind
        self.isList = isList
        self.isRequired = isRequired
        self.meaning = meaning
    }

    /// The same, which must be given.
    public var required: Parameter {
        Parameter(name: name, kind: kind, isList: isList, isRequired: true, meaning: meaning)
    }

    /// The same, which may stand several times.
    public var list: Parameter {
        Parameter(name: name, kind: kind, isList: true, isRequired: isRequired, meaning: meaning)
    }
}
