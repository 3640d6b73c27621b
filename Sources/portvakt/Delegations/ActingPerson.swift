import ArgumentParser
import Delegations
import Operations
import Vocabulary

/// On whose right an act of delegation is done: the operator's, or with `--person-stdin` a person's.
struct ActingPersonOptions: ParsableArguments {
    @Flag(
        help: """
            Act as a person, whose national identity number is read from stdin; their right is checked. Without it this is the \
            operator's act, and no role is checked.
            """
    )
    var personStdin = false

    @Option(help: ArgumentHelp("The level that the person has logged in at, 1 to 4.", valueName: "level"))
    var level = 3

    mutating func validate() throws {
        if !(1...4).contains(level) { throw ValidationError("--level is 1 to 4.") }
    }

    /// These arguments and those that say who acts; reads stdin when a person does.
    func adding(to arguments: Arguments, _ options: GlobalOptions) throws -> Arguments {
        guard personStdin else { return arguments }
        return arguments.setting("acting_person", to: try options.identityNumber(file: "-"))
            .setting("level", to: level)
    }
}

extension GlobalOptions {
    /// The national identity number in a file, for the body of a call or an operation here; never an argument.
    ///
    /// - Throws: before anything is read, when it is not known where the number would go.
    func identityNumber(file: String) throws -> String { try nationalIdentityNumber(file: file).exposed }

    /// The person whose national identity number stands in a file, known under the data folder's key.
    func person(file: String) throws -> PersonPseudonym {
        try pseudonymKey().pseudonym(of: try nationalIdentityNumber(file: file))
    }

    private func nationalIdentityNumber(file: String) throws -> NationalIdentityNumber {
        _ = try target()
        let text = try InputFile.readSecret(file).exposed.filter { !$0.isWhitespace }
        guard let number = NationalIdentityNumber(parsing: text) else {
            // What was typed may be somebody's number all but for a digit, so it is not repeated.
            throw CLIError.usage(
                "`\(file == "-" ? "stdin" : file)` holds no national identity number",
                hint: "eleven digits, of which the last two are control digits"
            )
        }
        return number
    }
}
