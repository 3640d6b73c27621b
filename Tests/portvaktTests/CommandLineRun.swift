import Foundation
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import portvakt

/// One command line run in this process, with all that it wrote.
struct CommandLineRun: Sendable {
    let status: portvakt.ExitStatus
    let output: String
    let errors: String

    /// The output as a JSON object.
    var json: [String: Any] {
        get throws { try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]) }
    }

    /// The object under `error` on stderr.
    var error: [String: Any] {
        get throws {
            let object = try JSONSerialization.jsonObject(with: Data(errors.utf8)) as? [String: Any]
            return try #require(object?["error"] as? [String: Any])
        }
    }

    /// Runs a command line; a terminal on all three sides if asked, else pipes.
    static func of(
        _ arguments: String...,
        terminal: Bool = false,
        environment: [String: String] = [:],
        answers: [String] = [],
        at now: Timestamp = Timestamp(seconds: 1_795_000_000)
    ) async -> CommandLineRun {
        await of(arguments, terminal: terminal, environment: environment, answers: answers, at: now)
    }

    /// Runs a command line; a terminal on all three sides if asked, else pipes.
    static func of(
        _ arguments: [String],
        terminal: Bool = false,
        environment: [String: String] = [:],
        answers: [String] = [],
        at now: Timestamp = Timestamp(seconds: 1_795_000_000)
    ) async -> CommandLineRun {
        let console = CapturedConsole(terminal: terminal, environment: environment, answers: answers, now: now)
        let status = await Console.$current.withValue(console.console) { await Portvakt.run(arguments) }
        return CommandLineRun(status: status, output: console.output, errors: console.errors)
    }
}

/// A console that keeps what is written and reads prepared answers.
final class CapturedConsole: Sendable {
    private struct StoppedClock: WallClock {
        let now: Timestamp
    }

    private struct Written {
        var output = ""
        var errors = ""
        var answers: [String]
    }

    private let written: Mutex<Written>
    private let surroundings: Console.Surroundings
    /// The even clock.
    let steps = SteppedClock()

    init(
        terminal: Bool = false,
        environment: [String: String] = [:],
        answers: [String] = [],
        now: Timestamp = Timestamp(seconds: 1_795_000_000)
    ) {
        written = Mutex(Written(answers: answers))
        surroundings = Console.Surroundings(
            inputIsTerminal: terminal,
            outputIsTerminal: terminal,
            errorsAreTerminal: terminal,
            environment: environment,
            clock: StoppedClock(now: now),
            instant: { [steps] in steps.now }
        )
    }

    var console: Console {
        Console(
            surroundings: surroundings,
            writer: { stream, bytes in
                let text = String(decoding: bytes, as: UTF8.self)
                self.written.withLock { written in
                    switch stream {
                    case .output: written.output += text
                    case .errors: written.errors += text
                    }
                }
            },
            reader: { self.written.withLock { $0.answers.isEmpty ? nil : $0.answers.removeFirst() } }
        )
    }

    var output: String { written.withLock(\.output) }
    var errors: String { written.withLock(\.errors) }
}

/// A folder of this test's own.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "portvakt-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
        chmod(path, 0o700)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, readable by its owner alone unless told otherwise.
    func file(_ name: String, _ content: some Sequence<UInt8>, mode: UInt32 = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        try Data(content).write(to: URL(filePath: file))
        chmod(file, mode)
        return file
    }

    func file(_ name: String, _ text: String, mode: UInt32 = 0o600) throws -> String {
        try file(name, text.utf8, mode: mode)
    }
}

/// The program itself, as a user runs it.
enum Program {
    /// What a run of the program left behind.
    struct Result: Sendable {
        let exitCode: Int32
        let output: String
        let errors: String
    }

    /// The binary, which stands beside the tests'.
    static let path = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "portvakt")
        .path

    static var exists: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Runs a program to its end, with files for stdout and stderr, so that no pipe can fill up.
    static func run(
        _ arguments: [String],
        of executable: String = path,
        input: String? = nil,
        environment: [String: String] = [:]
    ) async throws -> Result {
        let scratch = try ScratchFolder()
        let output = try scratch.file("out", "")
        let errors = try scratch.file("err", "")
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "TERM": "xterm", "LD_LIBRARY_PATH": inherited].merging(
            environment
        ) {
            $1
        }
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
        process.standardInput =
            if let input {
                try FileHandle(forReadingFrom: URL(filePath: scratch.file("in", input)))
            } else {
                FileHandle.nullDevice
            }
        // Waited for without blocking a thread that other tests need.
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Result(
            exitCode: process.terminationStatus,
            output: try String(contentsOfFile: output, encoding: .utf8),
            errors: try String(contentsOfFile: errors, encoding: .utf8)
        )
    }

    private static let inherited = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? ""
}
