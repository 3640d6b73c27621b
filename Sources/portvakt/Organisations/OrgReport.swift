import ArgumentParser
import Operations

/// `portvakt org report`.
struct OrgReport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "List what hangs on organisations that the register says are closed, bankrupt, unknown or moved.",
        discussion: """
            Access, clients, delegations, system users, consents and the rest are never removed for what the register says; \
            here they stand, one a line, with since when it is so and what to do. A merger shows by where the sub-units of the \
            closed unit went, as the open register names no successor. With `--check` it exits with 2 when anything is listed.
            """
    )

    @Option(help: ArgumentHelp("Only what hangs on this organisation.", valueName: "org"), completion: .organisations)
    var org: String?

    @Option(help: ArgumentHelp("Show units under a new unit above for so long (default: 90d).", valueName: "time"))
    var movedWithin = "90d"

    @Flag(help: "Exit with 2 when anything is listed.")
    var check = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(
            ReportOnRegister(["org": org, "moved_within": movedWithin, "check": check])
        )
    }
}
