import ArgumentParser
import Delegations
import Foundation
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

    /// The right; reads stdin when a person acts.
    func right(in options: GlobalOptions) throws -> ActingRight {
        guard personStdin else { return .operatorsAct }
        let text = try InputFile.readText("-").trimmingCharacters(in: .whitespacesAndNewlines)
        guard let number = NationalIdentityNumber(parsing: text) else {
            throw CLIError.usage("stdin holds no national identity number: eleven digits with two control digits")
        }
        return .person(try options.pseudonymKey().pseudonym(of: number), level: level)
    }
}

extension Typed {
    /// A system's identifier.
    static func system(_ text: String) throws(CLIError) -> SystemID {
        guard let id = try? SystemID(parsing: text) else {
            throw .usage("`\(text)` is no system: the vendor's organisation number, `_` and a name")
        }
        return id
    }

    /// A UUID.
    static func uuid(_ text: String) throws(CLIError) -> UUID {
        guard let uuid = UUID(uuidString: text) else { throw .usage("`\(text)` is no UUID") }
        return uuid
    }

    /// A right: a resource, and perhaps `#` and an action.
    static func right(_ text: String) throws(CLIError) -> SystemRight {
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard let resource = try? ResourceID(parsing: parts[0]), parts.count == 1 || !parts[1].isEmpty else {
            throw .usage("`\(text)` is no right", hint: "write a resource, or a resource, `#` and an action")
        }
        return SystemRight(resource: resource, action: parts.count == 2 ? String(parts[1]) : nil)
    }

    /// The slug of an access package, which may be typed as its URN.
    static func package(_ text: String) -> String {
        text.hasPrefix(AccessPackage.urnPrefix) ? String(text.dropFirst(AccessPackage.urnPrefix.count)) : text
    }
}

extension SystemFaults: CLIErrorConvertible {
    /// Every fault, with the register's code where it has one.
    var cliError: CLIError {
        let list = faults.map { fault in
            OutputValue.object([
                .init("code", fault.rule?.code), .init("path", fault.path), .init("message", fault.description),
            ])
        }
        return CLIError("system_invalid", description, details: [.init("faults", list)])
    }
}

extension SystemUserRefusal: CLIErrorConvertible {
    /// The refusal, with Altinn's code.
    var cliError: CLIError {
        let status: ExitStatus =
            switch problem {
            case .systemUserExists, .alreadyAccepted, .pending, .denied, .rejected, .requestNotNew, .agentHasClients:
                .conflict
            case .missingRole, .missingDelegation, .missingServiceRight, .levelTooLow, .notOwned, .partyMismatch,
                .packageCheckFailed, .packageMissingAccess:
                .notAllowed
            default: .failed
            }
        return CLIError(problem.code, description, details: [.init("subject", subject)], status: status)
    }
}

extension ConsentFaults: CLIErrorConvertible {
    /// Every fault, with its code.
    var cliError: CLIError {
        let list = faults.map { fault in
            OutputValue.object([
                .init("code", fault.rule.code), .init("path", fault.path), .init("message", fault.text),
            ])
        }
        return CLIError("consent_invalid", description, details: [.init("faults", list)])
    }
}

extension ConsentProblem: CLIErrorConvertible {
    /// The problem, with Altinn's code.
    var cliError: CLIError {
        let status: ExitStatus =
            switch self {
            case .notAuthorised: .notAllowed
            case .cannotBeAccepted, .cannotBeRejected, .cannotBeRevoked, .identifierTaken: .conflict
            default: .failed
            }
        return CLIError(code, description, status: status)
    }
}
