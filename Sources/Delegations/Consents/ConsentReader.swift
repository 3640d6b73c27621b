public import FoundationEssentials
public import Vocabulary

/// Which consents a list is about; what is nil does not matter.
public struct ConsentQuery: Sendable, Hashable {
    /// Those asked of that party.
    public var from: Party?
    /// Those that the organisation asked for or handles.
    public var to: OrganisationNumber?

    /// All of them.
    public init(from: Party? = nil, to: OrganisationNumber? = nil) {
        self.from = from
        self.to = to
    }
}

/// Reads consents inside an open transaction or snapshot; blocks.
public protocol ConsentReader {
    /// The consent of that identifier.
    func consent(_ id: UUID) throws -> ConsentRequest?

    /// The consents asked for, oldest first.
    func consents(_ query: ConsentQuery) throws -> [ConsentRequest]

    /// What happened to a consent, oldest first; `.expired` is not among it.
    func events(of consent: UUID) throws -> [ConsentEvent]

    /// What happened to all consents that the organisation asked for, in order, after a place in that list.
    ///
    /// With a supplier, only those that it handles for the organisation.
    func consentEvents(
        to organisation: OrganisationNumber,
        through supplier: OrganisationNumber?,
        after sequence: Int64,
        limit: Int
    ) throws -> [ConsentEvent]
}

/// Keeps consents inside an open transaction; blocks.
///
/// It keeps what it is given: rules, revision and ledger are for whoever calls it.
public protocol ConsentStore: ConsentReader {
    /// Keeps a consent, new or changed.
    func put(_ consent: ConsentRequest) throws

    /// Adds an event; its sequence is drawn by the store.
    func append(_ event: ConsentEvent) throws
}
