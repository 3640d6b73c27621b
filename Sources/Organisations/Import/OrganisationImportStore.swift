public import Vocabulary

/// How what a file says of a unit differs from what the register knows.
public enum RecordComparison: Sendable, Hashable {
    /// The register does not know the unit.
    case unknown
    /// It knows it just so.
    case same
    /// It knows it otherwise.
    case other(OrganisationRecord)
}

/// What an import needs of the database: staged writing, so that readers never see half a register.
///
/// Between ``begin()`` and ``apply(_:)`` nothing that is staged can be seen by anyone, not even through this store.
public protocol OrganisationImportStore {
    /// Compares records with what the register knows, one by one; fastest when their numbers rise.
    func compare(_ records: RegisterRecords) throws -> [RecordComparison]

    /// The units of these numbers as the register has them; those it does not know are left out.
    func units(_ numbers: [OrganisationNumber]) throws -> [OrganisationNumber: Organisation]

    /// The numbers of live units of a kind in rising order, after `number`, at most `limit` of them.
    func liveNumbers(
        of kind: Organisation.Kind,
        after number: OrganisationNumber?,
        limit: Int
    ) throws
        -> [OrganisationNumber]

    /// Keeps other imports out and clears away what a broken one left.
    ///
    /// - Throws: ``ImportRefusal/alreadyRunning``, and what the database throws.
    func begin() throws

    /// Puts units aside, in writes that are short enough not to hold up a server; no number comes twice.
    ///
    /// The register does not know the units of `added`; those of `changed` take the place of the ones that it knows.
    func stage(added: RegisterRecords, changed: [OrganisationRecord]) throws

    /// Makes all that was staged visible in one act, raises the revision if that is anything, and records the import.
    func apply(_ report: ImportReport) throws

    /// Drops what was staged.
    func abandon() throws
}

extension OrganisationImportStore {
    /// Puts units aside that did not come from a file.
    public func stage(added: [Organisation], changed: [Organisation]) throws {
        try stage(
            added: RegisterRecords(added.map { OrganisationRecord($0) }),
            changed: changed.map { OrganisationRecord($0) }
        )
    }
}
