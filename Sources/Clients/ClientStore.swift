public import Vocabulary

/// Which clients a list is about; what is nil does not matter.
public struct ClientQuery: Sendable, Hashable {
    /// Those that the organisation owns.
    public var owner: OrganisationNumber?
    /// Those that the supplier registered for others.
    public var supplier: OrganisationNumber?
    /// Those that hold that scope.
    public var scope: ScopeName?
    /// Those with a key that ends before that time.
    public var keyEndingBefore: Timestamp?
    /// Disabled ones as well.
    public var includesInactive = false

    /// All active clients.
    public init() {}
}

/// Reads clients inside an open transaction or snapshot; blocks.
public protocol ClientReader {
    /// The client of that identifier, with its scopes and keys.
    func client(_ id: ClientID) throws -> Client?

    /// The clients asked for, by owner and name.
    func clients(_ query: ClientQuery) throws -> [Client]
}

/// Keeps clients inside an open transaction; blocks.
///
/// It keeps what it is given: rules, revision and ledger are for whoever calls it.
public protocol ClientStore: ClientReader {
    /// Keeps a new client with its scopes and keys; its identifier must be free.
    func insert(_ client: Client) throws

    /// Keeps the client's new values, its scopes and its keys.
    func update(_ client: Client) throws
}
