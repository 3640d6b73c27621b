/// A rule that a request for consent breaks.
public enum ConsentRule: String, Sendable, Hashable, CaseIterable {
    /// A party is named by one of the two URNs, and an organisation is in the register.
    case party
    /// The end lies ahead.
    case validTo
    /// There is at least one right.
    case rights
    /// A right has exactly one resource, of type Consent.
    case resource
    /// All resources share one template.
    case template
    /// Metadata keys are declared by the resource.
    case metadataUnknown
    /// Metadata keys have a value.
    case metadataEmpty
    /// What the resource demands is there.
    case metadataMissing
    /// A right has at least one action.
    case action
    /// A member has the right JSON type and form.
    case form

    /// The code of the validation error, as Altinn numbers it; form faults have that of a missing field.
    public var code: String {
        switch self {
        case .party: problemCode("AM.VLD", 21)
        case .validTo: problemCode("AM.VLD", 22)
        case .rights: problemCode("AM.VLD", 23)
        case .resource: problemCode("AM.VLD", 24)
        case .metadataUnknown: problemCode("AM.VLD", 25)
        case .metadataEmpty: problemCode("AM.VLD", 26)
        case .metadataMissing: problemCode("AM.VLD", 27)
        case .action: problemCode("AM.VLD", 28)
        // Altinn has this one among its problems only.
        case .template: ConsentProblem.templates.code
        case .form: problemCode("STD", 0)
        }
    }
}

/// One thing wrong with a request for consent.
public struct ConsentFault: Error, Sendable, Hashable {
    /// The rule.
    public let rule: ConsentRule
    /// Where, as a JSON pointer (RFC 6901).
    public let path: String
    /// What to mend.
    public let text: String

    /// A fault.
    public init(_ rule: ConsentRule, at path: String, _ text: String) {
        self.rule = rule
        self.path = path
        self.text = text
    }
}

extension ConsentFault: CustomStringConvertible {
    /// What to mend.
    public var description: String { "`\(path)`: \(text)" }
}

/// Every fault of a request together.
public struct ConsentFaults: Error, Equatable, Sendable {
    /// The faults, at least one.
    public let faults: [ConsentFault]

    /// Faults.
    public init(_ faults: [ConsentFault]) { self.faults = faults }
}

extension ConsentFaults: CustomStringConvertible {
    /// What to mend; a line for each fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
