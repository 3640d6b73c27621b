import Dispatch
import Foundation

/// What tells that files have changed, without reading them.
struct FileStamps: Sendable, Equatable {
    private struct Stamp: Sendable, Equatable {
        let device: UInt64
        let inode: UInt64
        let size: Int64
        let modified: [Int]
        let changed: [Int]
    }

    /// One for each file; nil for one that is not there.
    private let stamps: [Stamp?]

    /// Looks at files; links are followed, for that is how mounted secrets are replaced.
    init(of paths: [String]) {
        stamps = paths.map { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            return Stamp(
                device: UInt64(status.st_dev),
                inode: UInt64(status.st_ino),
                size: Int64(status.st_size),
                modified: [status.st_mtim.tv_sec, status.st_mtim.tv_nsec],
                changed: [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
            )
        }
    }
}

/// Where one signer's files are read: never on the threads that run tasks, and not behind another signer's, whose file
/// system or token may hang.
struct FileReading: Sendable {
    private let queue = DispatchQueue(label: "portvakt.client.files")

    /// Does work that waits for files, or for a token.
    func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}
