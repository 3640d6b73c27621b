public import Vocabulary

/// A one-time link to the console that was made and not used yet.
public struct ConsoleLink: Sendable, Hashable {
    /// How long a link may wait for its use.
    public static let lifetime = Seconds(60)

    /// The hash of its secret.
    public let hash: [UInt8]
    /// Whose view it opens; nil: the operator's.
    public let organisation: OrganisationNumber?
    /// Who made it, as the ledger names him.
    public let madeBy: String
    /// First second in which it opens nothing any more.
    public let ends: Timestamp

    /// A link.
    public init(hash: [UInt8], organisation: OrganisationNumber?, madeBy: String, ends: Timestamp) {
        self.hash = hash
        self.organisation = organisation
        self.madeBy = madeBy
        self.ends = ends
    }
}

/// A log-in to the console that lasts.
public struct ConsoleSession: Sendable, Hashable {
    /// It ends when nothing was asked for so long.
    public static let idleLifetime = Seconds.minutes(30)
    /// It ends so long after it began, whatever was asked.
    public static let lifetime = Seconds.hours(8)
    /// Its use is noted at most so often: a page need not cost a write.
    public static let noteInterval = Seconds(60)

    /// The hash of its secret.
    public let hash: [UInt8]
    /// Whose view it has; nil: the operator's.
    public let organisation: OrganisationNumber?
    /// Who made the link that it came from.
    public let madeBy: String
    /// When it began.
    public let began: Timestamp
    /// When it was last used, to within ``noteInterval``.
    public let used: Timestamp

    /// A session.
    public init(
        hash: [UInt8],
        organisation: OrganisationNumber?,
        madeBy: String,
        began: Timestamp,
        used: Timestamp
    ) {
        self.hash = hash
        self.organisation = organisation
        self.madeBy = madeBy
        self.began = began
        self.used = used
    }

    /// First second in which it is over unless it is used before.
    public var ends: Timestamp { min(used + Self.idleLifetime, began + Self.lifetime) }

    /// Whether it still stands; a clock that was set back behind its beginning ends it too.
    public func stands(at now: Timestamp) -> Bool { now < ends && now >= began - Self.noteInterval }
}

/// Reads console sessions in a snapshot.
public protocol ConsoleReader {
    /// The session whose secret has that hash, also one that is over.
    func consoleSession(_ hash: [UInt8]) throws -> ConsoleSession?
}

/// Keeps links and sessions inside an open transaction; none of it is a fact that a decision rests on.
public protocol ConsoleStore: ConsoleReader {
    /// Keeps a link, and forgets those that are over.
    func insert(_ link: ConsoleLink, at now: Timestamp) throws

    /// Takes the link whose secret has that hash: who calls first has it, and nobody after him.
    func takeConsoleLink(_ hash: [UInt8]) throws -> ConsoleLink?

    /// Keeps a session, and forgets those that are over.
    func insert(_ session: ConsoleSession, at now: Timestamp) throws

    /// Notes that a session was used.
    func noteUse(ofConsoleSession hash: [UInt8], at now: Timestamp) throws

    /// Takes a session away; nil when there was none.
    func removeConsoleSession(_ hash: [UInt8]) throws -> ConsoleSession?
}
