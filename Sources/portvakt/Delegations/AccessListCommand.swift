import ArgumentParser
import Operations

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
        try await options.perform(SetAccessList(["list": list, "name": name, "description": description]))
    }
}

/// `portvakt accesslist list`.
struct AccessListList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List access lists.")

    @Option(
        help: ArgumentHelp("Only those that this organisation keeps.", valueName: "org"),
        completion: .organisations
    )
    var owner: String?
    @Option(
        help: ArgumentHelp("Only those that this organisation is on.", valueName: "org"),
        completion: .organisations
    )
    var member: String?
    @Option(help: ArgumentHelp("Only those that count for this resource.", valueName: "id")) var resource: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(ListAccessLists(["owner": owner, "member": member, "resource": resource]))
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

    func run() async throws { try await options.perform(ShowAccessList(["list": list])) }
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
        let act = try DeleteAccessList(["list": list])
        try options.confirm("forget the access list `\(act.id)`")
        try await options.perform(act)
    }
}

/// `portvakt accesslist add LIST ORG…`.
struct AccessListAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Put organisations on a list.")

    @Argument(help: "The list.") var list: String
    @Argument(help: ArgumentHelp("The organisations.", valueName: "org"), completion: .organisations)
    var organisations: [String]

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(AddAccessListMembers(["list": list, "org": organisations]))
    }
}

/// `portvakt accesslist remove LIST ORG…`.
struct AccessListRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "Take organisations off a list.")

    @Argument(help: "The list.") var list: String
    @Argument(help: ArgumentHelp("The organisations.", valueName: "org"), completion: .organisations)
    var organisations: [String]

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let act = try RemoveAccessListMembers(["list": list, "org": organisations])
        try options.confirm("take \(act.organisations.count) off the access list `\(act.id)`")
        try await options.perform(act)
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
        try await options.perform(ConnectAccessList(["list": list, "resource": resource, "action": action]))
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
        let act = try DisconnectAccessList(["list": list, "resource": resource])
        try options.confirm("let the access list `\(act.id)` count for `\(act.resource)` no more")
        try await options.perform(act)
    }
}
