import AuditLedger
import Operations
import Organisations
import SQLiteStorage
import Server

extension GlobalOptions {
    /// Asks, on the data folder or a server, and prints the answer.
    func perform(_ inquiry: some Inquiry) async throws { try print(try await answer(inquiry)) }

    /// Performs the act, on the data folder or a server, and prints what came of it.
    func perform(_ act: some OperatorAct) async throws { try print(try await answer(act)) }

    /// The answer, for a command that has more to do with it.
    func answer(_ inquiry: some Inquiry) async throws -> Report {
        if case .server(let context) = try target() {
            return try await OperatorServer(context, patience: try patience()).answer(inquiry)
        }
        let store = try openStore()
        defer { try? store.close() }
        var context = OperationContext(viewer: .operator, now: now)
        // Whoever holds the folder is the operator. What the server would do is told by its configuration.
        context.distress = configuredDistress(in: store.folder.path)
        context.policy = issuancePolicy
        context.earlyRefusals = { [ring = store.folder.refusalRing] in try RefusalRing.refusals(in: ring) }
        return try await store.read { [context] in try inquiry.answer(from: $0, in: context) }
    }

    /// What came of the act, for a command that has more to do with it.
    func answer(_ act: some OperatorAct) async throws -> Report {
        if case .server(let context) = try target() {
            return try await OperatorServer(context, patience: try patience()).answer(act, for: reason)
        }
        return try administer {
            try act.perform(in: $0, OperationContext(viewer: .operator, now: now, policy: issuancePolicy))
        }
    }

    private func configuredDistress(in folder: String) -> DistressPolicy? {
        let environment = Console.current.surroundings.environment
        return try? ServerConfiguration(ConfigurationInputs(dataFolder: folder, environment: environment))
            .organisationDistress
    }
}
