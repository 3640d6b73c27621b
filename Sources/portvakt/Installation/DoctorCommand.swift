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
            Green is as it should be, yellow is to be mended before it breaks, red is broken. Exit 0 without red, 1 with. \
            Works beside a running server and without one; changes nothing.
            """
    )

    @Flag(name: .long, help: "Do not ask responders and lists over the network.")
    var offline = false

    @Option(name: .long, help: ArgumentHelp("Another configuration file.", valueName: "file"), completion: .file())
    var config: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let inputs = ConfigurationInputs(
            dataFolder: options.data,
            file: config,
            environment: Console.current.surroundings.environment
        )
        let findings = await Doctor(inputs, at: options.now, asksOthers: !offline).examine()
        let red = findings.count { $0.state == .red }
        try options.print(
            Table(
                "doctor",
                findings,
                facts: [.init("red", red), .init("yellow", findings.count { $0.state == .yellow })],
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
