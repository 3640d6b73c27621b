import AuditLedger
import Delegations
import Foundation
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
    ///
    /// `leavesNoTrace`: not a byte of the data folder's database changes by it.
    func answer(_ inquiry: some Inquiry, leavesNoTrace: Bool = false) async throws -> Report {
        if case .server(let context) = try target() {
            return try await OperatorServer(context, patience: try patience()).answer(inquiry, for: reason)
        }
        let context = try folderContext()
        if type(of: inquiry).isRecorded { try administer { try inquiry.note(in: $0, context) } }
        if leavesNoTrace { return try lookWithoutTrace { try inquiry.answer(from: $0, in: context) } }
        let store = try openStore()
        defer { try? store.close() }
        return try await store.read { try inquiry.answer(from: $0, in: context) }
    }

    /// What came of the act, for a command that has more to do with it.
    func answer(_ act: some OperatorAct) async throws -> Report {
        if case .server(let context) = try target() {
            return try await OperatorServer(context, patience: try patience()).answer(act, for: reason)
        }
        let context = try folderContext()
        return try administer { try act.perform(in: $0, context) }
    }

    /// What an operation on the data folder is answered in the light of: whoever holds the folder is the operator.
    private func folderContext() throws -> OperationContext {
        let folder = SQLiteStorage.DataFolder(path: try dataFolder().path)
        let environment = Console.current.surroundings.environment
        // What the server would do is told by its configuration.
        let configuration = try? ServerConfiguration(
            ConfigurationInputs(dataFolder: folder.path, environment: environment)
        )
        return OperationContext(
            viewer: .operator,
            now: now,
            distress: configuration?.organisationDistress,
            policy: issuancePolicy,
            earlyRefusals: { [ring = folder.refusalRing] in try RefusalRing.refusals(in: ring) },
            pseudonyms: { [path = folder.path] use in try Self.pseudonymKey(in: path, for: use) }
        )
    }

    private static func pseudonymKey(in folder: String, for use: PseudonymUse) throws -> PseudonymKey? {
        switch use {
        case .finding:
            guard FileManager.default.fileExists(atPath: PseudonymKeyFile.path(in: folder)) else { return nil }
            return try PseudonymKeyFile.readOrMake(in: folder, isUsed: true)
        case .keeping(let othersAreKnown): return try PseudonymKeyFile.readOrMake(in: folder, isUsed: othersAreKnown)
        }
    }
}
