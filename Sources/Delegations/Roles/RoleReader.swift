public import Vocabulary

/// Reads the facts that the role rules rest on, inside an open transaction or snapshot; blocks.
///
/// A person who is known by several pseudonyms (`role link`) is given by the one that stands for the national identity
/// number, and found by it.
public protocol RoleReader {
    /// What is known of a unit, also of a deleted one; nil when the register never knew it.
    func unit(_ number: OrganisationNumber) throws -> Unit?

    /// All roles that an organisation itself has assigned, of both sources, in no set order; none when it is unknown.
    func assignments(of organisation: OrganisationNumber) throws -> [RoleAssignment]

    /// All roles that a party has been assigned by any organisation, of both sources, in no set order.
    func assignments(heldBy party: Party) throws -> [RoleAssignment]

    /// Whether an organisation has assigned a role to a person whom open data name and nobody has linked to a number.
    ///
    /// Explains a refusal (`person_not_linked`): the person that a `pid` names may be that one.
    func hasUnlinkedPersons(in organisation: OrganisationNumber) throws -> Bool

    /// Whether a person is known: by a role of the register, by one that was given, or because somebody linked or met them.
    func knows(_ person: PersonPseudonym) throws -> Bool

    /// The party that a UUID names; nil when it is unknown. An organisation need not stand in the register.
    func party(named uuid: PartyUUID) throws -> Party?

    /// The party that a number names (``Party/partyID``); nil when it is unknown or two persons share it.
    func party(numbered partyID: Int64) throws -> Party?
}

extension RoleReader {
    /// Whether an organisation stands in the register as existing and, if it is a sub-unit, its main unit too.
    ///
    /// Whoever does not is represented by nobody, and represents nobody.
    public func isLive(_ number: OrganisationNumber) throws -> Bool {
        guard let unit = try unit(number), unit.isLive else { return false }
        guard let mainUnit = unit.mainUnit else { return true }
        return try self.unit(mainUnit)?.isLive == true
    }
}

/// Reads who stands for whom, for the act that ties them.
public protocol PersonLinkReader: RoleReader {
    /// The person for whom a pseudonym of open data stands; nil when nobody has said so.
    func linkedPerson(of pseudonym: PersonPseudonym) throws -> PersonPseudonym?

    /// Whether a role of open data is held under a pseudonym.
    func isUnlinkedHolder(_ pseudonym: PersonPseudonym) throws -> Bool
}

/// Changes what a module of its own may change of the role facts; the register's roles come by import alone.
public protocol RoleStore: PersonLinkReader {
    /// Adds a role given inside the module; false when it stood there already.
    @discardableResult
    func give(_ assignment: RoleAssignment) throws -> Bool

    /// Takes a role given inside the module back; false when there was none.
    @discardableResult
    func revoke(_ assignment: RoleAssignment) throws -> Bool

    /// Remembers that a person exists, so that ``RoleReader/party(named:)`` finds them though they hold no role.
    func remember(_ person: PersonPseudonym) throws

    /// Says that a pseudonym without a number stands for a person with one; nil unties it.
    func link(_ pseudonym: PersonPseudonym, to person: PersonPseudonym?) throws
}
