import AdminAPI
import AuditLedger
import SQLiteStorage
import TokenIssuance

/// The store as the admin API sees it: reader connections, and acts that the one writer thread performs in their turn.
struct WriterAdministrationStore: AdministrationStore {
    let store: SQLiteStore
    let writer: LedgerWriter<SQLiteStore>

    func read<Value: Sendable>(_ body: @escaping @Sendable (SQLiteReader) throws -> Value) async throws -> Value {
        do { return try await store.read(body) } catch is StorageError { throw Unavailable.storeUnavailable }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteTransaction) throws -> Value
    ) async throws -> Value {
        do {
            return try await writer.perform(body)
        } catch let error as LedgerWriterError {
            switch error {
            case .full: throw Unavailable.queueFull
            case .stopped: throw Unavailable.draining
            case .stalled: throw Unavailable.storeStalled
            case .clockBehind: throw Unavailable.clockBehind
            }
        } catch is StorageError {
            throw Unavailable.storeUnavailable
        }
    }
}
