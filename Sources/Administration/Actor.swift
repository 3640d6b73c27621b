public import AuditLedger
public import Delegations
import JOSE
public import Vocabulary

/// Who performs an act of administration: somebody at the data folder itself, or a client that called an API with a token.
///
/// At the folder the ledger records the operating-system user, host and command; a claimed name stands beside them and
/// proves nothing (DESIGN §11). Of a caller it records what the token proved.
public struct Actor: Sendable, Hashable {
    /// How the act came.
    public enum Origin: Sendable, Hashable {
        /// Somebody at a machine that holds the data folder.
        case machine(Machine)
        /// A call of an API.
        case api(Caller)
    }

    /// Somebody at a machine.
    public struct Machine: Sendable, Hashable {
        /// The user that the process runs as.
        public let operatingSystemUser: String
        /// The user who became that one with `sudo` (`SUDO_USER`).
        public let originalUser: String?
        /// The machine's name.
        public let host: String
    }

    /// Whoever showed a token of ours.
    public struct Caller: Sendable, Hashable {
        /// The client that the token was issued to.
        public let client: ClientID
        /// The organisation whose rights it has: the token's consumer.
        public let organisation: OrganisationNumber
        /// The person whom a portal vouched for; nil when the organisation acts itself.
        public let person: PersonPseudonym?
        /// The token's `jti`, which leads to the entry of its issuance.
        public let tokenID: TokenID
        /// The request.
        public let traceID: TraceID

        /// A caller.
        public init(
            client: ClientID,
            organisation: OrganisationNumber,
            person: PersonPseudonym? = nil,
            tokenID: TokenID,
            traceID: TraceID
        ) {
            self.client = client
            self.organisation = organisation
            self.person = person
            self.tokenID = tokenID
            self.traceID = traceID
        }
    }

    /// How the act came.
    public let origin: Origin
    /// The name given with `--as`.
    public let claimed: String?
    /// The command without the values of its options, `portvakt access grant`; of a call its method and path template.
    public let command: String?

    /// A person or program at a machine.
    public init(
        operatingSystemUser: String,
        originalUser: String? = nil,
        host: String,
        claimed: String? = nil,
        command: String? = nil
    ) {
        origin = .machine(
            Machine(operatingSystemUser: operatingSystemUser, originalUser: originalUser, host: host)
        )
        self.claimed = claimed
        self.command = command
    }

    /// A caller of an API.
    public init(_ caller: Caller, command: String? = nil) {
        origin = .api(caller)
        claimed = nil
        self.command = command
    }

    /// Puts itself into an event: the proven part as `actor`, the rest into the details.
    public func sign(_ event: inout LedgerEvent) {
        event.actor = "\(self)"
        event.details["claimed_actor"] = claimed.map { .string($0) }
        event.details["command"] = command.map { .string($0) }
        guard case .api(let caller) = origin else { return }
        event.traceID = caller.traceID
        event.details["actor_organisation"] = .string("\(caller.organisation)")
        event.details["actor_token"] = .string(caller.tokenID.rawValue)
        event.details["actor_person"] = caller.person.map { .string("\($0)") }
    }
}

extension Actor: CustomStringConvertible {
    /// What is proved of it: `kari@host`, `root@host (sudo: kari)`, or `client 8e1f… of 991825827`.
    public var description: String {
        switch origin {
        case .machine(let machine):
            "\(machine.operatingSystemUser)@\(machine.host)"
                + (machine.originalUser.map { " (sudo: \($0))" } ?? "")
        case .api(let caller):
            "client \(caller.client) of \(caller.organisation)" + (caller.person == nil ? "" : ", for a person")
        }
    }
}
