import Operations
import SQLiteStorage
import Server

extension GlobalOptions {
    /// Asks, and prints the answer.
    func perform(_ inquiry: some Inquiry) async throws { try print(try await answer(inquiry)) }

    /// Performs the act, and prints what came of it.
    func perform(_ act: some OperatorAct) async throws { try print(try await answer(act)) }

    /// The answer, for a command that has more to do with it.
    func answer(_ inquiry: some Inquiry) async throws -> Report {
        let store = try openStore()
        defer { try? store.close() }
        let context = operationContext(in: store)
        return try await store.read { try inquiry.answer(from: $0, in: context) }
    }

    /// What came of the act, for a command that has more to do with it.
    func answer(_ act: some OperatorAct) async throws -> Report {
        try administer {
            try act.perform(in: $0, OperationContext(viewer: .operator, now: now, policy: issuancePolicy))
        }
    }

    /// What a command on the data folder is answered in the light of: whoever holds the folder is the operator.
    private func operationContext(in store: SQLiteStore) -> OperationContext {
        OperationContext(viewer: .operator, now: now, policy: issuancePolicy)
    }
}
