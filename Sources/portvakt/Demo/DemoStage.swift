import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import Vocabulary

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Where the story of `portvakt demo` is played: a folder, three ports, and the processes that listen on them.
final class DemoStage: Sendable {
    private struct State {
        var children: [Process] = []
        var token = ""
    }

    let folder: String
    private let ports: [UInt16]
    private let program: String
    private let state = Mutex(State())
    /// How long a child may take to listen.
    private static let patience = Duration.seconds(60)

    init(folder: String, ports: [UInt16]) throws(CLIError) {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            throw CLIError("program_unknown", "the program's own file cannot be found")
        }
        self.folder = folder
        self.ports = ports
        self.program = program
    }

    var issuer: String { "http://127.0.0.1:\(ports[0])/" }
    private var api: String { "http://127.0.0.1:\(ports[2])/fangst" }

    var servingOptions: [String] {
        ["--data", folder, "--listen", "127.0.0.1:\(ports[0])", "--admin-listen", "127.0.0.1:\(ports[1])"]
    }

    /// A command line as somebody would type it.
    func shown(_ arguments: [String]) -> String {
        (["portvakt"] + arguments).map { $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " ")
    }

    /// Makes the world and starts what listens, and waits until it does.
    func open(_ tell: (String) -> Void) async throws {
        let making = ["init", folder, "--demo", "--issuer", issuer]
        tell("$ " + shown(making))
        let made = try await run(making)
        guard made.status == 0 else { throw CLIError("story_failed", "the demo world was not made: \(made.errors)") }
        let serving = ["serve"] + servingOptions
        tell("$ " + shown(serving) + " &")
        try start(serving)
        try await wait(for: issuer + "health/ready")
        let providing = ["demo", "provider", "--issuer", issuer, "--listen", "127.0.0.1:\(ports[2])"]
        tell("$ " + shown(providing) + " &")
        try start(providing)
        try await wait(for: "http://127.0.0.1:\(ports[2])/health/ready")
    }

    /// Ends what listens.
    func close() {
        let children = state.withLock { state in
            defer { state.children = [] }
            return state.children
        }
        for child in children { child.terminate() }
        for child in children { child.waitUntilExit() }
    }

    /// Does a step; whether it ended as expected, and what it said.
    func perform(_ step: DemoSteps.Step, _ tell: (String) -> Void) async throws -> (went: Bool, lines: [String]) {
        if step.arguments == DemoSteps.call {
            tell("curl -H \"Authorization: Bearer $TOKEN\" \(api)")
            return try await call()
        }
        tell(step.yieldsToken ? "TOKEN=$(\(shown(step.arguments)))" : shown(step.arguments))
        let result = try await run(step.arguments)
        if step.yieldsToken, result.status == 0 {
            state.withLock { $0.token = result.output.trimmingCharacters(in: .whitespacesAndNewlines) }
        }
        let said = (step.yieldsToken ? "" : result.output) + result.errors
        let lines = said.split(separator: "\n").map(String.init)
        switch step.expected {
        case .success: return (result.status == 0, lines)
        case .refusal(let code): return (result.status == 1 && said.contains(code), lines)
        }
    }

    private func call() async throws -> (went: Bool, lines: [String]) {
        var request = HTTPClientRequest(url: api)
        request.headers.add(name: "Authorization", value: "Bearer " + state.withLock { $0.token })
        let answer = try await CommandHTTP.client.execute(request, timeout: TimeAmount(CommandHTTP.patience))
        let body = try await answer.body.collect(upTo: 65_536)
        return (answer.status == .ok, ["\(answer.status.code): " + String(buffer: body)])
    }

    private func wait(for url: String) async throws {
        let clock = ContinuousClock()
        let end = clock.now + Self.patience
        while clock.now < end {
            let answer = try? await CommandHTTP.client.execute(HTTPClientRequest(url: url), timeout: .seconds(2))
            if answer?.status == .ok { return }
            guard state.withLock({ $0.children.allSatisfy(\.isRunning) }) else { break }
            try await clock.sleep(for: .milliseconds(50))
        }
        throw CLIError("story_failed", "nothing answers at `\(url)`", hint: "another program may hold the port")
    }

    /// Starts a process that goes on until the story ends.
    private func start(_ arguments: [String]) throws {
        let child = process(arguments)
        child.standardOutput = FileHandle.nullDevice
        child.standardError = FileHandle.nullDevice
        try child.run()
        state.withLock { $0.children.append(child) }
    }

    /// Runs a command to its end.
    private func run(_ arguments: [String]) async throws -> (status: Int32, output: String, errors: String) {
        let child = process(arguments)
        let (output, errors) = (Pipe(), Pipe())
        child.standardOutput = output
        child.standardError = errors
        try child.run()
        // What these commands write fits the pipes' buffers many times over.
        child.waitUntilExit()
        return (
            child.terminationStatus, Self.text(of: output.fileHandleForReading),
            Self.text(of: errors.fileHandleForReading)
        )
    }

    private static func text(of file: FileHandle) -> String {
        String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    }

    private func process(_ arguments: [String]) -> Process {
        let child = Process()
        child.executableURL = URL(filePath: program)
        child.arguments = arguments
        child.standardInput = FileHandle.nullDevice
        // Settings of the caller's own installation are none of this one's.
        child.environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("PORTVAKT_") && !$0.key.hasPrefix("MASKINPORTEN_")
        }
        return child
    }
}

/// Ports of this machine that nobody listens on.
enum FreePorts {
    /// So many, held together for an instant so that they differ; nil when there are none.
    static func find(_ count: Int) -> [UInt16]? {
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        var ports: [UInt16] = []
        for _ in 0..<count {
            #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
            #endif
            guard descriptor >= 0 else { return nil }
            descriptors.append(descriptor)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
                }
            }
            guard isBound else { return nil }
            ports.append(UInt16(bigEndian: address.sin_port))
        }
        return ports
    }
}
