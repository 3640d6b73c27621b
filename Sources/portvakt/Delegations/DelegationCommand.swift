import Administration
import ArgumentParser
import Delegations
import Operations
import SQLiteStorage
import Scopes
import Vocabulary

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
    @Argument(help: "The scope.") var scope: String

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
        let right = try acting.right(in: options)
        let (consumer, supplier) = (try Typed.organisation(consumer), try Typed.organisation(supplier))
        let scope = try Typed.scope(scope)
        let named = try resource.map { text throws(CLIError) in try Typed.resource(text) }
        let until = try until.map { text throws(CLIError) in try DelegationEnd.parse(text) }
        let outcome = try options.administer { administration in
            let transaction = administration.transaction
            guard try transaction.scope(scope) != nil else { throw AdministrationRefusal.unknownScope(scope) }
            let resource: ResourceID
            do {
                resource = try named ?? DelegationRules(transaction).resource(for: scope).identifier
            } catch let refusal as DelegationRefusal {
                throw AdministrationRefusal.delegation(refusal)
            }
            if let bundled = try transaction.resource(resource), !bundled.scopes.contains(scope) {
                throw CLIError("resource_other_scope", "the resource `\(resource)` does not bundle `\(scope)`")
            }
            return try administration.giveDelegation(
                of: resource,
                from: consumer,
                to: supplier,
                until: until,
                isEndless: endless,
                by: right
            )
        }
        options.warn(outcome.warnings)
        try options.print(
            Record(
                "delegation",
                [
                    .init("id", outcome.value.id), .init("consumer_orgno", consumer),
                    .init("supplier_orgno", supplier), .init("scope", scope),
                    .init("resource", outcome.value.resource), .init("since", outcome.value.since),
                    .init("until", outcome.value.until), .init("basis", outcome.value.basis),
                    .init("result", outcome.hasChanged ? "granted" : "already"),
                ]
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

    @Option(help: ArgumentHelp("Delegations of this consumer.", valueName: "org")) var consumer: String?
    @Option(help: ArgumentHelp("Delegations to this supplier.", valueName: "org")) var supplier: String?
    @Option(help: "Delegations of resources that bundle this scope.") var scope: String?
    @Option(help: ArgumentHelp("Delegations of this resource.", valueName: "id")) var resource: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if consumer == nil, supplier == nil, resource == nil {
            throw ValidationError("Name a consumer, a supplier or a resource.")
        }
    }

    func run() async throws {
        let query = try DelegationFilter.query(consumer, supplier, scope, resource)
        let found = try options.look { try $0.delegations(query) }
        if !found.isEmpty {
            try options.confirm("revoke \(found.count) delegation\(found.count == 1 ? "" : "s")")
        }
        let revoked = try options.administer { administration in
            try administration.transaction.delegations(query).map { delegation in
                try administration.revokeDelegation(
                    of: delegation.resource,
                    from: delegation.consumer,
                    to: delegation.supplier,
                    by: .operatorsAct
                )
                return delegation
            }
        }
        try options.print(
            Table(
                "delegation-revoke",
                revoked,
                whenEmpty: "there was no such delegation",
                columns: [
                    Column("id", .detail) { $0.id },
                    Column("consumer_orgno", title: "CONSUMER") { $0.consumer },
                    Column("supplier_orgno", title: "SUPPLIER") { $0.supplier },
                    Column("resource") { $0.resource },
                    Column("result") { _ in "revoked" },
                ]
            )
        )
    }
}

/// `portvakt delegation list`.
struct DelegationList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List who may act for whom.")

    @Option(help: ArgumentHelp("Only those of this consumer.", valueName: "org")) var consumer: String?
    @Option(help: ArgumentHelp("Only those to this supplier.", valueName: "org")) var supplier: String?
    @Option(help: "Only those of resources that bundle this scope.") var scope: String?
    @Option(help: ArgumentHelp("Only those of this resource.", valueName: "id")) var resource: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(
            ListDelegations(["consumer": consumer, "supplier": supplier, "scope": scope, "resource": resource])
        )
    }
}

/// The options that choose delegations.
enum DelegationFilter {
    /// The query that they ask for.
    static func query(
        _ consumer: String?,
        _ supplier: String?,
        _ scope: String?,
        _ resource: String?
    ) throws(CLIError) -> DelegationQuery {
        DelegationQuery(
            consumer: try consumer.map { text throws(CLIError) in try Typed.organisation(text) },
            supplier: try supplier.map { text throws(CLIError) in try Typed.organisation(text) },
            resource: try resource.map { text throws(CLIError) in try Typed.resource(text) },
            scope: try scope.map { text throws(CLIError) in try Typed.scope(text) }
        )
    }
}

/// When a delegation ends, as it is typed: a day counts whole.
enum DelegationEnd {
    /// Parses a day or a moment.
    static func parse(_ text: String) throws(CLIError) -> Timestamp {
        if let time = Timestamp(parsing: text) { return time }
        guard let day = CalendarDate(parsing: text) else {
            throw .usage(
                "`--until` is no time: `\(text)`",
                hint: "write a day as 2027-06-30, which counts whole, or 2027-06-30T12:00:00Z"
            )
        }
        return day.start + .days(1)
    }
}

extension Typed {
    /// A resource's identifier.
    static func resource(_ text: String) throws(CLIError) -> ResourceID { try told(text, Parsed.resource) }
}
