public import Vocabulary

/// An organisation's word that a party holds a role for it.
public struct RoleAssignment: Sendable, Hashable {
    /// Where the word was given.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// Enhetsregisteret has it.
        case register
        /// It was given inside this module, as in Altinn's access administration.
        case given
    }

    /// For whom the role is held.
    public let organisation: OrganisationNumber
    /// The role.
    public let role: RoleCode
    /// Who holds it.
    public let holder: Party
    /// Where it comes from.
    public let source: Source

    /// An assignment.
    public init(organisation: OrganisationNumber, role: RoleCode, holder: Party, source: Source = .register) {
        self.organisation = organisation
        self.role = role
        self.holder = holder
        self.source = source
    }
}

extension RoleAssignment: Comparable {
    /// Orders by organisation, role and source, so that two equal sets are equal lists.
    public static func < (left: RoleAssignment, right: RoleAssignment) -> Bool {
        if left.organisation != right.organisation { return left.organisation < right.organisation }
        if left.role != right.role { return left.role < right.role }
        if left.source != right.source { return left.source == .register }
        switch (left.holder, right.holder) {
        case (.organisation(let left), .organisation(let right)): return left < right
        case (.person(let left), .person(let right)): return left < right
        case (.organisation, .person): return true
        case (.person, .organisation): return false
        }
    }
}
