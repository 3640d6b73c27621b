import AuditLedger

/// Who performs an act of administration on the data folder itself.
///
/// The ledger records the operating-system user and host; a claimed name stands beside it and proves nothing (DESIGN §11).
public struct Actor: Sendable, Hashable {
    /// The user that the process runs as.
    public let operatingSystemUser: String
    /// The user who became that one with `sudo` (`SUDO_USER`).
    public let originalUser: String?
    /// The machine's name.
    public let host: String
    /// The name given with `--as`.
    public let claimed: String?
    /// The command, its words without any secret: `access grant`.
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
}

extension Actor: CustomStringConvertible {
    /// As the ledger writes it: `root@host (sudo by kari) as "rota"`.
    public var description: String {
        var text = "\(operatingSystemUser)@\(host)"
        if let originalUser { text += " (sudo by \(originalUser))" }
        if let claimed { text += " as \"\(claimed)\"" }
        return text
    }
}
