public import Administration
public import Attention
public import Delegations
public import Organisations
public import TokenIssuance
public import Vocabulary

/// What the API reads, in one snapshot.
public protocol AdminAPIReader: AdministrativeReader, DecisionReader, ConsentReader, FactsReader, AttentionReader,
    InstallationReader
{
    /// The revision of the facts in this snapshot.
    var revision: Int64 { get throws }

    /// The resource's policy as the document that was uploaded; nil when it has none.
    func policyDocument(of id: ResourceID) throws -> [UInt8]?

    /// All versions of a resource, the oldest first, also of a deleted one.
    func versions(of id: ResourceID) throws -> [Resource]

    /// The units right below a unit, by number, at most `limit`.
    func organisations(below number: OrganisationNumber, limit: Int) throws -> [Organisation]
}

/// An open transaction in which every act of the API can be performed.
public typealias AdminAPITransaction = AdminAPIReader & AdministrativeTransaction & RoleStore & ResourceStore
    & DelegationStore
    & AccessListStore & SystemUserStore & ConsentStore

/// Where the API reads, and where its acts are written: in the server, reader connections and the one writer thread.
public protocol AdministrationStore: Sendable {
    /// A snapshot.
    associatedtype Reader: AdminAPIReader
    /// An open transaction.
    associatedtype Transaction: AdminAPITransaction

    /// Runs `body` on one snapshot; does not block.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Reader) throws -> Value) async throws -> Value

    /// Runs `body` in a transaction of its own, in its turn, and commits it durably, or rolls it back when `body` throws.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> Value) async throws -> Value
}
