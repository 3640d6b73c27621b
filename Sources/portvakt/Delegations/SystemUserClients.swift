import ArgumentParser
import Operations

/// `portvakt systemuser clients`.
struct SystemUserClients: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clients",
        abstract: "Say for which clients an agent acts.",
        subcommands: [ClientsAdd.self, ClientsAvailable.self, ClientsList.self, ClientsRemove.self]
    )
}

/// `portvakt systemuser clients list AGENT`.
struct ClientsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the clients that an agent acts for.",
        discussion:
            "A client whose relation to the agent's owner is over gives no packages any more, and is shown with none."
    )

    @Argument(help: "The agent.") var agent: String
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ListAgentClients(["agent": agent])) }
}

/// `portvakt systemuser clients available AGENT`.
struct ClientsAvailable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "available",
        abstract: "List the clients of the agent's owner that it could act for."
    )

    @Argument(help: "The agent.") var agent: String
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ListAvailableClients(["agent": agent])) }
}

/// `portvakt systemuser clients add AGENT ORG…`.
struct ClientsAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Let an agent act for clients of its owner.",
        discussion: "Each relation must give all packages that the agent has."
    )

    @Argument(help: "The agent.") var agent: String
    @Argument(help: ArgumentHelp("Organisation numbers.", valueName: "org"), completion: .organisations)
    var clients: [String]
    @OptionGroup var person: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(AddAgentClients(person.adding(to: ["agent": agent, "org": clients], options)))
    }
}

/// `portvakt systemuser clients remove AGENT ORG…`.
struct ClientsRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Let an agent act for clients no more."
    )

    @Argument(help: "The agent.") var agent: String
    @Argument(help: ArgumentHelp("Organisation numbers.", valueName: "org"), completion: .organisations)
    var clients: [String]
    @OptionGroup var person: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let act = try RemoveAgentClients(person.adding(to: ["agent": agent, "org": clients], options))
        let count = act.clients.count
        try options.confirm("take \(count) client\(count == 1 ? "" : "s") from the agent")
        try await options.perform(act)
    }
}
