import Administration
import ArgumentParser
import Operations
import SQLiteStorage
import Server
import TokenIssuance
import Vocabulary

/// `portvakt keys retire KID`.
struct KeysRetire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "End a signing key before its time.",
        discussion: """
            It signs no more from now on, and stays published until the last token that it signed has expired. A key that \
            has not signed yet is withdrawn at once. The only key that signs an algorithm is not retired: `portvakt keys \
            rotate --now` first.
            """
    )

    @Argument(help: ArgumentHelp("The key.", valueName: "kid"))
    var key: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.key(key)
        let keys = try SigningKeyParts(options)
        try options.confirm("let `\(id)` sign no more")
        let outcome: (key: SigningKeyRecord, hasChanged: Bool)
        do {
            outcome = try keys.rotation.retire(
                id,
                at: options.now,
                by: Actor(options.operatorIdentity),
                reason: options.reason
            )
        } catch let refusal as SigningKeySchedule.RetirementRefusal {
            switch refusal {
            case .unknown: throw CLIError("signing_key_not_found", "\(refusal)", hint: "see `portvakt keys list`")
            case .onlyActive:
                throw CLIError.conflict(
                    "signing_key_needed",
                    "\(refusal)",
                    hint: "make its successor with `portvakt keys rotate --now` first"
                )
            }
        }
        try keys.store.close()
        try options.print(ListSigningKeys.table([outcome.key], at: options.now))
        options.note(outcome.hasChanged ? "it signs no more" : "it had ended already")
    }
}
