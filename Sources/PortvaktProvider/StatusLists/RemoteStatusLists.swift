import Fetching
public import JOSE
public import Logging
public import StatusLists
import Synchronization
public import Vocabulary

/// An issuer's status lists, fetched when a token needs one, proved by the issuer's keys, kept for their `ttl`.
///
/// One request fetches a list, all others that need it wait for that; a copy past its `ttl` is renewed before it is used
/// again, and serves on only while no new one can be had, for a bounded time. So an ended token is known as such one `ttl`
/// after the issuer has published its end.
public final class RemoteStatusLists: StatusSource {
    private typealias Fetch = SharedFetch<StatusListReader.Reading, StatusListError>

    private struct Copy {
        let reading: StatusListReader.Reading
        let readAt: Duration
    }

    private struct Entry {
        var copy: Copy?
        var fetch: Fetch?
        var lastFailure: (at: Duration, error: StatusListError)?
        var usedAt: Duration
    }

    private let reader: StatusListReader
    private let options: StatusListOptions
    private let clock: any KeySetClock
    private let logger: Logger
    private let origin: String
    private let entries = Mutex<[String: Entry]>([:])

    /// The lists of an issuer, whose keys sign them as they sign its tokens.
    ///
    /// - Parameters:
    ///   - issuer: Lists elsewhere than at its scheme, host and port are not fetched.
    ///   - keys: The keys that tokens are verified with.
    ///   - algorithms: The algorithms that are taken.
    ///   - transport: How documents are fetched.
    ///   - options: Times and sizes.
    ///   - wallClock: The clock that `exp` and `iat` are compared with.
    ///   - clock: The clock that copies age by.
    ///   - logger: Takes `status_list_read` and `status_list_unread`.
    public init(
        issuer: Issuer,
        keys: any KeySource,
        algorithms: Set<JWSAlgorithm> = [.rs256],
        transport: any KeyTransport = HTTPKeyTransport(),
        options: StatusListOptions = StatusListOptions(),
        wallClock: any WallClock = SystemClock(),
        clock: any KeySetClock = SystemKeySetClock(),
        logger: Logger = Logger(label: "portvakt.provider") { _ in SwiftLogNoOpLogHandler() }
    ) {
        reader = StatusListReader(
            issuer: issuer,
            keys: keys,
            algorithms: algorithms,
            transport: transport,
            options: options,
            clock: wallClock
        )
        self.options = options
        self.clock = clock
        self.logger = logger
        origin = String(issuer.rawValue.dropLast(issuer.path.count)) + "/"
    }

    /// The status that a token refers to.
    ///
    /// - Throws: ``StatusListError``.
    public func status(of reference: StatusReference) async throws(StatusListError) -> UInt8 {
        // The token is the issuer's own; even so it shall not make this program call whomever it names.
        guard reference.uri.hasPrefix(origin), !reference.uri.contains("#") else { throw .foreign(reference.uri) }
        let list = try await list(at: reference.uri)
        guard let status = list.status(at: reference.index) else { throw .index(reference.index) }
        return status
    }

    private func list(at uri: String) async throws(StatusListError) -> StatusList {
        let now = clock.elapsed
        let (known, fetch) = entries.withLock { entries -> (Copy?, Fetch?) in
            var entry = entries[uri] ?? Entry(usedAt: now)
            entry.usedAt = now
            defer { Self.keep(entry, at: uri, in: &entries, atMost: options.maximumLists) }
            if let copy = entry.copy, isFresh(copy, at: now) { return (copy, nil) }
            if entry.fetch == nil, entry.lastFailure.map({ now - $0.at < options.cooldown }) ?? false {
                return (entry.copy, nil)
            }
            let fetch = entry.fetch ?? Fetch()
            if entry.fetch == nil {
                entry.fetch = fetch
                // What is past its `exp` is sent anew: to know that it has not changed would not help.
                start(fetch, uri: uri, after: entry.copy.flatMap { isInForce($0) ? $0.reading : nil })
            }
            return (entry.copy, fetch)
        }
        if let fetch {
            switch await fetch.outcome(within: options.patience) {
            case .success(let reading): return reading.list
            case .failure(let error):
                if let copy = known, mayServe(copy, at: clock.elapsed) { return copy.reading.list }
                throw error
            case nil: break
            }
        } else if let known, isFresh(known, at: now) {
            return known.reading.list
        }
        // Nobody answers: what is known serves on within its bounds.
        if let known, mayServe(known, at: clock.elapsed) { return known.reading.list }
        let failure = entries.withLock { $0[uri]?.lastFailure?.error }
        throw failure ?? .unavailable("no answer came in time")
    }

    private func start(_ fetch: Fetch, uri: String, after known: StatusListReader.Reading?) {
        fetch.run { [self] in
            let asked = clock.elapsed
            let outcome: Result<StatusListReader.Reading, StatusListError>
            do throws(StatusListError) {
                outcome = .success(try await reader.read(uri, after: known))
            } catch {
                outcome = .failure(error)
            }
            entries.withLock { entries in
                entries[uri]?.fetch = nil
                switch outcome {
                case .success(let reading):
                    // Counted from the question: what was published after it is not in the answer.
                    entries[uri]?.copy = Copy(reading: reading, readAt: asked)
                    entries[uri]?.lastFailure = nil
                case .failure(let error): entries[uri]?.lastFailure = (clock.elapsed, error)
                }
            }
            report(outcome, uri: uri)
            return outcome
        }
    }

    private func isFresh(_ copy: Copy, at now: Duration) -> Bool {
        now < copy.readAt + copy.reading.timeToLive && isInForce(copy)
    }

    private func mayServe(_ copy: Copy, at now: Duration) -> Bool {
        now < copy.readAt + copy.reading.timeToLive + options.staleLimit && isInForce(copy)
    }

    private func isInForce(_ copy: Copy) -> Bool { copy.reading.expires.map { reader.clock.now < $0 } ?? true }

    /// Keeps an entry; of too many lists the one that was not used for longest goes, unless it is being fetched.
    private static func keep(_ entry: Entry, at uri: String, in entries: inout [String: Entry], atMost limit: Int) {
        entries[uri] = entry
        guard entries.count > limit else { return }
        let idle = entries.filter { $0.key != uri && $0.value.fetch == nil }
        if let oldest = idle.min(by: { $0.value.usedAt < $1.value.usedAt }) { entries[oldest.key] = nil }
    }

    private func report(_ outcome: Result<StatusListReader.Reading, StatusListError>, uri: String) {
        switch outcome {
        case .success(let reading):
            logger.debug(
                "status_list_read",
                metadata: ["uri": "\(uri)", "ttl_seconds": "\(reading.timeToLive.components.seconds)"]
            )
        case .failure(let error):
            logger.warning("status_list_unread", metadata: ["uri": "\(uri)", "fault": "\(error)"])
        }
    }
}
