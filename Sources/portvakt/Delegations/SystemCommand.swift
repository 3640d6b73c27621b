import ArgumentParser
import Operations

/// `portvakt system`.
struct SystemCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "system",
        abstract: "Keep the register of vendors' systems.",
        subcommands: [SystemCreate.self, SystemDelete.self, SystemList.self, SystemShow.self, SystemUpdate.self]
    )
}

/// `portvakt system create FILE`.
struct SystemCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Register a system.",
        discussion: """
            The file holds one JSON object as Altinn's system register has it: `id`, `vendor`, `name`, `rights`, \
            `accessPackages`, `clientId`, `allowedRedirectUrls`.
            """
    )

    @Argument(help: ArgumentHelp("The record; - is stdin.", valueName: "file"), completion: .file()) var file: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(CreateSystem(["record": try JSONFile.object(file)])) }
}

/// `portvakt system update FILE`.
struct SystemUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Give a system new values.",
        discussion: "The file holds the whole record. System users keep the rights that their owners gave them."
    )

    @Argument(help: ArgumentHelp("The record; - is stdin.", valueName: "file"), completion: .file()) var file: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(UpdateSystem(["record": try JSONFile.object(file)])) }
}

/// `portvakt system list`.
struct SystemList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List systems.")

    @Option(help: ArgumentHelp("Only those of this vendor.", valueName: "org"), completion: .organisations)
    var vendor: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ListSystems(["vendor": vendor])) }
}

/// `portvakt system show ID`.
struct SystemShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a system and its change log.")

    @Argument(help: "The system.") var id: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ShowSystem(["system": id])) }
}

/// `portvakt system delete ID`.
struct SystemDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a system, its system users and the clients of its agents.",
        discussion:
            "Requests that wait are denied. The identifier stays taken. No token is issued from the next second on."
    )

    @Argument(help: "The system.") var id: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let act = try DeleteSystem(["system": id])
        let users = try await options.answer(ListSystemUsers(["system": id])).items.count
        try options.confirm("delete the system `\(act.id)` and its \(users) system user\(users == 1 ? "" : "s")")
        try await options.perform(act)
    }
}
