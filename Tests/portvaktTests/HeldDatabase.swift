import SQLiteStorage

/// A database that is kept open, as a server does, so that whoever closes it meanwhile is not the last one.
final class HeldDatabase: Sendable {
    private let store: SQLiteStore

    init(_ data: String) async throws {
        store = try SQLiteStore(SQLiteStorage.DataFolder(path: data), opening: .requireCurrent)
    }

    func close() throws { try store.close() }
}
