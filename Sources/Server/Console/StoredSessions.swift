import Administration
import SQLiteStorage
import Vocabulary
import WebConsole

/// The console's sessions in the store: they outlive a restart, and every write goes through the one writer.
struct StoredSessions: SessionKeeping {
    let store: WriterAdministrationStore

    func session(_ hash: [UInt8]) async throws -> ConsoleSession? {
        try await store.read { try $0.consoleSession(hash) }
    }

    func logIn(
        _ code: ConsoleSecret,
        as secret: ConsoleSecret,
        replacing: ConsoleSecret?,
        trace: TraceID,
        at now: Timestamp
    ) async throws -> ConsoleSession? {
        try await store.write { transaction in
            try ConsoleDoor(in: transaction, at: now).logIn(code, as: secret, replacing: replacing, trace: trace)
        }
    }

    func logOut(_ secret: ConsoleSecret, trace: TraceID, at now: Timestamp) async throws {
        try await store.write { try ConsoleDoor(in: $0, at: now).logOut(secret, trace: trace) }
    }

    func noteUse(of session: ConsoleSession, at now: Timestamp) async throws {
        try await store.write { try ConsoleDoor(in: $0, at: now).noteUse(of: session) }
    }
}
