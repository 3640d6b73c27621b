import Administration
import ArgumentParser
import JOSE
import Operations
import Organisations
import SQLiteStorage
import Scopes
import Vocabulary

/// `portvakt scope`.
struct ScopeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scope",
        abstract: "Declare scopes: what providers share.",
        subcommands: [
            ScopeActivate.self, ScopeApply.self, ScopeCreate.self, ScopeDeactivate.self, ScopeDiff.self,
            ScopeExport.self, ScopeList.self, ScopeShow.self,
        ]
    )
}

/// `portvakt scope list`.
struct ScopeList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List scopes.")

    @Option(help: "Only scopes under this prefix.", completion: .prefixes)
    var prefix: String?

    @Option(
        help: ArgumentHelp("Only scopes that this organisation owns.", valueName: "org"),
        completion: .organisations
    )
    var org: String?

    @Flag(help: "Deactivated scopes too.")
    var inactive = false

    @Option(help: ArgumentHelp("Only scopes as old as this, as 90d, with no token since.", valueName: "time"))
    var unused: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(ListScopes(["prefix": prefix, "org": org, "inactive": inactive, "unused": unused]))
    }
}

/// `portvakt scope show SCOPE`.
struct ScopeShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a scope, where it was declared, and who has access to it."
    )

    @Argument(help: "The scope.", completion: .scopes)
    var scope: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ShowScope(["scope": scope])) }
}

/// `portvakt scope activate SCOPE`.
struct ScopeActivate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Let tokens be issued for a deactivated scope again; access is as it was."
    )

    @Argument(help: "The scope.", completion: .scopes)
    var scope: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ActivateScope(["scope": scope])) }
}

/// `portvakt scope deactivate SCOPE`.
struct ScopeDeactivate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deactivate",
        abstract: "Let nobody get tokens for a scope any more.",
        discussion: """
            Access and client registrations stay unless `--revoke-access` is given: consumers go on seeing the scope as \
            theirs. Tokens issued before live until they end. With `--when` the scope gives tokens until that very second; \
            `scope activate` takes the end away.
            """
    )

    @Argument(help: "The scope.", completion: .scopes)
    var scope: String

    @Flag(help: "Withdraw the access of all organisations too.")
    var revokeAccess = false

    @Option(help: ArgumentHelp("Not now, but from this moment on: a day or a time.", valueName: "time"))
    var when: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let act = try DeactivateScope(["scope": scope, "revoke_access": revokeAccess, "when": when])
        _ = try await options.answer(ShowScope(["scope": scope]))
        let accesses = try await options.answer(ListAccess(["scope": scope])).items
        for access in accesses { options.note(Self.line(access)) }
        let withdrawal = revokeAccess ? " and withdraw the access of \(accesses.count) organisations" : ""
        let moment = act.moment.map { " at \($0)" } ?? ""
        try options.confirm("deactivate `\(act.scope)`\(moment)\(withdrawal)")
        try await options.perform(act)
    }

    private static func line(_ access: OutputValue) -> String {
        "\(access["consumer_orgno"].cell) has access since \(access["created"].cell)"
    }
}
