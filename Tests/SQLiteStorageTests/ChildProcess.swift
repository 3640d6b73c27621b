import AuditLedger
import Foundation
import Testing

@testable import SQLiteStorage

/// A second process: this test program once more, with nothing but one task to run.
struct ChildProcess {
    static let taskVariable = "PORTVAKT_TEST_CHILD"
    static let folderVariable = "PORTVAKT_TEST_FOLDER"

    let process = Process()
    let output = Pipe()

    init(_ task: String, on folder: DataFolder) throws {
        process.executableURL = URL(filePath: "/proc/self/exe")
        process.arguments = ["--testing-library", "swift-testing", "--filter", "ChildTasks"]
        process.environment = ProcessInfo.processInfo.environment.merging([
            Self.taskVariable: task, Self.folderVariable: folder.path,
        ]) { $1 }
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Reads what the child says until the end of a line that begins with `word`.
    func wait(for word: String) throws {
        var line = ""
        while let byte = try output.fileHandleForReading.read(upToCount: 1), let character = byte.first {
            if character != UInt8(ascii: "\n") {
                line.append(Character(Unicode.Scalar(character)))
            } else if line.hasPrefix(word) {
                return
            } else {
                line = ""
            }
        }
        throw ChildEnded()
    }

    /// What the child has said and not been read, when it has ended or been killed.
    func rest() throws -> [String] {
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    struct ChildEnded: Error {}
}

/// What a child process does; no test in itself.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment[ChildProcess.taskVariable] != nil,
        "runs only as the child of another test"
    )
)
struct ChildTasks {
    @Test func `does what it was started for`() throws {
        let environment = ProcessInfo.processInfo.environment
        let folder = DataFolder(path: try #require(environment[ChildProcess.folderVariable]))
        switch environment[ChildProcess.taskVariable] {
        case "append":
            let store = try SQLiteStore(folder, opening: .requireCurrent)
            say("ready")
            for _ in 0..<300 {
                try store.transaction { try $0.append(event(.accessGranted)) }
                usleep(500)
            }
        case "append for ever":
            let store = try SQLiteStore(folder, opening: .requireCurrent)
            while true {
                let last = try store.transaction { transaction in
                    for _ in 0..<6 { try transaction.append(event()) }
                    return try transaction.append(event())
                }
                // Said only when it is durable, as a token leaves only then.
                say("durable \(last.sequence)")
            }
        case "hold the database":
            let store = try SQLiteStore(folder, opening: .requireCurrent)
            try store.transaction { transaction in
                try transaction.append(event())
                say("holding")
                sleep(60)
            }
        case "serve":
            let lock = try ServeLock(on: folder)
            say("serving")
            sleep(60)
            withExtendedLifetime(lock) {}
        default: Issue.record("no such task")
        }
    }

    /// Past every buffer, for the parent to read at once.
    private func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
}
