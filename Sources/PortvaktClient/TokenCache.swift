import Fetching
import Synchronization
import Vocabulary

/// Tokens in memory, one for each request that would give another token; several clients may share a cache.
///
/// A failure is told to whoever waits and then forgotten: nothing sticks. The least recently used tokens make room.
public final class TokenCache: Sendable {
    /// Everything that changes a token.
    struct Key: Sendable, Hashable {
        let request: TokenRequest
        let client: ClientID
        let server: String
        let style: GrantStyle
        /// `kid`, or the certificate's hash.
        let credential: String
        /// The thumbprint of the key that the token is bound to.
        let proofKey: String?
    }

    typealias Fetch = SharedFetch<FetchedToken, TokenError>

    /// What a caller is to do.
    enum Lookup {
        /// Take this token.
        case token(AccessToken)
        /// Take this token, and run the fetch behind it.
        case tokenAndRenewal(AccessToken, Fetch)
        /// Wait for the fetch; run it if `isNew`.
        case wait(Fetch, isNew: Bool)
    }

    private struct Entry {
        var token: AccessToken?
        var receivedAt: Duration = .zero
        var validUntil: Duration = .zero
        var renewAt: Duration = .zero
        var failures = 0
        var fetch: Fetch?
        var lastUse: UInt64 = 0
        /// Whether somebody asked since the last renewal that nobody had asked for began.
        var isUsed = true
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var uses: UInt64 = 0
    }

    /// A refused token that was received less than this ago is not replaced: another would be refused too, and an API that
    /// always answers 401 would cause a request to the server for each call.
    static let leastAgeOfReplaced = Duration.seconds(5)

    private let limit: Int
    private let state = Mutex(State())

    /// An empty cache of at most so many tokens.
    public init(limit: Int = 1024) {
        precondition(limit > 0, "a cache holds at least one token")
        self.limit = limit
    }

    /// How many requests have a token or are being fetched.
    public var count: Int { state.withLock { $0.entries.count } }

    /// Whether anything is being fetched.
    var isFetching: Bool { state.withLock { $0.entries.values.contains { $0.fetch != nil } } }

    /// Forgets all tokens; what is being fetched is still given to those who wait for it.
    public func removeAll() {
        state.withLock { state in
            state.entries = state.entries.filter { $0.value.fetch != nil }.mapValues { entry in
                var entry = entry
                entry.token = nil
                return entry
            }
        }
    }

    /// Decides in one critical section, so that a thousand callers start one fetch.
    func lookup(_ key: Key, _ freshness: Freshness, at elapsed: Duration, _ policy: RefreshPolicy) -> Lookup {
        state.withLock { state in
            state.uses += 1
            guard let index = state.entries.index(forKey: key) else {
                let fetch = Fetch()
                Self.makeRoom(in: &state, for: limit)
                state.entries[key] = Entry(fetch: fetch, lastUse: state.uses)
                return .wait(fetch, isNew: true)
            }
            return Self.decide(
                &state.entries.values[index],
                freshness,
                at: elapsed,
                leastRemaining: policy.leastRemaining,
                use: state.uses
            )
        }
    }

    private static func decide(
        _ entry: inout Entry,
        _ freshness: Freshness,
        at elapsed: Duration,
        leastRemaining: Duration,
        use: UInt64
    ) -> Lookup {
        entry.lastUse = use
        entry.isUsed = true
        if let token = entry.token {
            let left = entry.validUntil - elapsed
            switch freshness {
            case .cached where left >= leastRemaining:
                guard elapsed >= entry.renewAt, entry.fetch == nil else { return .token(token) }
                let fetch = Fetch()
                entry.fetch = fetch
                return .tokenAndRenewal(token, fetch)
            case .minimumRemaining(let least) where left >= max(least, leastRemaining): return .token(token)
            case .replacing(let refused)
            where left >= leastRemaining
                && (token.value != refused.value || elapsed - entry.receivedAt < Self.leastAgeOfReplaced):
                return .token(token)
            case .cached, .minimumRemaining, .replacing, .forceRefresh: break
            }
        }
        if let fetch = entry.fetch { return .wait(fetch, isNew: false) }
        let fetch = Fetch()
        entry.fetch = fetch
        return .wait(fetch, isNew: true)
    }

    /// Begins the renewal of tokens that are due and were asked for since the last one, for who keeps them fresh.
    ///
    /// Tokens that nobody asks for any more are left to end.
    func beginRenewals(at elapsed: Duration, of isOwn: (Key) -> Bool) -> [(key: Key, fetch: Fetch)] {
        state.withLock { state in
            var begun: [(key: Key, fetch: Fetch)] = []
            for (key, entry) in state.entries
            where entry.token != nil && entry.fetch == nil && entry.isUsed && elapsed >= entry.renewAt && isOwn(key) {
                let fetch = Fetch()
                state.entries[key]?.fetch = fetch
                state.entries[key]?.isUsed = false
                begun.append((key, fetch))
            }
            return begun
        }
    }

    /// Files a new token; one of unknown lifetime is given to those who wait and not kept.
    func store(
        _ fetched: FetchedToken,
        under key: Key,
        of fetch: Fetch,
        at elapsed: Duration,
        margin: Duration
    ) {
        state.withLock { state in
            guard let index = state.entries.index(forKey: key), state.entries.values[index].fetch === fetch else {
                return
            }
            guard let validUntil = fetched.validUntil else {
                state.entries.remove(at: index)
                return
            }
            let old = state.entries.values[index]
            state.entries.values[index] = Entry(
                token: fetched.token,
                receivedAt: elapsed,
                validUntil: validUntil,
                renewAt: validUntil - margin,
                lastUse: old.lastUse,
                isUsed: old.isUsed
            )
        }
    }

    /// Forgets a failure but for the pause before the next renewal behind a token that is still good.
    func fail(_ key: Key, of fetch: Fetch, at elapsed: Duration, _ policy: RefreshPolicy) {
        state.withLock { state in
            guard let index = state.entries.index(forKey: key), state.entries.values[index].fetch === fetch else {
                return
            }
            var entry = state.entries.values[index]
            guard entry.token != nil, entry.validUntil - elapsed >= policy.leastRemaining else {
                state.entries.remove(at: index)
                return
            }
            let pause = min(policy.longestPause, policy.firstPause * (1 << min(entry.failures, 16)))
            entry.fetch = nil
            entry.failures += 1
            entry.renewAt = max(entry.renewAt, elapsed + pause)
            state.entries.values[index] = entry
        }
    }

    /// Forgets the token of a key, so that the next caller fetches.
    func removeToken(of key: Key) {
        state.withLock { state in
            guard let index = state.entries.index(forKey: key) else { return }
            if state.entries.values[index].fetch == nil {
                state.entries.remove(at: index)
            } else {
                state.entries.values[index].token = nil
            }
        }
    }

    /// Forgets a token wherever it stands, so that nobody is given it any more.
    func removeToken(_ token: AccessToken) {
        let keys = state.withLock { state in
            state.entries.filter { $0.value.token?.value == token.value }.map(\.key)
        }
        for key in keys { removeToken(of: key) }
    }

    private static func makeRoom(in state: inout State, for limit: Int) {
        while state.entries.count >= limit {
            // Entries that are being fetched have waiters or a renewal and stay.
            let oldest = state.entries.filter { $0.value.fetch == nil }.min { $0.value.lastUse < $1.value.lastUse }
            guard let oldest else { return }
            state.entries.removeValue(forKey: oldest.key)
        }
    }
}

/// A token as it was fetched.
struct FetchedToken: Sendable {
    /// The token.
    let token: AccessToken
    /// When it ends on the even clock; nil when the server did not tell.
    let validUntil: Duration?
}

/// How fresh a token must be.
public enum Freshness: Sendable, Hashable {
    /// Any that is good, renewed in time behind the caller's back.
    case cached
    /// A new one; one that is being fetched will do.
    case forceRefresh
    /// Any but this one, which an API has refused: one that another caller has fetched meanwhile, or a new one.
    ///
    /// The same comes again when it was received less than five seconds ago: so new a token is not refused for its age.
    case replacing(AccessToken)
    /// One that lives at least so long, as before a long upload.
    case minimumRemaining(Duration)
}
