import Delegations
import TestSupport
import Vocabulary

/// Organisations and persons of the role tests.
enum Sample {
    /// Made-up organisations, by a small number.
    static func organisation(_ index: Int) -> OrganisationNumber {
        var stem = 31_200_000 + index * 10
        // Some stems have no check digit.
        while true {
            if let number = OrganisationNumber(stem: stem) { return number }
            stem += 1
        }
    }

    static let a = organisation(1)
    static let b = organisation(2)
    static let m = organisation(3)
    static let kari = PersonPseudonym.sample(1)
    static let ola = PersonPseudonym.sample(2)
}

extension InMemoryRoles {
    /// The codes that a person has for an organisation.
    func codes(of person: PersonPseudonym, for organisation: OrganisationNumber) throws -> Set<RoleCode> {
        try codes(of: .person(person), for: organisation)
    }

    /// The codes that a party has for an organisation.
    func codes(of party: Party, for organisation: OrganisationNumber) throws -> Set<RoleCode> {
        Set(try RoleRules(self).roles(of: party, for: organisation).map(\.role))
    }
}
