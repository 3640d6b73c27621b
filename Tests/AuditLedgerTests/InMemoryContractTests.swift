import AuditLedger
import TestSupport
import Testing

/// The double that other tests rely on keeps the promises of a database.
@Suite("Storage contract: the ledger in memory", .timeLimit(.minutes(2)))
struct InMemoryContractTests {
    struct Subject: StorageContractSubject {
        let store = InMemoryLedgerStore()
        let node = "node-1"

        static func empty() -> Subject { Subject() }
        func open() -> InMemoryLedgerStore { store }
        func rows() -> [LedgerRow] { store.rows }
        func remove() {}
    }

    @Test(arguments: StorageContract<Subject>.cases)
    func `keeps its promise`(promise: StorageContractCase<Subject>) async throws { try await promise.check() }
}
