public import Vocabulary

/// What the store knows of things that operators must not miss; every list is bounded, and says how much it leaves out.
public struct AttentionFacts: Sendable, Hashable {
    /// The most that one list has.
    public static let limit = 500

    /// Things that end, those that end first first.
    public struct Ending: Sendable, Hashable {
        /// One of them.
        public struct Thing: Sendable, Hashable {
            /// What it is, as part of an identifier.
            public let subject: String
            /// What it is, for people.
            public let name: String
            /// The same in Norwegian.
            public let norwegianName: String?
            /// The organisation concerned.
            public let party: OrganisationNumber?
            /// The organisation on the other side.
            public let other: OrganisationNumber?
            /// First second after its life.
            public let end: Timestamp
            /// The command that mends it.
            public let command: String?

            /// A thing that ends.
            public init(
                _ subject: String,
                _ name: String,
                norwegian norwegianName: String? = nil,
                party: OrganisationNumber?,
                other: OrganisationNumber? = nil,
                end: Timestamp,
                command: String?
            ) {
                self.subject = subject
                self.name = name
                self.norwegianName = norwegianName
                self.party = party
                self.other = other
                self.end = end
                self.command = command
            }
        }

        /// They, at most ``AttentionFacts/limit``.
        public var things: [Thing]
        /// How many there are in all.
        public var count: Int

        /// Things, of which there may be more.
        public init(_ things: [Thing] = [], count: Int? = nil) {
            self.things = things
            self.count = count ?? things.count
        }
    }

    /// An organisation that is no more, and what it still has.
    public struct Closed: Sendable, Hashable {
        /// It.
        public let organisation: OrganisationNumber
        /// When it was deleted, where that is known.
        public let day: CalendarDate?
        /// Its grants of access.
        public let accesses: Int
        /// Its active clients.
        public let clients: Int
        /// Delegations in force that it has given or received.
        public let delegations: Int

        /// A closed organisation.
        public init(
            _ organisation: OrganisationNumber,
            since day: CalendarDate?,
            accesses: Int,
            clients: Int,
            delegations: Int
        ) {
            self.organisation = organisation
            self.day = day
            self.accesses = accesses
            self.clients = clients
            self.delegations = delegations
        }
    }

    /// How a client fared in the last hour.
    public struct Requests: Sendable, Hashable {
        /// The client.
        public let client: ClientID
        /// Its owner.
        public let owner: OrganisationNumber?
        /// Tokens that it got.
        public let issued: Int
        /// Requests that were refused.
        public let refused: Int

        /// A client's requests.
        public init(_ client: ClientID, owner: OrganisationNumber?, issued: Int, refused: Int) {
            self.client = client
            self.owner = owner
            self.issued = issued
            self.refused = refused
        }
    }

    /// How old what is known of a feed of the register is.
    public struct Feed: Sendable, Hashable {
        /// The feed's name.
        public let name: String
        /// When it was brought up to date.
        public let updated: Timestamp

        /// A feed's age.
        public init(_ name: String, updated: Timestamp) {
            self.name = name
            self.updated = updated
        }
    }

    /// A webhook to which notices were given up.
    public struct Undelivered: Sendable, Hashable {
        /// The target.
        public let target: String
        /// How many were given up since one was last delivered.
        public let count: Int
        /// When the last one was given up.
        public let last: Timestamp

        /// A webhook's losses.
        public init(_ target: String, count: Int, last: Timestamp) {
            self.target = target
            self.count = count
            self.last = last
        }
    }

    /// An incident that was declared.
    public struct Incident: Sendable, Hashable {
        /// Its number.
        public let id: Int64
        /// What it is about, as the store has it: `client_key`.
        public let kind: String
        /// Which one.
        public let subject: String
        /// When it was declared.
        public let declared: Timestamp

        /// An incident.
        public init(id: Int64, kind: String, subject: String, declared: Timestamp) {
            self.id = id
            self.kind = kind
            self.subject = subject
            self.declared = declared
        }
    }

    /// Incidents of the last 30 days.
    public var incidents: [Incident] = []
    /// Keys of active clients.
    public var clientKeys = Ending()
    /// How many keys of active clients end within 30 days, also where the list is cut.
    public var clientKeysWithinMonth = 0
    /// Active signing keys without a successor.
    public var signingKeys = Ending()
    /// Grants of access in force.
    public var accesses = Ending()
    /// Delegations in force.
    public var delegations = Ending()
    /// Organisations that are no more.
    public var closed: [Closed] = []
    /// Clients that ask.
    public var requests: [Requests] = []
    /// Feeds of the register.
    public var feeds: [Feed] = []
    /// Webhooks.
    public var undelivered: [Undelivered] = []
    /// Why the ledger's head cannot be trusted; nil when it can.
    public var ledgerFault: String?
    /// The time of the oldest ledger entry that no signed checkpoint covers; nil when all are covered.
    public var oldestUncovered: Timestamp?

    /// Nothing.
    public init() {}
}

/// What lies outside the store: files of the data folder and its configuration.
public struct AttentionSurroundings: Sendable, Hashable {
    /// Certificates of the trust folder.
    public var trust = AttentionFacts.Ending()
    /// The server's own TLS certificate.
    public var tls = AttentionFacts.Ending()
    /// How the scope files of the data folder differ from the store: the plan's sum, or what is wrong in them.
    public var drift: String?

    /// Nothing.
    public init() {}

    /// The kinds of items that come from here.
    public static let kinds: Set<AttentionItem.Kind> = [.trustAnchor, .tlsCertificate, .scopeDrift]
}

/// Reads what operators must not miss, in one snapshot; blocks.
public protocol AttentionReader {
    /// What the store knows.
    func attentionFacts(at now: Timestamp) throws -> AttentionFacts

    /// What was listed when the server last looked, with what was resolved since the last clearing.
    func attentionRecords() throws -> [AttentionRecord]
}
