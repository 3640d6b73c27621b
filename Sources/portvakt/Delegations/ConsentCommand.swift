import ArgumentParser
import Foundation
import Operations

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
        // A request may name persons by their numbers: where it goes is known before it is read.
        _ = try options.target()
        try await options.perform(RequestConsent(["request": try JSONFile.object(file)]))
    }
}

/// `portvakt consent list`.
struct ConsentList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List consents.")

    @Option(
        help: ArgumentHelp("Only those that this organisation was asked for.", valueName: "org"),
        completion: .organisations
    )
    var from: String?
    @Option(
        help: ArgumentHelp("Only those that this organisation asked for or handles.", valueName: "org"),
        completion: .organisations
    )
    var to: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ListConsents(["from": from, "to": to])) }
}

/// `portvakt consent show ID`.
struct ConsentShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a consent and what happened to it."
    )

    @Argument(help: "The consent.") var id: String
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ShowConsent(["id": id])) }
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

    func run() async throws { try await options.perform(AcceptConsent(person.adding(to: ["id": id], options))) }
}

/// `portvakt consent reject ID`.
struct ConsentReject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "reject", abstract: "Refuse consent.")

    @Argument(help: "The consent.") var id: String
    @OptionGroup var person: ActingPersonOptions
    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(RejectConsent(person.adding(to: ["id": id], options))) }
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
        let act = try RevokeConsent(person.adding(to: ["id": id], options))
        try options.confirm("withdraw the consent `\(act.id.uuidString.lowercased())`")
        try await options.perform(act)
    }
}
