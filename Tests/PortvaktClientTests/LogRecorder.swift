import Logging
import Synchronization

/// Remembers what was logged.
final class LogRecorder: Sendable {
    private struct Line {
        let message: String
        let metadata: String
    }

    private let lines = Mutex<[Line]>([])

    /// A logger that writes here.
    var logger: Logger { Logger(label: "test") { _ in Handler(recorder: self) } }

    /// The messages, in order.
    var messages: [String] { lines.withLock { $0.map(\.message) } }

    /// Everything that was logged.
    var text: String { lines.withLock { $0.map { "\($0.message) \($0.metadata)" }.joined(separator: "\n") } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            recorder.lines.withLock { $0.append(Line(message: "\(event.message)", metadata: "\(all)")) }
        }
    }
}
