import Administration
import ArgumentParser
import Clients
import JOSE
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
            ClientOnBehalfOf.self, ClientShow.self,
        ]
    )
}

/// `portvakt client list`.
struct ClientList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List clients.")

    @Option(help: ArgumentHelp("Only clients of this organisation.", valueName: "org"))
    var org: String?

    @Option(help: "Only clients that hold this scope.")
    var scope: String?

    @Option(help: ArgumentHelp("Only clients with a key that ends within this time, as 30d.", valueName: "time"))
    var expiring: String?

    @Flag(help: "Disabled clients too.")
    var disabled = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let now = options.now
        var query = ClientQuery()
        query.owner = try org.map { text throws(CLIError) in try Typed.organisation(text) }
        query.scope = try scope.map { text throws(CLIError) in try Typed.scope(text) }
        query.includesInactive = disabled
        if let expiring { query.keyEndingBefore = now + (try Typed.span(expiring, option: "--expiring")) }
        let clients = try options.look { try $0.clients(query) }
        try options.print(
            Table(
                "client-list",
                clients,
                whenEmpty: "there is no such client",
                columns: [
                    Column("client_id", title: "ID") { $0.id },
                    Column("client_name", title: "NAME") { $0.name },
                    Column("client_orgno", title: "ORG") { $0.owner },
                    Column("supplier_orgno", .detail) { $0.supplier },
                    Column("integration_type", .detail) { $0.integrationType.rawValue },
                    Column("scopes") { $0.scopes },
                    Column("keys") { $0.keys.count },
                    Column("authentication", .detail) { $0.authentication.rawValue },
                    Column(
                        "nearest_key_expiry",
                        style: { KeyState.style(of: $0.keys.map(\.expires).min(), at: now) },
                        value: { $0.keys.map(\.expires).min() }
                    ),
                    Column("state", style: { $0.isActive ? .good : .faint }) { $0.isActive ? "active" : "disabled" },
                ]
            )
        )
    }
}

/// `portvakt client show ID`.
struct ClientShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a client with its scopes and keys."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id"))
    var client: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.client(client)
        let facts = try options.look { reader -> (client: Client, owner: String?)? in
            guard let client = try reader.client(id) else { return nil }
            return (client, try reader.organisation(client.owner)?.name)
        }
        guard let facts else { throw CLIError("client_not_found", "there is no client `\(id)`") }
        try options.print(Record("client", facts.client.members(ownerName: facts.owner)))
    }
}

/// `portvakt client disable ID`.
struct ClientDisable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Let a client get no more tokens; its scopes and keys stay.",
        discussion: "Tokens issued before live until they end."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id"))
    var client: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.client(client)
        try options.confirm("disable the client `\(id)`")
        let outcome = try options.administer { try $0.disableClient(id) }
        try options.print(
            Record(
                "client-state",
                [
                    .init("client_id", id), .init("active", false),
                    .init("result", outcome.hasChanged ? "disabled" : "already"),
                ]
            )
        )
    }
}

/// `portvakt client enable ID`.
struct ClientEnable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Let a disabled client get tokens again."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id"))
    var client: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.client(client)
        let outcome = try options.administer { try $0.enableClient(id) }
        options.warn(outcome.warnings)
        try options.print(
            Record(
                "client-state",
                [
                    .init("client_id", id), .init("active", true),
                    .init("result", outcome.hasChanged ? "enabled" : "already"),
                ]
            )
        )
    }
}

extension Client {
    /// What a person or script sees of a client: the fields of the self-service API, then its keys.
    func members(ownerName: String?) -> [OutputValue.Member] {
        var members = jsonObject.members.map { OutputValue.Member($0.name, $0.value) }
        members.append(.init("owner_name", ownerName))
        members.append(.init("authentication", authentication.rawValue))
        members.append(.init("keys", keys.map(\.output)))
        return members
    }
}

extension ClientKey: OutputRepresentable {
    var output: OutputValue {
        .object([
            .init("kid", id), .init("alg", algorithm.rawValue), .init("created", created), .init("expires", expires),
            .init("thumbprint", thumbprint), .init("certificate", certificateThumbprint),
        ])
    }
}

/// How long a key has to live.
enum KeyState {
    /// Red for a key that is over, yellow for one that ends within 30 days.
    static func style(of expires: Timestamp?, at now: Timestamp) -> TextStyle {
        guard let expires else { return .plain }
        if now >= expires { return .bad }
        return expires <= now + .days(30) ? .warning : .plain
    }
}
