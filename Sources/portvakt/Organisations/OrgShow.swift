import ArgumentParser
import Clients
import Delegations
import Operations
import Organisations
import SQLiteStorage
import Scopes
import Vocabulary

/// `portvakt org show ORG`.
struct OrgShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an organisation: its state, its clients, what it may use and who may use what it owns."
    )

    @Argument(help: ArgumentHelp("The organisation number.", valueName: "org"), completion: .organisations)
    var organisation: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ShowOrganisation(["org": organisation])) }
}
