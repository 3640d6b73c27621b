import ArgumentParser
import DemoWorld
import Foundation
import Operations
import Vocabulary

/// `portvakt demo`: the whole way of a token, and what happens when a right is withdrawn.
struct DemoStory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "story",
        abstract: "Make a demo world, serve it, and walk from a grant to a token, a call, a withdrawal and a refusal.",
        discussion: """
            Everything is real and on loopback: a server, an API of a provider, a consumer, and a supplier that acts for \
            it. Each command is printed as it is run, so that it can be run again: with --keep the world stays. Exit 1 when \
            a step does not end as it should.
            """
    )

    @Option(help: ArgumentHelp("Make the world in this new folder and leave it there.", valueName: "folder"))
    var keep: String?

    @Option(
        help: ArgumentHelp("The server's port; the next two are the admin listener's and the API's.", valueName: "port")
    )
    var port: UInt16?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if let port, !(1_024...65_533).contains(port) { throw ValidationError("--port must be 1024 to 65533.") }
    }

    func run() async throws {
        try options.requireNoServer()
        let folder = keep ?? FileManager.default.temporaryDirectory.path + "/portvakt-story-\(UUID().uuidString)"
        defer { if keep == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let stage = try DemoStage(folder: folder, ports: try ports())
        defer { stage.close() }
        try await stage.open { options.note($0) }
        let steps = DemoSteps.all(on: stage)
        var outcomes: [(step: DemoSteps.Step, went: Bool)] = []
        for (number, step) in steps.enumerated() {
            options.note("\n\(number + 1). \(step.title)")
            let (went, lines) = try await stage.perform(step) { options.note("   $ \($0)") }
            for line in lines { options.note("   \(line)") }
            outcomes.append((step, went))
        }
        try options.print(
            Table(
                "demo-story",
                outcomes,
                columns: [
                    Column("step") { $0.step.title },
                    Column("expected") { $0.step.expected.words },
                    Column("result", style: { $0.went ? .good : .bad }) { $0.went ? "as expected" : "otherwise" },
                ]
            )
        )
        if keep != nil { options.note("\nserve it again with: \(stage.shown(["serve"] + stage.servingOptions))") }
        let failed = outcomes.count { !$0.went }
        guard failed == 0 else { throw CLIError("story_failed", "\(failed) steps ended otherwise than they should") }
    }

    private func ports() throws(CLIError) -> [UInt16] {
        if let port { return [port, port + 1, port + 2] }
        guard let ports = FreePorts.find(3) else {
            throw CLIError("no_free_ports", "no three ports are free on loopback")
        }
        return ports
    }
}

/// What is done in the story, step by step.
enum DemoSteps {
    /// How a step must end.
    enum Expectation: Sendable, Hashable {
        /// The command ends with 0.
        case success
        /// The command fails, and what it says names that code.
        case refusal(String)

        var words: String {
            switch self {
            case .success: "done"
            case .refusal(let code): "refused with \(code)"
            }
        }
    }

    /// One command, or a call of the API with the last token.
    struct Step: Sendable {
        let title: String
        let arguments: [String]
        var expected = Expectation.success
        /// Whether stdout is a token, which is kept and not shown.
        var yieldsToken = false
    }

    /// A call of the provider's API; the first word is no subcommand.
    static let call = ["CALL"]

    /// The story on a stage.
    static func all(on stage: DemoStage) -> [Step] {
        let data = ["--output", "table", "--data", stage.folder]
        let scope = "demo:fangst.read"
        let consumer = "311001213"
        let supplier = "311001078"
        let fishFarm = ["token", "request", "--env-file", stage.folder + "/demo/clients/fjordfisk/.env"]
        let office =
            ["token", "request", "--env-file", stage.folder + "/demo/clients/lonn/.env", "--scope", scope]
            + ["--consumer-org", consumer]
        return [
            Step(title: "Who may read catch reports?", arguments: ["access", "list", "--scope", scope] + data),
            Step(title: "A fish farm asks for a token", arguments: fishFarm, yieldsToken: true),
            Step(title: "The API takes it", arguments: call),
            Step(
                title: "Its payroll office asks for it too, by a delegation",
                arguments: office,
                yieldsToken: true
            ),
            Step(title: "The API takes that one as well", arguments: call),
            Step(
                title: "The fish farm ends the delegation",
                arguments: ["delegation", "revoke", "--consumer", consumer, "--supplier", supplier, "--yes"] + data
            ),
            Step(title: "The payroll office gets no more", arguments: office, expected: .refusal("MP-251")),
            Step(
                title: "The provider withdraws its grant",
                arguments: ["access", "revoke", scope, consumer, "--yes", "--reason", "the story demands it"] + data
            ),
            Step(title: "The fish farm gets no more either", arguments: fishFarm, expected: .refusal("MP-250")),
            Step(
                title: "What the ledger has of it",
                arguments: ["audit", "tail", "--lines", "6"] + data
            ),
            Step(title: "And nobody has changed it", arguments: ["audit", "verify"] + data),
        ]
    }
}
