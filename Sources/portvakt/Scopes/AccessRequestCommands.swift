import ArgumentParser
import Operations

/// `portvakt access request SCOPE ORG`.
struct AccessRequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Ask the owner of a scope for access, on behalf of an organisation.",
        discussion: "While a grant is in force it asks for a longer one."
    )

    @Argument(help: "The scope.", completion: .scopes) var scope: String
    @Argument(help: ArgumentHelp("The organisation that asks.", valueName: "org"), completion: .organisations)
    var organisation: String
    @Option(help: ArgumentHelp("What the data are for.", valueName: "text")) var purpose: String
    @Option(help: ArgumentHelp("The legal basis.", valueName: "text")) var legalBasis: String?
    @Option(name: .customLong("from"), help: ArgumentHelp("The first day, or the moment it begins.", valueName: "time"))
    var validFrom: String?
    @Option(help: ArgumentHelp("The last day, or the moment it ends.", valueName: "time")) var until: String?
    @Option(help: ArgumentHelp("Accept this version of the terms of use.", valueName: "version"))
    var acceptTerms: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(
            RequestAccess([
                "scope": scope, "org": organisation, "purpose": purpose, "legal_basis": legalBasis, "from": validFrom,
                "until": until, "accept_terms": acceptTerms, "reason": options.reason,
            ])
        )
    }
}

/// `portvakt access requests`.
struct AccessRequestsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "requests",
        abstract: "List requests for access that wait for an answer."
    )

    @Option(help: "Only requests for this scope.", completion: .scopes) var scope: String?
    @Option(help: ArgumentHelp("Only requests of this organisation.", valueName: "org"), completion: .organisations)
    var org: String?
    @Option(
        help: ArgumentHelp("Only requests for scopes of this organisation.", valueName: "org"),
        completion: .organisations
    )
    var owner: String?
    @Flag(help: "Requests that were answered or taken back too.") var all = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(ListAccessRequests(["scope": scope, "org": org, "owner": owner, "all": all]))
    }
}

/// `portvakt access withdraw SCOPE ORG`.
struct AccessWithdrawCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Take back an organisation's request for access.",
        discussion: "A grant in force stays."
    )

    @Argument(help: "The scope.", completion: .scopes) var scope: String
    @Argument(help: ArgumentHelp("The organisation that asked.", valueName: "org"), completion: .organisations)
    var organisation: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(WithdrawAccessRequest(["scope": scope, "org": organisation]))
    }
}

/// `portvakt access approve SCOPE ORG`.
struct AccessApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Grant an organisation what it asked for, or fewer days of it."
    )

    @Argument(help: "The scope.", completion: .scopes) var scope: String
    @Argument(help: ArgumentHelp("The organisation that asked.", valueName: "org"), completion: .organisations)
    var organisation: String
    @Option(name: .customLong("from"), help: ArgumentHelp("A later first day, or moment.", valueName: "time"))
    var validFrom: String?
    @Option(help: ArgumentHelp("An earlier last day, or moment.", valueName: "time")) var until: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(
            ApproveAccess([
                "scope": scope, "org": organisation, "from": validFrom, "until": until, "reason": options.reason,
            ])
        )
    }
}

/// `portvakt access deny SCOPE ORG --reason TEXT`.
struct AccessDenyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deny",
        abstract: "Answer an organisation's request for access by no.",
        discussion: "The organisation sees the reason."
    )

    @Argument(help: "The scope.", completion: .scopes) var scope: String
    @Argument(help: ArgumentHelp("The organisation that asked.", valueName: "org"), completion: .organisations)
    var organisation: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(DenyAccess(["scope": scope, "org": organisation, "reason": options.reason]))
    }
}

/// `portvakt access accept-terms SCOPE ORG VERSION`.
struct AccessAcceptTermsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept-terms",
        abstract: "Accept the terms of use in force of a scope, on behalf of an organisation."
    )

    @Argument(help: "The scope.", completion: .scopes) var scope: String
    @Argument(help: ArgumentHelp("The organisation.", valueName: "org"), completion: .organisations)
    var organisation: String
    @Argument(help: "The version of the terms.") var version: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(AcceptTerms(["scope": scope, "org": organisation, "version": version]))
    }
}

/// `portvakt access agreements`.
struct AccessAgreementsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agreements",
        abstract: "List processor agreements of consumers with their suppliers."
    )

    @Option(help: "Only agreements for this scope.", completion: .scopes) var scope: String?
    @Option(help: ArgumentHelp("Only agreements of this consumer.", valueName: "org"), completion: .organisations)
    var org: String?
    @Option(help: ArgumentHelp("Only agreements with this supplier.", valueName: "org"), completion: .organisations)
    var supplier: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(ListProcessorAgreements(["scope": scope, "org": org, "supplier": supplier]))
    }
}

/// `portvakt access agree SCOPE CONSUMER SUPPLIER --reference TEXT`.
struct AccessAgreeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agree",
        abstract: "Register a consumer's processor agreement with a supplier for a scope.",
        discussion: "A scope with `requires_processor_agreement` gives suppliers no token without one."
    )

    @Argument(help: "The scope.", completion: .scopes) var scope: String
    @Argument(help: ArgumentHelp("The consumer.", valueName: "org"), completion: .organisations) var consumer: String
    @Argument(help: ArgumentHelp("The supplier.", valueName: "org"), completion: .organisations) var supplier: String
    @Option(help: ArgumentHelp("Where the agreement can be found.", valueName: "text")) var reference: String
    @Option(help: ArgumentHelp("Its last day, or the moment it ends.", valueName: "time")) var until: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(
            RegisterProcessorAgreement([
                "scope": scope, "org": consumer, "supplier": supplier, "reference": reference, "until": until,
            ])
        )
    }
}

/// `portvakt access disagree SCOPE CONSUMER SUPPLIER`.
struct AccessDisagreeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disagree",
        abstract: "Take back a consumer's processor agreement with a supplier for a scope."
    )

    @Argument(help: "The scope.", completion: .scopes) var scope: String
    @Argument(help: ArgumentHelp("The consumer.", valueName: "org"), completion: .organisations) var consumer: String
    @Argument(help: ArgumentHelp("The supplier.", valueName: "org"), completion: .organisations) var supplier: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.confirm("take back the agreement of `\(consumer)` with `\(supplier)` for `\(scope)`")
        try await options.perform(
            RemoveProcessorAgreement(["scope": scope, "org": consumer, "supplier": supplier])
        )
    }
}
