import Administration
import ArgumentParser
import Delegations
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt accesslist`.
struct AccessListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accesslist",
        abstract: "Keep the lists of organisations that may have rights on certain resources.",
        discussion: "A list is named by its owner and its identifier: `310000124:trusted-readers`.",
        subcommands: [
            AccessListAdd.self, AccessListConnect.self, AccessListDelete.self, AccessListDisconnect.self,
            AccessListList.self, AccessListRemove.self, AccessListSet.self, AccessListShow.self,
        ]
    )
}

/// `portvakt accesslist set LIST NAME`.
struct AccessListSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Make a list, or give it another name or description."
    )

    @Argument(help: "The list, as `310000124:trusted-readers`.") var list: String
    @Argument(help: "What people call it.") var name: String
    @Option(help: ArgumentHelp("What it is for.", valueName: "text")) var description: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.accessList(list)
        let outcome = try options.administer { try $0.setAccessList(id, name: name, description: description) }
        options.warn(outcome.warnings)
        try options.print(
            Record(
                "access-list-state",
                [
                    .init("access_list", id), .init("name", outcome.value.name),
                    .init("result", outcome.hasChanged ? "set" : "already"),
                ]
            )
        )
    }
}

/// `portvakt accesslist list`.
struct AccessListList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List access lists.")

    @Option(help: ArgumentHelp("Only those that this organisation keeps.", valueName: "org")) var owner: String?
    @Option(help: ArgumentHelp("Only those that this organisation is on.", valueName: "org")) var member: String?
    @Option(help: ArgumentHelp("Only those that count for this resource.", valueName: "id")) var resource: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let query = AccessListQuery(
            owner: try owner.map { text throws(CLIError) in try Typed.organisation(text) },
            member: try member.map { text throws(CLIError) in try Typed.organisation(text) },
            resource: try resource.map { text throws(CLIError) in try Typed.resource(text) }
        )
        let rows = try options.look { reader in
            try reader.accessLists(query).map { list in
                Row(
                    list: list,
                    members: try reader.members(of: list.id).count,
                    resources: try reader.connections(of: list.id).count
                )
            }
        }
        try options.print(
            Table(
                "access-list-list",
                rows,
                whenEmpty: "no access list found",
                columns: [
                    Column("access_list") { $0.list.id }, Column("name") { $0.list.name },
                    Column("members") { $0.members }, Column("resources") { $0.resources },
                    Column("description", .detail) { $0.list.description },
                    Column("created", .detail) { $0.list.created },
                    Column("last_updated", .detail) { $0.list.lastUpdated },
                ]
            )
        )
    }

    private struct Row: Sendable {
        let list: Delegations.AccessList
        let members: Int
        let resources: Int
    }
}

/// `portvakt accesslist show LIST`.
struct AccessListShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a list: who is on it, and for which resources it counts."
    )

    @Argument(help: "The list.") var list: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.accessList(list)
        let found = try options.look { reader in
            try reader.accessList(id).map { ($0, try reader.members(of: id), try reader.connections(of: id)) }
        }
        guard let (list, members, connections) = found else { throw AccessListRefusal.unknownList(id) }
        try options.print(
            Record(
                "access-list",
                [
                    .init("access_list", id), .init("name", list.name), .init("description", list.description),
                    .init("created", list.created), .init("last_updated", list.lastUpdated),
                    .init("members", members.map(\.organisation)),
                    .init(
                        "resources",
                        connections.map { connection in
                            OutputValue.object([
                                .init("resource", connection.resource), .init("actions", connection.actions),
                            ])
                        }
                    ),
                ]
            )
        )
    }
}

/// `portvakt accesslist delete LIST`.
struct AccessListDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Forget a list; who had a right by it alone has none after."
    )

    @Argument(help: "The list.") var list: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.accessList(list)
        try options.confirm("forget the access list `\(id)`")
        try options.administer { try $0.deleteAccessList(id) }
        try options.print(Record("access-list-state", [.init("access_list", id), .init("result", "deleted")]))
    }
}

/// `portvakt accesslist add LIST ORG…`.
struct AccessListAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Put organisations on a list.")

    @Argument(help: "The list.") var list: String
    @Argument(help: ArgumentHelp("The organisations.", valueName: "org")) var organisations: [String]

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.accessList(list)
        let numbers = try organisations.map { text throws(CLIError) in try Typed.organisation(text) }
        let outcomes = try options.administer { administration in
            try numbers.map { ($0, try administration.addMember($0, to: id)) }
        }
        for (_, outcome) in outcomes { options.warn(outcome.warnings) }
        try options.print(
            Table(
                "access-list-members",
                outcomes.map { (number: $0.0, result: $0.1.hasChanged ? "added" : "already") },
                facts: [.init("access_list", id)],
                columns: [Column("organisation_number", title: "ORG") { $0.number }, Column("result") { $0.result }]
            )
        )
    }
}

/// `portvakt accesslist remove LIST ORG…`.
struct AccessListRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Take organisations off a list.")

    @Argument(help: "The list.") var list: String
    @Argument(help: ArgumentHelp("The organisations.", valueName: "org")) var organisations: [String]

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.accessList(list)
        let numbers = try organisations.map { text throws(CLIError) in try Typed.organisation(text) }
        try options.confirm("take \(numbers.count) off the access list `\(id)`")
        let outcomes = try options.administer { administration in
            try numbers.map { ($0, try administration.removeMember($0, from: id)) }
        }
        try options.print(
            Table(
                "access-list-members",
                outcomes.map { (number: $0.0, result: $0.1 ? "removed" : "already") },
                facts: [.init("access_list", id)],
                columns: [Column("organisation_number", title: "ORG") { $0.number }, Column("result") { $0.result }]
            )
        )
    }
}

/// `portvakt accesslist connect LIST RESOURCE`.
struct AccessListConnect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect",
        abstract: "Make a list count for a resource of its owner's."
    )

    @Argument(help: "The list.") var list: String
    @Argument(help: "The resource.") var resource: String
    @Option(help: ArgumentHelp("Only for this action; may be given several times.", valueName: "action"))
    var action: [String] = []

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.accessList(list)
        let resource = try Typed.resource(resource)
        let outcome = try options.administer { try $0.connect(id, to: resource, actions: action) }
        try options.print(
            Record(
                "access-list-state",
                [
                    .init("access_list", id), .init("resource", resource),
                    .init("actions", outcome.value.actions),
                    .init("result", outcome.hasChanged ? "connected" : "already"),
                ]
            )
        )
    }
}

/// `portvakt accesslist disconnect LIST RESOURCE`.
struct AccessListDisconnect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disconnect",
        abstract: "Make a list count for a resource no more."
    )

    @Argument(help: "The list.") var list: String
    @Argument(help: "The resource.") var resource: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.accessList(list)
        let resource = try Typed.resource(resource)
        try options.confirm("let the access list `\(id)` count for `\(resource)` no more")
        let hasChanged = try options.administer { try $0.disconnect(id, from: resource) }
        try options.print(
            Record(
                "access-list-state",
                [
                    .init("access_list", id), .init("resource", resource),
                    .init("result", hasChanged ? "disconnected" : "already"),
                ]
            )
        )
    }
}

extension Typed {
    /// An access list: its owner's number and its identifier.
    static func accessList(_ text: String) throws(CLIError) -> AccessListID {
        do throws(AccessListID.ParseError) {
            return try AccessListID(parsing: text)
        } catch {
            throw .usage("`\(text)` names no access list", hint: "write its owner and identifier: `310000124:readers`")
        }
    }
}

extension AccessListRefusal: CLIErrorConvertible {
    /// The refusal with a code for scripts.
    var cliError: CLIError {
        switch self {
        case .unknownList: CLIError("access_list_not_found", description)
        case .text: CLIError("access_list_invalid", description)
        case .unknownResource: CLIError("resource_not_found", description)
        case .foreignResource: CLIError("resource_foreign", description)
        case .action: CLIError("action_invalid", description)
        }
    }
}
