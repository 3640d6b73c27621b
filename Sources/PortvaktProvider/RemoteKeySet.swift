public import CoreMetrics
import Fetching
public import JOSE
public import Logging
import Synchronization
public import Tracing

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
    let options: KeySetOptions
    let clock: any KeySetClock
    private let logger: Logger
    private let telemetry: KeySetTelemetry
    private let chance: @Sendable () -> Double
    private let shared: Mutex<Shared>

    /// Keys that are fetched when the first token comes, or when the set is run as a service.
    ///
    /// Without `metrics` and `tracer` those of the process are used; <doc:RotationAndOutages> names what is reported.
    /// The logger takes `keys_read`, `keys_unread` and `key_skipped`.
    public convenience init(
        _ location: KeyLocation,
        transport: any KeyTransport = HTTPKeyTransport(),
        options: KeySetOptions = KeySetOptions(),
        clock: any KeySetClock = SystemKeySetClock(),
        logger: Logger = Logger(label: "portvakt.provider") { _ in SwiftLogNoOpLogHandler() },
        metrics: (any MetricsFactory)? = nil,
        tracer: (any Tracer)? = nil
    ) {
        self.init(
            location,
            transport: transport,
            options: options,
            clock: clock,
            logger: logger,
            metrics: metrics,
            tracer: tracer,
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
        logger: Logger = Logger(label: "portvakt.provider") { _ in SwiftLogNoOpLogHandler() },
        metrics: (any MetricsFactory)? = nil,
        tracer: (any Tracer)? = nil
    ) async throws(KeySourceError) {
        self.init(
            location,
            transport: transport,
            options: options,
            clock: clock,
            logger: logger,
            metrics: metrics,
            tracer: tracer
        )
        try await load()
    }

    init(
        _ location: KeyLocation,
        transport: any KeyTransport,
        options: KeySetOptions,
        clock: any KeySetClock,
        logger: Logger,
        metrics: (any MetricsFactory)? = nil,
        tracer: (any Tracer)? = nil,
        chance: @escaping @Sendable () -> Double
    ) {
        self.location = location
        self.transport = transport
        self.options = options
        self.clock = clock
        self.logger = logger
        self.chance = chance
        telemetry = KeySetTelemetry(metrics: metrics, tracer: tracer)
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
        shared.withLock { $0.state.snapshot(at: clock.elapsed) }
    }

    /// Reads the keys now, whatever is known; waits for a reading that is under way instead of starting another.
    ///
    /// - Throws: `KeySourceError.unavailable`, also when the calling task is cancelled.
    public func load() async throws(KeySourceError) {
        switch await startReading().outcome() {
        case .success: return
        case .failure(let fault): throw .unavailable("\(fault)")
        case nil: throw .unavailable("the task was cancelled")
        }
    }

    /// Renews the keys when their time has come; how long to rest before that.
    func renewIfDue() async -> Duration {
        if let fetch = startReading(if: { $0.isRenewalDue(at: $1) }) { _ = await fetch.outcome() }
        return shared.withLock { $0.state.timeToRenewal(at: clock.elapsed) }
    }

    /// Whether a reading is under way.
    var isReading: Bool { shared.withLock { $0.state.isReading } }

    private func knownKeys() async throws(KeySourceError) -> IndexedKeys {
        // In one critical section: whoever comes late to the decision must not start another reading.
        let (step, reading) = shared.withLock { shared -> (KeySetState.Step, Fetch?) in
            let now = clock.elapsed
            let step = shared.state.step(at: now)
            guard case .wait = step else { return (step, nil) }
            return (step, join(&shared, at: now))
        }
        switch step {
        case .look(let keys, let renewing):
            if renewing { _ = startReading(if: { !$0.isReading && !$0.isCoolingDown(at: $1) }) }
            return keys
        case .unavailable(let reason): throw .unavailable(reason)
        case .wait(let fallback):
            guard let reading else { throw .unavailable("they have not been read yet") }
            let outcome = await outcome(of: reading)
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
        let reader = KeySetReader(
            location: location,
            transport: transport,
            options: options,
            clock: clock,
            logger: logger
        )
        let chance = chance()
        let outcome = await telemetry.reading {
            () async -> Result<Reading, KeyDocumentFault> in
            do throws(KeyDocumentFault) {
                return .success(try await reader.read(after: known, startedAt: startedAt, chance: chance))
            } catch {
                return .failure(error)
            }
        }
        let snapshot = shared.withLock { shared in
            switch outcome {
            case .success(let new): shared.state.endReading(new)
            case .failure(let fault): shared.state.endReading(fault)
            }
            shared.fetch = nil
            return shared.state.snapshot(at: clock.elapsed)
        }
        telemetry.show(snapshot)
        report(outcome, snapshot)
        return outcome.map { _ in () }
    }

    private func report(_ outcome: Result<Reading, KeyDocumentFault>, _ snapshot: KeySetSnapshot) {
        switch outcome {
        case .success(let reading):
            logger.info(
                "keys_read",
                metadata: [
                    "kids": "\(snapshot.keyIDs.joined(separator: " "))",
                    "lifetime_seconds": "\(reading.lifetime.components.seconds)",
                ]
            )
        case .failure(let fault):
            logger.warning(
                "keys_unread",
                metadata: [
                    "fault": "\(fault)", "keys_known": "\(snapshot.keyIDs.count)", "health": "\(snapshot.health)",
                ]
            )
        }
    }
}
