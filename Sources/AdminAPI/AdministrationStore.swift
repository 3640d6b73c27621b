import Administration
public import Delegations
public import Operations

/// What the API reads, in one snapshot.
public protocol AdminAPIReader: OperationReader {
    /// The revision of the facts in this snapshot.
    var revision: Int64 { get throws }

    /// The resource's policy as the document that was uploaded; nil when it has none.
    func policyDocument(of id: ResourceID) throws -> [UInt8]?

    /// All versions of a resource, the oldest first, also of a deleted one.
    func versions(of id: ResourceID) throws -> [Resource]
}

/// An open transaction in which every act of the API can be performed.
public typealias AdminAPITransaction = AdminAPIReader & OperationTransaction

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
