public import Delegations
public import Vocabulary

/// How what a file says of a unit's roles differs from what the register knows.
public enum RoleSetChange: Sendable, Hashable {
    /// The unit had no roles.
    case added
    /// It had others.
    case changed
    /// It had some, and has none any more.
    case ended
    /// It had just these, or has none and had none.
    case unchanged
}

/// What an import of roles needs of the database: staged writing, so that readers never see half of it.
///
/// Between ``begin()`` and ``apply(_:)`` nothing that is staged can be seen by anyone, not even through this store.
public protocol RoleImportStore {
    /// Compares units with what the register knows of them, one by one.
    func compare(_ units: [RoleSetRecord]) throws -> [RoleSetChange]

    /// The numbers of units that have roles in rising order, after `number`, at most `limit` of them.
    func unitsWithRoles(after number: OrganisationNumber?, limit: Int) throws -> [OrganisationNumber]

    /// Keeps other imports out and clears away what a broken one left.
    ///
    /// - Throws: `ImportRefusal.alreadyRunning`, and what the database throws.
    func begin() throws

    /// Puts units aside whose roles are others than known, in short writes; no number comes twice.
    func stage(_ units: [RoleSetRecord]) throws

    /// Makes all that was staged visible in one act, raises the revision if that is anything, and records the import.
    func apply(_ report: RoleImportReport) throws

    /// Drops what was staged.
    func abandon() throws
}

extension RoleImportStore {
    /// Puts roles aside that did not come from a file.
    public func stage(_ units: [UnitRoles]) throws { try stage(units.map { RoleSetRecord($0) }) }
}
