import Administration
import ArgumentParser
import Clients
import JOSE
import Operations
import Organisations
import SQLiteStorage
import Scopes
import Vocabulary

/// `portvakt client`.
struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client",
        abstract: "Register the software that asks for tokens, and its keys.",
        subcommands: [
            ClientCreate.self, ClientDisable.self, ClientEnable.self, ClientKeys.self, ClientList.self,
            ClientOnBehalfOf.self, ClientReport.self, ClientShow.self,
        ]
    )
}

/// `portvakt client list`.
struct ClientList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List clients.")

    @Option(help: ArgumentHelp("Only clients of this organisation.", valueName: "org"), completion: .organisations)
    var org: String?

    @Option(help: "Only clients that hold this scope.", completion: .scopes)
    var scope: String?

    @Option(help: ArgumentHelp("Only clients with a key that ends within this time, as 30d.", valueName: "time"))
    var expiring: String?

    @Flag(help: "Disabled clients too.")
    var disabled = false

    @Option(help: ArgumentHelp("Only clients as old as this, as 90d, with no token since.", valueName: "time"))
    var unused: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(
            ListClients([
                "org": org, "scope": scope, "expiring": expiring, "disabled": disabled, "unused": unused,
            ])
        )
    }
}

/// `portvakt client show ID`.
struct ClientShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a client with its scopes and keys."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id"), completion: .clients)
    var client: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ShowClient(["client": client])) }
}

/// `portvakt client disable ID`.
struct ClientDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Let a client get no more tokens; its scopes and keys stay.",
        discussion: "Tokens issued before live until they end."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id"), completion: .clients)
    var client: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let act = try DisableClient(["client": client])
        try options.confirm("disable the client `\(client)`")
        try await options.perform(act)
    }
}

/// `portvakt client enable ID`.
struct ClientEnable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Let a disabled client get tokens again."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id"), completion: .clients)
    var client: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(EnableClient(["client": client])) }
}
