import ArgumentParser
import Foundation
import Operations

/// `portvakt systemuser`.
struct SystemUserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "systemuser",
        abstract: "Ask for, approve and delete system users.",
        subcommands: [
            SystemUserApprove.self, SystemUserChange.self, SystemUserClients.self, SystemUserDelete.self,
            SystemUserList.self, SystemUserReject.self, SystemUserRequestCommand.self,
        ]
    )
}

/// `portvakt systemuser request SYSTEM ORG`.
struct SystemUserRequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Ask a customer for a system user, as the system's vendor would.",
        discussion:
            "Rights and packages must be among those of the system. The customer approves with `systemuser approve`."
    )

    @Argument(help: "The system.") var system: String
    @Argument(help: ArgumentHelp("The customer.", valueName: "org"), completion: .organisations) var customer: String
    @Flag(help: "Ask for an agent, which acts for the customer's own clients.") var agent = false
    @Option(help: ArgumentHelp("The vendor's name for it (default: the customer's number).", valueName: "text"))
    var externalRef: String?
    @Option(help: ArgumentHelp("The name shown to the customer.", valueName: "text")) var title: String?
    @Option(name: .customLong("right"), help: ArgumentHelp("A right, RESOURCE or RESOURCE#ACTION.", valueName: "right"))
    var rights: [String] = []
    @Option(name: .customLong("package"), help: ArgumentHelp("An access package.", valueName: "slug"))
    var packages: [String] = []
    @Option(help: ArgumentHelp("Where the customer is sent afterwards.", valueName: "url")) var redirectURL: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(
            RequestSystemUser([
                "system": system, "org": customer, "agent": agent, "external_ref": externalRef, "title": title,
                "right": rights, "package": packages, "redirect_url": redirectURL,
            ])
        )
    }
}

/// `portvakt systemuser change ID`.
struct SystemUserChange: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Ask the owner of a system user for other rights, as the system's vendor would."
    )

    @Argument(help: "The system user.") var id: String
    @Option(name: .customLong("right"), help: ArgumentHelp("A right that it shall have.", valueName: "right"))
    var rights: [String] = []
    @Option(name: .customLong("package"), help: ArgumentHelp("A package that it shall have.", valueName: "slug"))
    var packages: [String] = []
    @Option(help: ArgumentHelp("A right that it shall lose.", valueName: "right")) var withoutRight: [String] = []
    @Option(help: ArgumentHelp("A package that it shall lose.", valueName: "slug")) var withoutPackage: [String] = []

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(
            RequestSystemUserChange([
                "id": id, "right": rights, "package": packages, "without_right": withoutRight,
                "without_package": withoutPackage,
            ])
        )
    }
}

/// `portvakt systemuser list`.
struct SystemUserList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List system users, or requests for them.",
        discussion: "Name the owner, the system, or both."
    )

    @Option(help: ArgumentHelp("Those of this owner.", valueName: "org"), completion: .organisations) var org: String?
    @Option(help: "Those of this system.") var system: String?
    @Flag(help: "List requests instead.") var requests = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if org == nil, system == nil { throw ValidationError("Name an owner with --org, or a system with --system.") }
    }

    func run() async throws {
        try await options.perform(ListSystemUsers(["org": org, "system": system, "requests": requests]))
    }
}

/// `portvakt systemuser approve ID`.
struct SystemUserApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approve a request for a system user, or for a change of one.",
        discussion: "As a person, each right and package must be one that the person may give on for the customer."
    )

    @Argument(help: "The request.") var id: String
    @OptionGroup var person: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ApproveSystemUser(person.adding(to: ["id": id], options))) }
}

/// `portvakt systemuser reject ID`.
struct SystemUserReject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Refuse a request for a system user, or for a change of one."
    )

    @Argument(help: "The request.") var id: String
    @OptionGroup var person: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(RejectSystemUser(person.adding(to: ["id": id], options))) }
}

/// `portvakt systemuser delete ID`.
struct SystemUserDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a system user.",
        discussion: "An agent must have no clients left. No token is issued from the next second on."
    )

    @Argument(help: "The system user.") var id: String
    @OptionGroup var person: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let act = try DeleteSystemUser(person.adding(to: ["id": id], options))
        try options.confirm("delete the system user `\(act.id.uuidString.lowercased())`")
        try await options.perform(act)
    }
}
