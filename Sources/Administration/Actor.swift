public import AuditLedger
import JOSE

/// Who performs an act of administration on the data folder itself.
///
/// The ledger records the operating-system user, host and command; a claimed name stands beside them and proves nothing
/// (DESIGN §11).
public struct Actor: Sendable, Hashable {
    /// The user that the process runs as.
    public let operatingSystemUser: String
    /// The user who became that one with `sudo` (`SUDO_USER`).
    public let originalUser: String?
    /// The machine's name.
    public let host: String
    /// The name given with `--as`.
    public let claimed: String?
    /// The command without the values of its options: `portvakt access grant`.
    public let command: String?

    /// A person or program at a machine.
    public init(
        operatingSystemUser: String,
        originalUser: String? = nil,
        host: String,
        claimed: String? = nil,
        command: String? = nil
    ) {
        self.operatingSystemUser = operatingSystemUser
        self.originalUser = originalUser
        self.host = host
        self.claimed = claimed
        self.command = command
    }

    /// Puts itself into an event: the proven part as `actor`, the rest into the details.
    public func sign(_ event: inout LedgerEvent) {
        event.actor = "\(self)"
        event.details["claimed_actor"] = claimed.map { .string($0) }
        event.details["command"] = command.map { .string($0) }
    }
}

extension Actor: CustomStringConvertible {
    /// What the operating system says of it: `kari@host`, `root@host (sudo: kari)`.
    public var description: String {
        "\(operatingSystemUser)@\(host)" + (originalUser.map { " (sudo: \($0))" } ?? "")
    }
}
