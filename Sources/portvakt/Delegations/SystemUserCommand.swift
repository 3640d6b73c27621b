import Administration
import ArgumentParser
import Delegations
import Foundation
import JOSE
import Operations
import SQLiteStorage
import Vocabulary

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
    @Argument(help: ArgumentHelp("The customer.", valueName: "org")) var customer: String
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
        let draft = SystemUserRequestDraft(
            system: try Typed.system(system),
            customer: try Typed.organisation(customer),
            externalRef: externalRef,
            integrationTitle: title,
            rights: try rights.map { text throws(CLIError) in try Typed.right(text) },
            packages: packages.map(Typed.package),
            redirectURL: redirectURL
        )
        let outcome = try options.administer { try $0.requestSystemUser(draft, kind: agent ? .agent : .standard) }
        options.warn(outcome.warnings)
        try options.print(SystemUserOutput.record(outcome.value, at: options.now, result: "requested"))
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
        let id = try Typed.uuid(id)
        let draft = SystemUserChangeDraft(
            requiredRights: try rights.map { text throws(CLIError) in try Typed.right(text) },
            unwantedRights: try withoutRight.map { text throws(CLIError) in try Typed.right(text) },
            requiredPackages: packages.map(Typed.package),
            unwantedPackages: withoutPackage.map(Typed.package)
        )
        let outcome = try options.administer { try $0.requestSystemUserChange(draft, of: id) }
        try options.print(SystemUserOutput.record(outcome.value, at: options.now, result: "requested"))
    }
}

/// `portvakt systemuser list`.
struct SystemUserList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List system users, or requests for them.",
        discussion: "Name the owner, the system, or both."
    )

    @Option(help: ArgumentHelp("Those of this owner.", valueName: "org")) var org: String?
    @Option(help: "Those of this system.") var system: String?
    @Flag(help: "List requests instead.") var requests = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if org == nil, system == nil { throw ValidationError("Name an owner with --org, or a system with --system.") }
    }

    func run() async throws {
        let owner = try org.map { text throws(CLIError) in try Typed.organisation(text) }
        let system = try system.map { text throws(CLIError) in try Typed.system(text) }
        if requests { return try list(requestsOf: owner, system) }
        let users = try options.look { reader in
            if let owner { return try reader.systemUsers(of: owner, system: system) }
            return try system.map { try reader.systemUsers(ofSystem: $0) } ?? []
        }
        try options.print(
            Table(
                "systemuser-list",
                users,
                whenEmpty: "there is no system user",
                columns: [
                    Column("id") { $0.id.uuidString.lowercased() },
                    Column("owner_orgno", title: "OWNER") { $0.owner },
                    Column("system") { $0.system.rawValue },
                    Column("type") { $0.kind.rawValue },
                    Column("external_ref") { $0.externalRef },
                    Column("rights", .detail) { $0.rights.map(\.description) },
                    Column("packages", .detail) { $0.packages },
                    Column("created") { $0.created },
                    Column("basis", .detail) { $0.basis },
                ]
            )
        )
    }

    private func list(requestsOf owner: OrganisationNumber?, _ system: SystemID?) throws {
        let now = options.now
        let requests = try options.look { reader in
            if let owner {
                return try reader.systemUserRequests(to: owner).filter { system == nil || $0.system == system }
            }
            return try system.map { try reader.systemUserRequests(of: $0) } ?? []
        }
        try options.print(
            Table(
                "systemuser-requests",
                requests,
                whenEmpty: "there is no request",
                columns: [
                    Column("id") { $0.id.uuidString.lowercased() },
                    Column("customer_orgno", title: "CUSTOMER") { $0.customer },
                    Column("system") { $0.system.rawValue },
                    Column("type") { $0.kind.rawValue },
                    Column("external_ref") { $0.externalRef },
                    Column("status") { $0.status(at: now).rawValue },
                    Column("escalated", .detail) { $0.isEscalated },
                    Column("created") { $0.created },
                ]
            )
        )
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

    func run() async throws {
        let id = try Typed.uuid(id)
        let right = try person.right(in: options)
        let outcome = try options.administer { administration in
            if try administration.transaction.changeRequest(id) != nil {
                return try administration.approveChangeRequest(id, on: right)
            }
            return try administration.approveSystemUserRequest(id, on: right)
        }
        options.warn(outcome.warnings)
        try options.print(SystemUserOutput.record(outcome.value, result: "approved"))
    }
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

    func run() async throws {
        let id = try Typed.uuid(id)
        let right = try person.right(in: options)
        let now = options.now
        let record = try options.administer { administration in
            if try administration.transaction.changeRequest(id) != nil {
                let request = try administration.rejectChangeRequest(id, on: right).value
                return SystemUserOutput.record(request, at: now, result: "rejected")
            }
            let request = try administration.rejectSystemUserRequest(id, on: right).value
            return SystemUserOutput.record(request, at: now, result: "rejected")
        }
        try options.print(record)
    }
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
        let id = try Typed.uuid(id)
        let right = try person.right(in: options)
        try options.confirm("delete the system user `\(id.uuidString.lowercased())`")
        let outcome = try options.administer { try $0.deleteSystemUser(id, on: right) }
        try options.print(SystemUserOutput.record(outcome.value, result: outcome.hasChanged ? "deleted" : "already"))
    }
}

/// How system users and requests are shown.
enum SystemUserOutput {
    /// A system user, by the members of the API.
    static func record(_ user: SystemUser, result: String) -> Record {
        Record("systemuser", user.jsonObject.members.map { .init($0.name, $0.value) } + SystemOutput.named(result))
    }

    /// A request.
    static func record(_ request: SystemUserRequest, at now: Timestamp, result: String) -> Record {
        Record(
            "systemuser-request",
            [
                .init("id", request.id.uuidString.lowercased()), .init("system", request.system.rawValue),
                .init("customer_orgno", request.customer), .init("type", request.kind.rawValue),
                .init("external_ref", request.externalRef), .init("rights", request.rights.map(\.description)),
                .init("packages", request.packages), .init("status", request.status(at: now).rawValue),
                .init("created", request.created), .init("result", result),
            ]
        )
    }

    /// A change request.
    static func record(_ request: SystemUserChangeRequest, at now: Timestamp, result: String) -> Record {
        Record(
            "systemuser-change",
            [
                .init("id", request.id.uuidString.lowercased()),
                .init("systemuser", request.systemUser.uuidString.lowercased()),
                .init("required_rights", request.requiredRights.map(\.description)),
                .init("unwanted_rights", request.unwantedRights.map(\.description)),
                .init("required_packages", request.requiredPackages),
                .init("unwanted_packages", request.unwantedPackages),
                .init("status", request.status(at: now).rawValue), .init("created", request.created),
                .init("result", result),
            ]
        )
    }
}
