import Administration
import ArgumentParser
import Foundation
import Operations
import Organisations
import SQLiteStorage
import Scopes
import Vocabulary

/// `portvakt access`.
struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "Grant organisations access to scopes.",
        subcommands: [
            AccessGrant.self, AccessList.self, AccessRevoke.self, AccessRequestCommand.self, AccessRequestsCommand.self,
            AccessWithdrawCommand.self, AccessApproveCommand.self, AccessDenyCommand.self,
            AccessAcceptTermsCommand.self, AccessAgreementsCommand.self, AccessAgreeCommand.self,
            AccessDisagreeCommand.self,
        ]
    )
}

/// `portvakt access grant SCOPE ORG…`.
struct AccessGrant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Grant organisations access to a scope.",
        discussion: """
            What is granted already stays so, with new limits if some are given. For example: \
            `portvakt access grant acme:catch.read 314200772 --until 2027-06-30 --reason "Agreement 2026-14"`.
            """
    )

    @Argument(help: "The scope.", completion: .scopes)
    var scope: String

    @Argument(help: ArgumentHelp("Organisation numbers.", valueName: "org"), completion: .organisations)
    var organisations: [String] = []

    @Option(help: ArgumentHelp("A file with an organisation number on each line; - is stdin.", valueName: "file"))
    var fromFile: String?

    @Option(name: .customLong("from"), help: ArgumentHelp("The first day, or the moment it begins.", valueName: "time"))
    var validFrom: String?

    @Option(help: ArgumentHelp("The last day, or the moment it ends.", valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("The consumers' legal basis.", valueName: "text"))
    var legalBasis: String?

    @Option(help: ArgumentHelp("What the consumers use the data for.", valueName: "text"))
    var purpose: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let consumers = try OrganisationList.read(organisations, file: fromFile)
        try await options.perform(
            GrantAccess([
                "scope": scope, "orgs": consumers.map(\.description), "from": validFrom, "until": until,
                "legal_basis": legalBasis, "purpose": purpose, "reason": options.reason,
            ])
        )
    }
}

/// `portvakt access revoke SCOPE ORG…`.
struct AccessRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Withdraw the access of organisations to a scope.",
        discussion: "What is withdrawn already stays so. No new token is issued from the next second on."
    )

    @Argument(help: "The scope.", completion: .scopes)
    var scope: String

    @Argument(help: ArgumentHelp("Organisation numbers.", valueName: "org"), completion: .organisations)
    var organisations: [String] = []

    @Flag(help: "Withdraw the access of all organisations.")
    var all = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if all, !organisations.isEmpty { throw ValidationError("--all and organisations contradict each other.") }
        if !all, organisations.isEmpty { throw ValidationError("Name organisations, or give --all.") }
    }

    func run() async throws {
        let act = try RevokeAccess(["scope": scope, "orgs": organisations, "all": all])
        let whose = all ? "all organisations" : act.consumers.map { "`\($0)`" }.joined(separator: ", ")
        try options.confirm("withdraw the access of \(whose) to `\(act.scope)`")
        try await options.perform(act)
    }
}

/// `portvakt access list`.
struct AccessList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List who has access to which scope."
    )

    @Option(help: "Only access to this scope.", completion: .scopes)
    var scope: String?

    @Option(help: ArgumentHelp("Only access of this organisation.", valueName: "org"), completion: .organisations)
    var org: String?

    @Option(help: ArgumentHelp("Only access that ends within this time, as 30d.", valueName: "time"))
    var expiring: String?

    @Flag(help: "Access that is withdrawn or only asked for too.")
    var inactive = false

    @Flag(help: "Say when a token was last issued on each; reads the ledger.")
    var lastToken = false

    @Flag(help: "Only access on which the ledger remembers no token.")
    var neverUsed = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(
            ListAccess([
                "scope": scope, "org": org, "expiring": expiring, "inactive": inactive, "last_token": lastToken,
                "never_used": neverUsed,
            ])
        )
    }
}

/// Organisations from the command line and from a file.
enum OrganisationList {
    /// Reads them, each once, in the order given; lines that are empty or begin with `#` are passed over.
    ///
    /// - Throws: `CLIError` for what is no number, with the line it stands on, and when there is none at all.
    static func read(_ typed: [String], file: String?) throws(CLIError) -> [OrganisationNumber] {
        var numbers: [OrganisationNumber] = []
        for text in typed { numbers.append(try Typed.organisation(text)) }
        if let file {
            let lines = try InputFile.readText(file).split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                let text = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespacesAndNewlines)
                if text.isEmpty { continue }
                do throws(CLIError) { numbers.append(try Typed.organisation(text)) } catch {
                    throw CLIError(error.code, "line \(index + 1) of `\(file)`: \(error.message)")
                }
            }
        }
        guard !numbers.isEmpty else { throw .usage("no organisation was named") }
        var seen: Set<OrganisationNumber> = []
        return numbers.filter { seen.insert($0).inserted }
    }
}
