import Administration
import ArgumentParser
import Operations
import Organisations
import SQLiteStorage
import Scopes
import Vocabulary

/// `portvakt prefix`.
struct PrefixCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prefix",
        abstract: "Say who owns which prefix of scopes.",
        subcommands: [PrefixAssign.self, PrefixList.self]
    )
}

/// `portvakt prefix assign PREFIX ORG`.
struct PrefixAssign: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign",
        abstract: "Assign a free prefix of scopes to an organisation.",
        discussion: "For example: `portvakt prefix assign acme 310000124`."
    )

    @Argument(help: "The prefix, as `acme`.", completion: .prefixes)
    var prefix: String

    @Argument(help: ArgumentHelp("The organisation that shall own it.", valueName: "org"), completion: .organisations)
    var organisation: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(AssignPrefix(["prefix": prefix, "org": organisation]))
    }
}

/// `portvakt prefix list`.
struct PrefixList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the prefixes of scopes and who owns them."
    )

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ListPrefixes([:])) }
}
