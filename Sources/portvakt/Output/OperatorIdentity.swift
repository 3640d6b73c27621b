import Foundation

/// Who runs the command, as the ledger keeps it: the operating system's word, with a claimed name only beside it.
struct OperatorIdentity: Sendable, Equatable {
    /// The operating-system user.
    var user: String
    /// The user behind `sudo`, if any.
    var sudoUser: String?
    /// The host's name.
    var host: String
    /// The words of the command, without arguments and options, which may say something of somebody: what was changed, the
    /// entry tells by itself.
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
        return OperatorIdentity(
            user: user,
            sudoUser: environment["SUDO_USER"],
            host: ProcessInfo.processInfo.hostName,
            command: Portvakt.words,
            claimedName: claimedName
        )
    }
}
