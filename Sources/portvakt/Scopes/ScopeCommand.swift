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

    @Option(help: "Only scopes under this prefix.")
    var prefix: String?

    @Option(help: ArgumentHelp("Only scopes that this organisation owns.", valueName: "org"))
    var org: String?

    @Flag(help: "Deactivated scopes too.")
    var inactive = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try await options.perform(ListScopes(["prefix": prefix, "org": org, "inactive": inactive]))
    }
}

/// `portvakt scope show SCOPE`.
struct ScopeShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a scope, where it was declared, and who has access to it."
    )

    @Argument(help: "The scope.")
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

    @Argument(help: "The scope.")
    var scope: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let name = try Typed.scope(scope)
        let outcome = try options.administer { try $0.setScope(name, active: true) }
        try options.print(
            Record(
                "scope-state",
                [
                    .init("scope", name), .init("active", true),
                    .init("result", outcome.hasChanged ? "activated" : "already"),
                ]
            )
        )
    }
}

/// `portvakt scope deactivate SCOPE`.
struct ScopeDeactivate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deactivate",
        abstract: "Let nobody get tokens for a scope any more.",
        discussion: """
            Access and client registrations stay unless `--revoke-access` is given: consumers go on seeing the scope as \
            theirs. Tokens issued before live until they end.
            """
    )

    @Argument(help: "The scope.")
    var scope: String

    @Flag(help: "Withdraw the access of all organisations too.")
    var revokeAccess = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let name = try Typed.scope(scope)
        let accesses = try options.look { reader in
            guard try reader.scope(name) != nil else { throw AdministrationRefusal.unknownScope(name) }
            var query = AccessQuery()
            query.scope = name
            return try reader.accesses(query)
        }
        for access in accesses { options.note("\(access.consumer) has access since \(access.created)") }
        let withdrawal = revokeAccess ? " and withdraw the access of \(accesses.count) organisations" : ""
        try options.confirm("deactivate `\(name)`\(withdrawal)")
        let (outcome, revoked) = try options.administer { administration in
            var revoked = 0
            if revokeAccess {
                for access in accesses
                where try administration.revokeAccess(to: name, for: access.consumer).hasChanged {
                    revoked += 1
                }
            }
            return (try administration.setScope(name, active: false), revoked)
        }
        try options.print(
            Record(
                "scope-state",
                [
                    .init("scope", name), .init("active", false),
                    .init("result", outcome.hasChanged ? "deactivated" : "already"),
                    .init("revoked", revoked), .init("accesses_left", accesses.count - revoked),
                ]
            )
        )
    }
}
