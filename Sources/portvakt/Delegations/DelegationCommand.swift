import ArgumentParser
import Operations

/// `portvakt delegation`.
struct DelegationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delegation",
        abstract: "Let suppliers act for consumers.",
        subcommands: [DelegationCheckCommand.self, DelegationGrant.self, DelegationList.self, DelegationRevoke.self]
    )
}

/// `portvakt delegation grant CONSUMER SUPPLIER SCOPE`.
struct DelegationGrant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Delegate a scope from a consumer to a supplier, by the operator's own act or a person's.",
        discussion: """
            As the operator's own act no role is checked, and the ledger says `basis: operator`. What is delegated is the resource that bundles the \
            scope; it counts for exactly these two numbers. What is delegated already stays so, \
            until the end that it has unless `--until` or `--endless` says otherwise.
            """
    )

    @Argument(help: "The organisation that delegates.") var consumer: String
    @Argument(help: "The organisation that may act for it.") var supplier: String
    @Argument(help: "The scope.", completion: .scopes) var scope: String

    @Option(help: ArgumentHelp("The resource, where several bundle the scope.", valueName: "id"))
    var resource: String?

    @Option(help: ArgumentHelp("The last day, or the moment it ends.", valueName: "time"))
    var until: String?

    @Flag(help: "Take away the end that it has.") var endless = false

    @OptionGroup var acting: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if until != nil, endless { throw ValidationError("Give either --until or --endless.") }
    }

    func run() async throws {
        try await options.perform(
            GrantDelegation(
                acting.adding(
                    to: [
                        "consumer": consumer, "supplier": supplier, "scope": scope, "resource": resource,
                        "until": until, "endless": endless,
                    ],
                    options
                )
            )
        )
    }
}

/// `portvakt delegation revoke`.
struct DelegationRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take delegations back, by the operator's own act.",
        discussion: """
            Those of the consumer, the supplier and the scope that are named; what is revoked already stays so. No new token is \
            issued from the next second on.
            """
    )

    @Option(help: ArgumentHelp("Delegations of this consumer.", valueName: "org"), completion: .organisations)
    var consumer: String?
    @Option(help: ArgumentHelp("Delegations to this supplier.", valueName: "org"), completion: .organisations)
    var supplier: String?
    @Option(help: "Delegations of resources that bundle this scope.", completion: .scopes) var scope: String?
    @Option(help: ArgumentHelp("Delegations of this resource.", valueName: "id")) var resource: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if consumer == nil, supplier == nil, resource == nil {
            throw ValidationError("Name a consumer, a supplier or a resource.")
        }
    }

    func run() async throws {
        let arguments: Arguments = ["consumer": consumer, "supplier": supplier, "scope": scope, "resource": resource]
        let act = try RevokeDelegations(arguments)
        let count = try await options.answer(ListDelegations(arguments)).items.count
        if count > 0 { try options.confirm("revoke \(count) delegation\(count == 1 ? "" : "s")") }
        try await options.perform(act)
    }
}

/// `portvakt delegation list`.
struct DelegationList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List who may act for whom.")

    @Option(help: ArgumentHelp("Only those of this consumer.", valueName: "org"), completion: .organisations)
    var consumer: String?
    @Option(help: ArgumentHelp("Only those to this supplier.", valueName: "org"), completion: .organisations)
    var supplier: String?
    @Option(help: "Only those of resources that bundle this scope.", completion: .scopes) var scope: String?
    @Option(help: ArgumentHelp("Only those of this resource.", valueName: "id")) var resource: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(
            ListDelegations(["consumer": consumer, "supplier": supplier, "scope": scope, "resource": resource])
        )
    }
}
