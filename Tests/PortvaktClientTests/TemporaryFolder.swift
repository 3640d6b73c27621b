import Foundation

/// A folder that is gone with its owner.
final class TemporaryFolder {
    let url = FileManager.default.temporaryDirectory.appending(path: "portvakt-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Where a file is.
    func path(_ name: String) -> String { url.appending(path: name).path }

    /// Writes a file in one step, and gives its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: url.appending(path: name), options: .atomic)
        return path(name)
    }
}
