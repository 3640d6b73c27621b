import Foundation

/// Who runs the command, as the ledger keeps it: the operating system's word, with a claimed name only beside it.
struct OperatorIdentity: Sendable, Equatable {
    /// The operating-system user.
    var user: String
    /// The user behind `sudo`, if any.
    var sudoUser: String?
    /// The host's name.
    var host: String
    /// The command as typed, without the values of its options (a value may be private).
    var command: String
    /// The name given by `--as`.
    var claimedName: String?

    /// The ledger's `actor`: `kari@host`, `root@host (sudo: kari)`.
    var actor: String { "\(user)@\(host)" + (sudoUser.map { " (sudo: \($0))" } ?? "") }
}

extension GlobalOptions {
    /// Who runs this command.
    var operatorIdentity: OperatorIdentity {
        let environment = Console.current.surroundings.environment
        // The account behind the effective user id; the environment's `USER` is only a claim.
        let user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(geteuid())"
        let arguments = ProcessInfo.processInfo.arguments.dropFirst()
        return OperatorIdentity(
            user: user,
            sudoUser: environment["SUDO_USER"],
            host: ProcessInfo.processInfo.hostName,
            command: (["portvakt"] + arguments.prefix { !$0.hasPrefix("-") }).joined(separator: " "),
            claimedName: claimedName
        )
    }
}
