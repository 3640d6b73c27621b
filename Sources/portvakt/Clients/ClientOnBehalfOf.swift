import Administration
import ArgumentParser
import Clients
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt client onbehalfof`.
struct ClientOnBehalfOf: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "onbehalfof",
        abstract: "Register the customers that a client may name in `iss_onbehalfof`.",
        discussion: """
            The older way of suppliers, without the customer's own act: only scopes whose owners have turned on \
            `allows_unproven_supplier` can be had so. Better is `consumer_org` with a delegation.
            """,
        subcommands: [ClientOnBehalfOfAdd.self, ClientOnBehalfOfList.self, ClientOnBehalfOfRemove.self]
    )
}

/// `portvakt client onbehalfof add ID VALUE ORG`.
struct ClientOnBehalfOfAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Let a client name a customer by a value, or change the entry's name and description."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id")) var client: String
    @Argument(help: "What stands in `iss_onbehalfof`.") var value: String
    @Argument(help: ArgumentHelp("The customer.", valueName: "org"), completion: .organisations) var customer: String

    @Option(help: ArgumentHelp("The name, for lists (default: the value).", valueName: "text")) var name: String?
    @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var description: String?
    @Option(help: ArgumentHelp("A page about it.", valueName: "url")) var uri: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(
            AddOnBehalfOf([
                "client": client, "value": value, "org": customer, "name": name, "description": description,
                "uri": uri,
            ])
        )
    }
}

/// `portvakt client onbehalfof list ID`.
struct ClientOnBehalfOfList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the customers that a client may name."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id")) var client: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ListOnBehalfOf(["client": client])) }
}

/// `portvakt client onbehalfof remove ID VALUE`.
struct ClientOnBehalfOfRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take a customer from a client; what is removed already stays so."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id")) var client: String
    @Argument(help: "What stands in `iss_onbehalfof`.") var value: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let act = try RemoveOnBehalfOf(["client": client, "value": value])
        try options.confirm("remove `\(value)` from the client `\(client)`")
        try await options.perform(act)
    }
}
