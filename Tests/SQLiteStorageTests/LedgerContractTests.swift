import TestSupport
import Testing

@Suite("Storage contract: the ledger in SQLite", .timeLimit(.minutes(5)))
struct LedgerContractTests {
    @Test(arguments: StorageContract<Installation>.cases)
    func `keeps its promise`(promise: StorageContractCase<Installation>) async throws { try await promise.check() }
}
