import Fetching
public import JOSE
public import Logging
import Synchronization

/// An issuer's keys, fetched, cached and renewed; requests wait for the network only when nothing else is left.
///
/// Known keys are looked up without waiting. They are renewed at four fifths of their lifetime, behind the requests. An
/// unknown key causes one reading, at most every 30 s. In an outage the known keys serve for an hour past their lifetime;
/// an answer that lacks a key removes it at once.
public final class RemoteKeySet: KeySource {
    typealias Reading = KeySetState.Reading
    private typealias Fetch = SharedFetch<Void, KeyDocumentFault>

    private struct Shared {
        var state: KeySetState
        var fetch: Fetch?
    }

    private let location: KeyLocation
    private let transport: any KeyTransport
    private let options: KeySetOptions
    private let clock: any KeySetClock
    private let logger: Logger
    private let chance: @Sendable () -> Double
    private let shared: Mutex<Shared>

    /// Keys that are fetched when the first token comes: an API that must start while the issuer is down.
    public convenience init(
        _ location: KeyLocation,
        transport: any KeyTransport = HTTPKeyTransport(),
        options: KeySetOptions = KeySetOptions(),
        clock: any KeySetClock = SystemKeySetClock(),
        logger: Logger = Logger(label: "portvakt.provider") { _ in SwiftLogNoOpLogHandler() }
    ) {
        self.init(
            location,
            transport: transport,
            options: options,
            clock: clock,
            logger: logger,
            chance: { Double.random(in: 0..<1) }
        )
    }

    /// Keys that are fetched now: a wrong issuer fails the start, not the first request.
    ///
    /// - Throws: `KeySourceError.unavailable`.
    public convenience init(
        loading location: KeyLocation,
        transport: any KeyTransport = HTTPKeyTransport(),
        options: KeySetOptions = KeySetOptions(),
        clock: any KeySetClock = SystemKeySetClock(),
        logger: Logger = Logger(label: "portvakt.provider") { _ in SwiftLogNoOpLogHandler() }
    ) async throws(KeySourceError) {
        self.init(location, transport: transport, options: options, clock: clock, logger: logger)
        if case .failure(let fault) = await startReading().outcome() { throw .unavailable("\(fault)") }
    }

    init(
        _ location: KeyLocation,
        transport: any KeyTransport,
        options: KeySetOptions,
        clock: any KeySetClock,
        logger: Logger,
        chance: @escaping @Sendable () -> Double
    ) {
        self.location = location
        self.transport = transport
        self.options = options
        self.clock = clock
        self.logger = logger
        self.chance = chance
        shared = Mutex(Shared(state: KeySetState(options)))
    }

    /// The key that a header names.
    ///
    /// - Throws: `KeySourceError`.
    public func key(for header: JOSEHeader) async throws(KeySourceError) -> JWK {
        if let key = try await knownKeys()[header] { return key }
        // The issuer may have a new key: ask once, for all who wait.
        guard let fetch = startReading(if: { $0.mayAsk(for: header.keyID, at: $1) }) else {
            throw .unknownKey(header.keyID)
        }
        switch await outcome(of: fetch) {
        case .success: break
        case .failure(let fault): throw .unavailable("\(fault)")
        case nil: throw .unavailable("no answer came in time")
        }
        let now = clock.elapsed
        return try shared.withLock { shared throws(KeySourceError) in
            if let key = shared.state.reading?.keys[header] { return key }
            if let keyID = header.keyID { shared.state.remember(miss: keyID, at: now) }
            throw .unknownKey(header.keyID)
        }
    }

    /// What is known at present, for health checks.
    public func snapshot() -> KeySetSnapshot {
        let now = clock.elapsed
        return shared.withLock { shared in
            KeySetSnapshot(
                keyIDs: shared.state.reading?.keys.keyIDs ?? [],
                age: shared.state.reading.map { now - $0.readAt },
                isFresh: shared.state.reading.map { now < $0.readAt + $0.lifetime } ?? false,
                isCoolingDown: shared.state.isCoolingDown(at: now),
                lastFault: shared.state.lastFault.map { "\($0)" }
            )
        }
    }

    /// Whether a reading is under way.
    var isReading: Bool { shared.withLock { $0.state.isReading } }

    private func knownKeys() async throws(KeySourceError) -> IndexedKeys {
        let step = shared.withLock { $0.state.step(at: clock.elapsed) }
        switch step {
        case .look(let keys, let renewing):
            if renewing { _ = startReading(if: { !$0.isReading && !$0.isCoolingDown(at: $1) }) }
            return keys
        case .unavailable(let reason): throw .unavailable(reason)
        case .wait(let fallback):
            let outcome = await outcome(of: startReading())
            if case .success = outcome, let keys = shared.withLock({ $0.state.reading?.keys }) { return keys }
            if let fallback { return fallback }
            if case .failure(let fault) = outcome { throw .unavailable("\(fault)") }
            throw .unavailable("no answer came in time")
        }
    }

    /// The outcome of a reading; nil when it outlasts the patience.
    private func outcome(of fetch: Fetch) async -> Result<Void, KeyDocumentFault>? {
        await withTaskGroup { group in
            group.addTask { await fetch.outcome() }
            group.addTask { [clock, patience = options.patience] in
                try? await clock.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    /// The reading under way, or a new one.
    private func startReading() -> Fetch {
        shared.withLock { join(&$0, at: clock.elapsed) }
    }

    /// The same if the state permits, asked in the same critical section: of many callers one starts it.
    private func startReading(if isPermitted: (inout KeySetState, Duration) -> Bool) -> Fetch? {
        shared.withLock { shared in
            let now = clock.elapsed
            return isPermitted(&shared.state, now) ? join(&shared, at: now) : nil
        }
    }

    private func join(_ shared: inout Shared, at now: Duration) -> Fetch {
        if let fetch = shared.fetch { return fetch }
        let fetch = Fetch()
        shared.state.beginReading(at: now)
        shared.fetch = fetch
        fetch.run { [self] in await read(startedAt: now) }
        return fetch
    }

    private func read(startedAt: Duration) async -> Result<Void, KeyDocumentFault> {
        let known = shared.withLock(\.state.reading)
        let reader = KeySetReader(location: location, transport: transport, options: options, logger: logger)
        let outcome: Result<Void, KeyDocumentFault>
        do throws(KeyDocumentFault) {
            let new = try await reader.read(after: known, startedAt: startedAt, chance: chance())
            shared.withLock { shared in
                shared.state.endReading(new)
                shared.fetch = nil
            }
            outcome = .success(())
        } catch {
            shared.withLock { shared in
                shared.state.endReading(error)
                shared.fetch = nil
            }
            logger.warning("keys_unread", metadata: ["fault": "\(error)", "keys_known": "\(known?.keys.count ?? 0)"])
            outcome = .failure(error)
        }
        return outcome
    }
}

/// What a remote key set knows.
public struct KeySetSnapshot: Sendable, Hashable {
    /// The identifiers of the known keys.
    public let keyIDs: [String]
    /// How old the reading is; nil when there is none.
    public let age: Duration?
    /// Whether the reading is within its lifetime; false means that an outage is being lived through.
    public let isFresh: Bool
    /// Whether an attempt would come too early.
    public let isCoolingDown: Bool
    /// Why the last attempt failed; nil after a good one.
    public let lastFault: String?
}
