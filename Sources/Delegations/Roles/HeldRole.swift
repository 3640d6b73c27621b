public import Vocabulary

/// A role that a party has for an organisation, and how it comes by it.
public struct HeldRole: Sendable, Hashable {
    /// The role.
    public let role: RoleCode
    /// How the party comes by it.
    public let path: RolePath

    /// A held role.
    public init(role: RoleCode, path: RolePath) {
        self.role = role
        self.path = path
    }
}

/// How a party comes by a role for an organisation: one assignment, and up to three steps from there (altinn.md §1.4).
public struct RolePath: Sendable, Hashable {
    /// The organisation that the role is for in the end.
    public let organisation: OrganisationNumber
    /// The assignment that it begins with: by the organisation, or by its main unit; to the party, or to an organisation.
    public let assignment: RoleAssignment
    /// The key role in the organisation that ``assignment`` names, when that is not the party itself.
    public let keyRole: RoleAssignment?
    /// The register role that table §1.2 maps to the role; nil when the role is the assignment's own.
    public let mappedFrom: RoleCode?

    /// A path.
    public init(
        organisation: OrganisationNumber,
        assignment: RoleAssignment,
        keyRole: RoleAssignment? = nil,
        mappedFrom: RoleCode? = nil
    ) {
        self.organisation = organisation
        self.assignment = assignment
        self.keyRole = keyRole
        self.mappedFrom = mappedFrom
    }

    /// The main unit from which the role flows to the organisation; nil when the organisation assigned it itself.
    public var mainUnit: OrganisationNumber? {
        assignment.organisation == organisation ? nil : assignment.organisation
    }

    /// Whether the party was named by the organisation itself and no table came in between.
    public var isDirect: Bool { keyRole == nil && mainUnit == nil && mappedFrom == nil }
}

extension RolePath: CustomStringConvertible {
    /// The path in words, from the assignment to the role, with numbers and codes in backticks.
    ///
    /// Names no holder, so that it may stand in an answer and in the ledger.
    public var description: String {
        var steps = ["`\(assignment.organisation)` has assigned `\(assignment.role)`" + receiver]
        if let keyRole { steps.append("a key role there: `\(keyRole.role)`") }
        if mainUnit != nil { steps.append("main unit of `\(organisation)`") }
        if let mappedFrom { steps.append("given by `\(mappedFrom)`") }
        return steps.joined(separator: "; ")
    }

    private var receiver: String {
        let source = assignment.source == .given ? " (given)" : ""
        guard keyRole != nil, case .organisation(let number) = assignment.holder else { return source }
        return source + " to `\(number)`"
    }
}
