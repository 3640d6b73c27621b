import ArgumentParser
import Foundation
import Operations
import Server
import Vocabulary

/// `portvakt doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at an installation and say what is to be mended.",
        discussion: """
            Green is as it should be, yellow is to be mended before it breaks, red is broken. Exit 0 when all is green, 2 \
            with something yellow, 1 with something red. Works beside a running server, whose answers are then compared with \
            the installation, and without one. Changes nothing, unless --fix-permissions is given.
            """
    )

    @Flag(name: .long, help: "Do not ask responders, lists and the server over the network.")
    var offline = false

    @Flag(name: .long, help: "First take from group and others what they may do with the data folder's files.")
    var fixPermissions = false

    @Option(name: .long, help: ArgumentHelp("Another configuration file.", valueName: "file"), completion: .file())
    var config: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireDataFolder()
        if fixPermissions {
            for repaired in try PermissionRepair(dataFolder: options.data).mend() {
                options.note("`\(repaired.path)`: \(repaired.before), now \(repaired.after)")
            }
        }
        let inputs = ConfigurationInputs(
            dataFolder: options.data,
            file: config,
            environment: Console.current.surroundings.environment
        )
        let findings = await Doctor(inputs, at: options.now, asksOthers: !offline).examine()
        let red = findings.count { $0.state == .red }
        let yellow = findings.count { $0.state == .yellow }
        try options.print(
            Table(
                "doctor",
                findings,
                facts: [.init("red", red), .init("yellow", yellow)],
                columns: [
                    Column("check") { $0.check },
                    Column("state", style: { $0.state.style }) { $0.state.rawValue },
                    Column("subject") { $0.subject },
                    Column("message") { $0.message },
                    Column("remedy") { $0.remedy },
                ]
            )
        )
        guard red == 0 else {
            throw CLIError("installation_ill", red == 1 ? "one finding is red" : "\(red) findings are red")
        }
        guard yellow == 0 else {
            throw CLIError(
                "installation_wants_attention",
                yellow == 1 ? "one finding is yellow" : "\(yellow) findings are yellow",
                status: .attention
            )
        }
    }
}

extension Finding.State {
    fileprivate var style: TextStyle {
        switch self {
        case .green: .good
        case .yellow: .warning
        case .red: .bad
        }
    }
}
