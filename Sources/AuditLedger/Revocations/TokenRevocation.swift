public import Vocabulary

/// Tokens that were ended before their `exp`: one, or all of somebody's that were issued up to a time.
///
/// Nothing is kept of tokens that nobody ended, and a revocation only as long as a token that it concerns could live.
public struct TokenRevocation: Sendable, Hashable {
    /// Whose tokens are ended.
    public enum Subject: Sendable, Hashable {
        /// The one token with that `jti`.
        case token(TokenID)
        /// All that were issued to that client.
        case client(ClientID)
        /// All whose `consumer` is that organisation, whoever asked for them.
        case consumer(OrganisationNumber)
        /// All that hold that scope, whatever else they hold.
        case scope(ScopeName)
    }

    /// Whose tokens.
    public let subject: Subject
    /// Tokens with this `iat` or an earlier one are ended; those of the very second are, whichever came first.
    public let issuedUntil: Timestamp
    /// From then on no token is left that it concerns.
    public let freed: Timestamp

    /// How long a revocation is remembered beyond the last `exp`: for verifiers that give a token leeway at its end.
    public static let linger = Seconds.minutes(1)

    /// A revocation.
    public init(subject: Subject, issuedUntil: Timestamp, freed: Timestamp) {
        self.subject = subject
        self.issuedUntil = issuedUntil
        self.freed = freed
    }

    /// Whether it ends a token of its subject that was issued then.
    public func ends(tokenIssuedAt issued: Timestamp) -> Bool { issued <= issuedUntil }
}

extension TokenRevocation.Subject {
    /// The kind, for stores and the ledger; never reused for another one.
    public var kind: String {
        switch self {
        case .token: "token"
        case .client: "client"
        case .consumer: "consumer"
        case .scope: "scope"
        }
    }

    /// The identifier within the kind.
    public var identifier: String {
        switch self {
        case .token(let id): id.rawValue
        case .client(let id): id.rawValue
        case .consumer(let number): "\(number)"
        case .scope(let name): name.rawValue
        }
    }
}

/// Reads revocations inside an open transaction or snapshot; blocks.
public protocol TokenRevocationReader {
    /// The revocation of that subject; nil when there is none.
    func revocation(of subject: TokenRevocation.Subject) throws -> TokenRevocation?
}

/// Keeps revocations inside an open transaction; blocks.
public protocol TokenRevocationStore: TokenRevocationReader {
    /// Keeps a revocation in place of an older one of the same subject.
    func put(_ revocation: TokenRevocation) throws

    /// The latest time of the ledger's newest entries, at most so many: a token that stands in it may bear any time up to it.
    func latestEntryTime(among count: Int) throws -> Timestamp?
}

extension TokenRevocationStore {
    /// Ends all tokens of a subject that stand in the ledger at this point, unless they are ended already.
    ///
    /// Whoever waited for the transaction read the time before others wrote: what they issued meanwhile is ended too.
    /// - Parameters:
    ///   - subject: Whose tokens.
    ///   - longestLife: No token lives longer.
    ///   - now: The time of the act.
    /// - Throws: What the store throws.
    /// - Returns: the revocation; nil when nothing changed.
    public func revokeAll(
        of subject: TokenRevocation.Subject,
        longestLife: Seconds,
        at now: Timestamp
    ) throws -> TokenRevocation? {
        let newest = try latestEntryTime(among: Self.entriesLookedAt) ?? now
        // A clock that once stood far ahead must not end tokens that are issued from now on.
        let until = min(max(now, newest), now + Self.largestWait)
        if let known = try revocation(of: subject), known.issuedUntil >= until { return nil }
        let revocation = TokenRevocation(
            subject: subject,
            issuedUntil: until,
            freed: until + longestLife + TokenRevocation.linger
        )
        try put(revocation)
        return revocation
    }

    /// Ends one token.
    ///
    /// - Parameters:
    ///   - token: Its `jti`.
    ///   - issued: Its `iat`.
    ///   - expires: Its `exp`.
    /// - Throws: What the store throws.
    /// - Returns: the revocation; nil when it was ended already.
    public func revoke(_ token: TokenID, issued: Timestamp, expires: Timestamp) throws -> TokenRevocation? {
        let subject = TokenRevocation.Subject.token(token)
        guard try revocation(of: subject) == nil else { return nil }
        let revocation = TokenRevocation(
            subject: subject,
            issuedUntil: issued,
            freed: expires + TokenRevocation.linger
        )
        try put(revocation)
        return revocation
    }

    /// One transaction of the writer holds 256 requests at most; entries older than the newest of these are no later.
    private static var entriesLookedAt: Int { 1_024 }

    /// The longest wait for the database's lock, with room.
    private static var largestWait: Seconds { 10 }
}
