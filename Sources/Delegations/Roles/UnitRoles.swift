public import Vocabulary

/// What the register says of who holds which role in one unit, after persons have become pseudonyms.
public struct UnitRoles: Sendable, Hashable {
    /// Who holds a role, and how well a person is known.
    public enum Holder: Sendable, Hashable {
        /// An organisation.
        case organisation(OrganisationNumber)
        /// A person with a national identity number: the same pseudonym in all units.
        case person(PersonPseudonym)
        /// A person of open data: a pseudonym for this role in this unit alone, until it is linked.
        case unlinkedPerson(PersonPseudonym)

        /// The party, under the pseudonym as it stands here.
        public var party: Party {
            switch self {
            case .organisation(let number): .organisation(number)
            case .person(let pseudonym), .unlinkedPerson(let pseudonym): .person(pseudonym)
            }
        }
    }

    /// One role.
    public struct Role: Sendable, Hashable {
        /// The register's code.
        public let code: RoleCode
        /// Who holds it.
        public let holder: Holder

        /// A role.
        public init(code: RoleCode, holder: Holder) {
            self.code = code
            self.holder = holder
        }
    }

    /// The unit.
    public let number: OrganisationNumber
    /// The roles, each once, in an order that depends on nothing but themselves.
    public let roles: [Role]

    /// The roles of a unit, in any order.
    public init(number: OrganisationNumber, roles: [Role]) {
        self.number = number
        // Few roles at a time, but five million in one import: sorted first, so that what comes twice is side by side.
        var sorted = roles
        sorted.sort { left, right in
            if left.code != right.code { return left.code < right.code }
            return left.holder.stands(before: right.holder)
        }
        var last: Role?
        sorted.removeAll { role in
            defer { last = role }
            return role == last
        }
        self.roles = sorted
    }
}

extension UnitRoles.Holder {
    /// Organisations before persons, each by number or pseudonym; of the same person the linked one first.
    fileprivate func stands(before other: Self) -> Bool {
        switch (self, other) {
        case (.organisation(let left), .organisation(let right)): left < right
        case (.organisation, _): true
        case (_, .organisation): false
        case (.person(let left), .person(let right)), (.unlinkedPerson(let left), .unlinkedPerson(let right)):
            left < right
        case (.person(let left), .unlinkedPerson(let right)): left <= right
        case (.unlinkedPerson(let left), .person(let right)): left < right
        }
    }
}
