import Administration
import ArgumentParser
import Delegations
import Foundation
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt consent`.
struct ConsentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent",
        abstract: "Ask for consent, give it and withdraw it.",
        subcommands: [
            ConsentAccept.self, ConsentList.self, ConsentReject.self, ConsentRequestCommand.self, ConsentRevoke.self,
            ConsentShow.self,
        ]
    )
}

/// `portvakt consent request FILE`.
struct ConsentRequestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Ask for consent.",
        discussion: """
            The file holds one JSON object as Altinn's consent API has it: `id`, `from`, `to`, `validTo`, `consentRights`, \
            `redirectUrl`. The organisation in `to` must have the right `requestconsent` on every resource. The same request \
            again gives the one that is stored. A person's number in it is kept as a pseudonym only.
            """
    )

    @Argument(help: ArgumentHelp("The request; - is stdin.", valueName: "file"), completion: .file()) var file: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let draft = ConsentDraft(reading: try JSONFile.object(file))
        let key = try options.pseudonymKey()
        let outcome = try options.administer { try $0.requestConsent(draft, under: key) }
        try options.print(
            ConsentOutput.record(outcome.value, at: options.now, result: outcome.hasChanged ? "requested" : "already")
        )
    }
}

/// `portvakt consent list`.
struct ConsentList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List consents.")

    @Option(help: ArgumentHelp("Only those that this organisation was asked for.", valueName: "org")) var from: String?
    @Option(help: ArgumentHelp("Only those that this organisation asked for or handles.", valueName: "org"))
    var to: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let query = ConsentQuery(
            from: try from.map { text throws(CLIError) in .organisation(try Typed.organisation(text)) },
            to: try to.map { text throws(CLIError) in try Typed.organisation(text) }
        )
        let consents = try options.look { try $0.consents(query) }
        let now = options.now
        try options.print(
            Table(
                "consent-list",
                consents,
                whenEmpty: "there is no such consent",
                columns: [
                    Column("id") { $0.id.uuidString.lowercased() },
                    Column("from") { "\($0.from)" },
                    Column("to") { $0.to },
                    Column("handled_by", .detail) { $0.handledBy },
                    Column("status") { $0.status(at: now).rawValue },
                    Column("resources") { $0.rights.map(\.resource.rawValue) },
                    Column("valid_to") { $0.validTo },
                    Column("consented", .detail) { $0.consented },
                    Column("used", .detail) { $0.used },
                ]
            )
        )
    }
}

/// `portvakt consent show ID`.
struct ConsentShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a consent and what happened to it."
    )

    @Argument(help: "The consent.") var id: String
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.uuid(id)
        let (consent, events) = try options.look { (try $0.consent(id), try $0.events(of: id)) }
        guard let consent else { throw ConsentProblem.notFound }
        try options.print(
            ConsentOutput.record(consent, [.init("events", events.map { $0.jsonObject() })], at: options.now)
        )
    }
}

/// `portvakt consent accept ID`.
struct ConsentAccept: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Give consent.",
        discussion:
            "As a person, every action that is asked for must be one that the person may give on. Done already stays so."
    )

    @Argument(help: "The consent.") var id: String
    @OptionGroup var person: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let (id, right) = (try Typed.uuid(id), try person.right(in: options))
        let outcome = try options.administer { try $0.acceptConsent(id, on: right) }
        try options.print(
            ConsentOutput.record(outcome.value, at: options.now, result: outcome.hasChanged ? "accepted" : "already")
        )
    }
}

/// `portvakt consent reject ID`.
struct ConsentReject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reject", abstract: "Refuse consent.")

    @Argument(help: "The consent.") var id: String
    @OptionGroup var person: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let (id, right) = (try Typed.uuid(id), try person.right(in: options))
        let outcome = try options.administer { try $0.rejectConsent(id, on: right) }
        try options.print(ConsentOutput.record(outcome.value, at: options.now, result: "rejected"))
    }
}

/// `portvakt consent revoke ID`.
struct ConsentRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Withdraw consent.",
        discussion: "Withdrawn already stays so. No token is issued from the next second on."
    )

    @Argument(help: "The consent.") var id: String
    @OptionGroup var person: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let (id, right) = (try Typed.uuid(id), try person.right(in: options))
        try options.confirm("withdraw the consent `\(id.uuidString.lowercased())`")
        let outcome = try options.administer { try $0.revokeConsent(id, on: right) }
        try options.print(
            ConsentOutput.record(outcome.value, at: options.now, result: outcome.hasChanged ? "revoked" : "already")
        )
    }
}

/// How consents are shown.
enum ConsentOutput {
    /// A consent; persons are named by UUID.
    static func record(
        _ consent: ConsentRequest,
        _ more: [OutputValue.Member] = [],
        at now: Timestamp,
        result: String? = nil
    ) -> Record {
        let naming = PartyNaming()
        return Record(
            "consent",
            [
                .init("id", consent.id.uuidString.lowercased()), .init("from", naming.urn(of: consent.from)),
                .init("to", consent.to), .init("handled_by", consent.handledBy),
                .init("required_delegator", consent.requiredDelegator.map { naming.urn(of: .person($0)) }),
                .init("status", consent.status(at: now).rawValue), .init("valid_to", consent.validTo),
                .init("rights", consent.rights.map { $0.jsonObject(metadataName: "metadata") }),
                .init("one_time", consent.isOneTime), .init("created", consent.created),
                .init("consented", consent.consented), .init("used", consent.used),
            ] + more + SystemOutput.named(result)
        )
    }
}
