import Administration
import ArgumentParser
import Delegations
import Foundation
import Operations
import SQLiteStorage
import Vocabulary

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

    func run() async throws {
        let id = try Typed.uuid(agent)
        let rows = try options.look { reader in
            let agent = try ClientsOutput.agent(id, in: reader)
            return try reader.clientDelegations(of: id).map { delegation in
                (delegation, try ClientRelations(reader).packages(of: delegation, to: agent))
            }
        }
        try options.print(
            Table(
                "systemuser-clients",
                rows,
                whenEmpty: "the agent acts for nobody",
                columns: [
                    Column("client_orgno", title: "CLIENT") { $0.0.client },
                    Column("packages") { $0.1 },
                    Column("since") { $0.0.created },
                    Column("basis", .detail) { $0.0.basis },
                    Column("id", .detail) { $0.0.id.uuidString.lowercased() },
                ]
            )
        )
    }
}

/// `portvakt systemuser clients available AGENT`.
struct ClientsAvailable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "available",
        abstract: "List the clients of the agent's owner that it could act for."
    )

    @Argument(help: "The agent.") var agent: String
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.uuid(agent)
        let relations = try options.look { reader in
            try ClientRelations(reader).available(for: try ClientsOutput.agent(id, in: reader))
        }
        try options.print(
            Table(
                "systemuser-clients-available",
                relations,
                whenEmpty: "there is no such client",
                columns: [
                    Column("client_orgno", title: "CLIENT") { $0.client },
                    Column("roles") { $0.roles.map(\.rawValue) },
                    Column("packages") { $0.packages },
                ]
            )
        )
    }
}

/// `portvakt systemuser clients add AGENT ORG…`.
struct ClientsAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Let an agent act for clients of its owner.",
        discussion: "Each relation must give all packages that the agent has."
    )

    @Argument(help: "The agent.") var agent: String
    @Argument(help: ArgumentHelp("Organisation numbers.", valueName: "org")) var clients: [String]
    @OptionGroup var person: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.uuid(agent)
        let clients = try clients.map { text throws(CLIError) in try Typed.organisation(text) }
        let right = try person.right(in: options)
        let outcomes = try options.administer { administration in
            try clients.map { try administration.addClient($0, to: id, on: right) }
        }
        try options.print(ClientsOutput.table(outcomes.map { ($0.value, $0.hasChanged ? "added" : "already") }))
    }
}

/// `portvakt systemuser clients remove AGENT ORG…`.
struct ClientsRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Let an agent act for clients no more."
    )

    @Argument(help: "The agent.") var agent: String
    @Argument(help: ArgumentHelp("Organisation numbers.", valueName: "org")) var clients: [String]
    @OptionGroup var person: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.uuid(agent)
        let clients = try clients.map { text throws(CLIError) in try Typed.organisation(text) }
        let right = try person.right(in: options)
        try options.confirm("take \(clients.count) client\(clients.count == 1 ? "" : "s") from the agent")
        let outcomes = try options.administer { administration in
            try clients.map { try administration.removeClient($0, from: id, on: right) }
        }
        try options.print(ClientsOutput.table(outcomes.map { ($0.value, "removed") }))
    }
}

/// How clients of agents are found and shown.
enum ClientsOutput {
    /// The living agent.
    static func agent(_ id: UUID, in reader: SQLiteReader) throws -> SystemUser {
        guard let user = try reader.systemUser(id), !user.isDeleted else {
            throw SystemUserRefusal(.systemUserNotFound)
        }
        guard user.kind == .agent else { throw SystemUserRefusal(.agentExpected) }
        return user
    }

    /// What was done to each client.
    static func table(_ rows: [(ClientDelegation, String)]) -> Table<(ClientDelegation, String)> {
        Table(
            "systemuser-clients-changed",
            rows,
            columns: [
                Column("client_orgno", title: "CLIENT") { $0.0.client },
                Column("packages") { $0.0.packages },
                Column("result") { $0.1 },
            ]
        )
    }
}
