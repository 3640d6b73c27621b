import Administration
public import Operations

/// What the API reads, in one snapshot.
public typealias AdminAPIReader = OperationReader

/// An open transaction in which every act of the API can be performed.
public typealias AdminAPITransaction = OperationTransaction

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
