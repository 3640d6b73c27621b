public import Vocabulary

/// How many tokens were issued, or requests refused with one code, in one hour.
public struct UsageHour: Sendable, Hashable {
    /// The first second of the hour.
    public let start: Timestamp
    /// The refusals' code; nil: tokens.
    public let code: String?
    /// How many.
    public let count: Int64

    /// A count.
    public init(start: Timestamp, code: String?, count: Int64) {
        self.start = start
        self.code = code
        self.count = count
    }

    /// One hour.
    public static let length = Seconds.hours(1)

    /// The first second of the hour that `time` is in.
    public static func start(of time: Timestamp) -> Timestamp {
        Timestamp(seconds: time.seconds - (time.seconds % length.count + length.count) % length.count)
    }
}

/// When a client last got a token, and when it was last refused one after it had proved who it is.
public struct ClientUse: Sendable, Hashable {
    /// The last token's issuance.
    public var issued: Timestamp?
    /// The last refusal.
    public var refused: Timestamp?
    /// The last refusal's entry in the ledger.
    public var refusal: Int64?

    /// Never anything.
    public init() {}
}

/// A scope that a client asked for and was refused.
public struct ScopeRefusal: Sendable, Hashable {
    /// The scope.
    public let scope: ScopeName
    /// For whom it was asked; nil where that is not known.
    public let consumer: OrganisationNumber?
    /// Who asked.
    public let client: ClientID
    /// The refusal's code.
    public let code: String
    /// Why this scope was refused.
    public let reason: String
    /// How often.
    public let count: Int64
    /// When last.
    public let last: Timestamp

    /// A refusal.
    public init(
        scope: ScopeName,
        consumer: OrganisationNumber?,
        client: ClientID,
        code: String,
        reason: String,
        count: Int64,
        last: Timestamp
    ) {
        self.scope = scope
        self.consumer = consumer
        self.client = client
        self.code = code
        self.reason = reason
        self.count = count
        self.last = last
    }
}

/// Which scopes' refusals are wanted; what is nil does not matter.
public struct ScopeRefusalQuery: Sendable, Hashable {
    /// Of that scope.
    public var scope: ScopeName?
    /// Of scopes that the organisation owns.
    public var owner: OrganisationNumber?
    /// Asked for that organisation.
    public var consumer: OrganisationNumber?
    /// Asked by that client.
    public var client: ClientID?
    /// At most so many, the newest first.
    public var limit = 100

    /// All of them.
    public init() {}
}

/// Reads what the ledger says of use, in sums that are kept beside it and the entries that came since.
public protocol UsageReader {
    /// Whether the sums are being made for the first time: what is told of use then lacks the newest.
    var isUsageBehind: Bool { get throws }

    /// The hours from `start` on in which something was, and what; of one organisation or of all.
    func usage(from start: Timestamp, of organisation: OrganisationNumber?) throws -> [UsageHour]

    /// What each of these clients last did; those that never did anything are left out.
    func use(of clients: [ClientID]) throws -> [ClientID: ClientUse]

    /// When a token was last issued with each scope; those that never were in one are left out.
    func lastTokens() throws -> [ScopeName: Timestamp]

    /// When each registered key of a client last proved it.
    func keyUse(of client: ClientID) throws -> [KeyID: Timestamp]

    /// The refusals asked for, the newest first.
    func scopeRefusals(_ query: ScopeRefusalQuery) throws -> [ScopeRefusal]
}
