/// A rule of the system register, by the number of its validation error at Altinn (spec/altinn §6.2).
public enum SystemRule: Int, Sendable, Hashable, CaseIterable {
    /// The vendor is named in the ISO 6523 form.
    case vendorForm = 0
    /// The identifier is the vendor's number, `_` and a name.
    case identifierForm = 1
    /// The identifier is free.
    case identifierTaken = 2
    /// The resource is in the registry.
    case resourceUnknown = 3
    /// The client exists for the vendor and is on no other system.
    case clientTaken = 4
    /// Redirect addresses are `https`.
    case redirectForm = 5
    /// No right stands twice.
    case rightTwice = 6
    /// No package stands twice.
    case packageTwice = 7
    /// The package is known and may be delegated.
    case packageUnknown = 8
    /// The resource is named by one `urn:altinn:resource`.
    case resourceForm = 9

    /// The code as it is shown: `AUTH.VLD-00004`.
    public var code: String { problemCode("AUTH.VLD", rawValue) }
}

/// One thing wrong with what is said of a system or asked for a system user.
public enum SystemFault: Error, Equatable, Hashable, Sendable {
    /// A member is missing or has another JSON type; the path is a JSON pointer (RFC 6901).
    case form(path: String, expected: String)
    /// A rule is broken by a value.
    case rule(SystemRule, path: String, value: String)

    /// Where it is, as a JSON pointer.
    public var path: String {
        switch self {
        case .form(let path, _), .rule(_, let path, _): path
        }
    }

    /// The rule that is broken; nil for a fault of form.
    public var rule: SystemRule? {
        switch self {
        case .form: nil
        case .rule(let rule, _, _): rule
        }
    }
}

extension SystemFault: CustomStringConvertible {
    /// What to mend.
    public var description: String {
        switch self {
        case .form(let path, let expected): "`\(path)` must be \(expected)"
        case .rule(let rule, let path, let value): "`\(path)`: " + Self.text(of: rule, value)
        }
    }

    private static func text(of rule: SystemRule, _ value: String) -> String {
        switch rule {
        case .vendorForm: "the vendor `\(value)` is not `0192:` and an organisation number"
        case .identifierForm: "the identifier `\(value)` is not the vendor's organisation number, `_` and a name"
        case .identifierTaken: "there is a system `\(value)` already, perhaps deleted"
        case .resourceUnknown: "there is no resource `\(value)`"
        case .clientTaken: "the client `\(value)` is not the vendor's, or is on another system"
        case .redirectForm: "the redirect address `\(value)` is not an `https` address"
        case .rightTwice: "the right `\(value)` stands twice"
        case .packageTwice: "the access package `\(value)` stands twice"
        case .packageUnknown: "the access package `\(value)` is unknown or cannot be delegated"
        case .resourceForm: "a resource is one object with `id` = `urn:altinn:resource` and a `value`, not `\(value)`"
        }
    }
}

/// Every fault of a body together.
public struct SystemFaults: Error, Equatable, Sendable {
    /// The faults, at least one.
    public let faults: [SystemFault]

    /// Faults.
    public init(_ faults: [SystemFault]) { self.faults = faults }
}

extension SystemFaults: CustomStringConvertible {
    /// What to mend; a line for each fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
