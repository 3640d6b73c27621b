public import AuditLedger
public import Clients
public import Delegations
public import Organisations
public import Scopes
public import Vocabulary

/// Reads the register inside an open transaction or snapshot; blocks.
public protocol RegisterReader {
    /// The unit with that number, also a deleted one; nil when the register never knew it.
    func organisation(_ number: OrganisationNumber) throws -> Organisation?

    /// The standing of that unit, its main unit taken into account; nil when the register never knew it.
    func standing(of number: OrganisationNumber) throws -> OrganisationStanding?
}

/// All that acts of administration read, in one snapshot.
public protocol AdministrativeReader: ScopeReader, ClientReader, RegisterReader, RoleReader, ResourceReader,
    DelegationReader
{
    /// The operator's organisation, the only one that may own reserved prefixes; nil when `init` was given none.
    var operatorOrganisation: OrganisationNumber? { get throws }

    /// The revision of the facts in this snapshot.
    var revision: Int64 { get throws }
}

/// An open, immediate transaction in which an act and its ledger entry are kept together.
public protocol AdministrativeTransaction: AdministrativeReader, ScopeStore, ClientStore, RoleStore, ResourceStore,
    DelegationStore, LedgerTransaction, TokenRevocationStore
{
    /// Raises the revision of the facts, once a transaction, so that no decision rests on what was (DESIGN §2).
    func raiseRevision() throws
}
