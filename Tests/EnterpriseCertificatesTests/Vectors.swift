import EnterpriseCertificates
import Foundation

/// Test input from outside, which the repository does not hold.
enum Vectors {
    /// The folder: `PORTVAKT_VECTORS`, or `../shared/vectors` beside the repository.
    static let folder: URL? = {
        let named = ProcessInfo.processInfo.environment["PORTVAKT_VECTORS"].map { URL(filePath: $0) }
        let repository = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = named ?? repository.deletingLastPathComponent().appending(path: "shared/vectors")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    static let absence = "no vectors: set PORTVAKT_VECTORS, or put them into ../shared/vectors"

    static func bytes(_ path: String) throws -> [UInt8] {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        return Array(try Data(contentsOf: folder.appending(path: path)))
    }
}
