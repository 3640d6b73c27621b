import Foundation
import Vocabulary

/// Where a command reads and writes: stdout for data, stderr for everything else.
struct Console: Sendable {
    /// One of the two ways out.
    enum Stream: Sendable {
        /// Data, and nothing else.
        case output
        /// Notes, questions, progress, errors.
        case errors
    }

    /// What is known of the surroundings.
    struct Surroundings: Sendable {
        /// Whether stdin is a terminal.
        var inputIsTerminal = false
        /// Whether stdout is a terminal.
        var outputIsTerminal = false
        /// Whether stderr is a terminal.
        var errorsAreTerminal = false
        /// The environment.
        var environment: [String: String] = [:]
        /// The clock on the wall.
        var clock: any WallClock = SystemClock()
        /// The even clock.
        var instant: @Sendable () -> ContinuousClock.Instant = { .now }
    }

    /// What is known of the surroundings.
    let surroundings: Surroundings
    private let writer: @Sendable (Stream, [UInt8]) throws -> Void
    private let reader: @Sendable () -> String?

    /// A console; tests give their own ends.
    init(
        surroundings: Surroundings,
        writer: @escaping @Sendable (Stream, [UInt8]) throws -> Void,
        reader: @escaping @Sendable () -> String?
    ) {
        self.surroundings = surroundings
        self.writer = writer
        self.reader = reader
    }

    /// The console of the running command; the process's own but in tests.
    @TaskLocal static var current = Console.process

    /// The process's own descriptors.
    static let process = Console(
        surroundings: Surroundings(
            inputIsTerminal: isatty(0) == 1,
            outputIsTerminal: isatty(1) == 1,
            errorsAreTerminal: isatty(2) == 1,
            environment: ProcessInfo.processInfo.environment
        ),
        writer: { stream, bytes in
            switch stream {
            case .output: try writeAll(bytes, to: 1)
            // Nobody is left to tell when stderr cannot be written.
            case .errors: try? writeAll(bytes, to: 2)
            }
        },
        reader: { readLine(strippingNewline: true) }
    )

    /// Writes data to stdout; throws when it cannot be written (a full disk must not look like success).
    func write(_ text: String) throws { try writer(.output, Array(text.utf8)) }

    /// Writes a note to stderr.
    func writeError(_ text: String) { try? writer(.errors, Array(text.utf8)) }

    /// Reads one line from stdin; nil at its end.
    func readAnswer() -> String? { reader() }
}

/// stdout was closed by its reader, as by `| head`: no fault, but no reason to go on.
struct ReaderGone: Error {}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
        if written >= 0 {
            rest = rest.dropFirst(written)
        } else if errno == EPIPE {
            throw ReaderGone()
        } else if errno == EAGAIN {
            // The descriptor was set non-blocking by whoever shares it; wait until it takes bytes again.
            var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            _ = poll(&waiting, 1, -1)
        } else if errno != EINTR {
            throw CLIError("output_failed", "cannot write the output: \(String(cString: strerror(errno)))")
        }
    }
}
