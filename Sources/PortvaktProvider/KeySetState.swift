/// What a remote key set knows and what it does about it: a pure machine, told the time by whoever drives it.
struct KeySetState: Sendable {
    /// One good reading.
    struct Reading: Sendable {
        var keys: IndexedKeys
        var entityTag: String?
        var keysURL: String
        /// When it was asked for.
        var readAt: Duration
        var lifetime: Duration
        var renewAt: Duration
    }

    /// What a request for a key is to do.
    enum Step: Sendable {
        /// Look among these keys; start a reading behind it if told so.
        case look(IndexedKeys, renewing: Bool)
        /// Wait for a reading, then look among its keys, or among these when it fails or takes too long.
        case wait(fallback: IndexedKeys?)
        /// There are no keys, and it is too early to ask again.
        case unavailable(String)
    }

    private(set) var reading: Reading?
    /// Whether a reading is under way.
    private(set) var isReading = false
    /// When the last attempt began, good or bad.
    private(set) var lastAttempt: Duration?
    /// Why the last attempt failed; nil after a good one.
    private(set) var lastFault: KeyDocumentFault?
    private var misses: [String: Duration] = [:]
    private let options: KeySetOptions

    init(_ options: KeySetOptions) { self.options = options }

    /// When the known keys stop serving, the grace of an outage included.
    private func end(of reading: Reading) -> Duration { reading.readAt + reading.lifetime + options.staleLimit }

    /// Whether an attempt would come too early.
    func isCoolingDown(at now: Duration) -> Bool {
        guard let lastAttempt else { return false }
        return now - lastAttempt < (reading == nil ? options.pauseWithoutKeys : options.cooldown)
    }

    /// What to do for a request before the key is looked for.
    mutating func step(at now: Duration) -> Step {
        if let known = reading, now >= end(of: known) { reading = nil }
        guard let known = reading else {
            guard isReading || !isCoolingDown(at: now) else {
                return .unavailable(lastFault.map { "\($0)" } ?? "they have not been read yet")
            }
            return .wait(fallback: nil)
        }
        if now < known.readAt + known.lifetime {
            return .look(known.keys, renewing: now >= known.renewAt && !isReading && !isCoolingDown(at: now))
        }
        // Past their lifetime: ask first, but neither again and again while nobody answers, nor longer than patience has.
        let wasSlow = isReading && lastAttempt.map { now - $0 >= options.patience } ?? false
        let mayWait = isReading ? !wasSlow : !isCoolingDown(at: now)
        return mayWait ? .wait(fallback: known.keys) : .look(known.keys, renewing: false)
    }

    /// Whether the keys are to be read again although nobody asks for one.
    ///
    /// Without keys it is asked at the pace of unknown keys: who cannot do without asks for himself, and sooner.
    func isRenewalDue(at now: Duration) -> Bool { !isReading && timeToRenewal(at: now) <= .zero }

    /// How long to rest before the next renewal.
    func timeToRenewal(at now: Duration) -> Duration {
        let pause = lastAttempt.map { $0 + options.cooldown - now } ?? .zero
        guard let known = reading, now < end(of: known) else { return pause }
        return max(known.renewAt - now, pause)
    }

    /// What is known, for health checks.
    func snapshot(at now: Duration) -> KeySetSnapshot {
        let serving = reading.flatMap { now < end(of: $0) ? $0 : nil }
        return KeySetSnapshot(
            keyIDs: serving?.keys.keyIDs ?? [],
            age: serving.map { now - $0.readAt },
            isFresh: serving.map { now < $0.readAt + $0.lifetime } ?? false,
            isCoolingDown: isCoolingDown(at: now),
            lastFault: lastFault.map { "\($0)" }
        )
    }

    /// Whether an unknown key may be asked for now.
    mutating func mayAsk(for keyID: String?, at now: Duration) -> Bool {
        if let keyID, let missed = misses[keyID] {
            if now - missed < options.cooldown { return false }
            misses[keyID] = nil
        }
        return isReading || !isCoolingDown(at: now)
    }

    /// Remembers that an answer did not hold a key.
    mutating func remember(miss keyID: String, at now: Duration) {
        if misses.count >= options.rememberedMisses {
            misses = misses.filter { now - $0.value < options.cooldown }
            // Still full of new ones: forget one at random rather than grow.
            if misses.count >= options.rememberedMisses { misses.remove(at: misses.startIndex) }
        }
        misses[keyID] = now
    }

    /// How many misses are remembered.
    var missCount: Int { misses.count }

    /// Begins an attempt.
    mutating func beginReading(at now: Duration) {
        isReading = true
        lastAttempt = now
    }

    /// Ends an attempt well: the whole set is replaced, and what is missing from it is gone at once.
    mutating func endReading(_ new: Reading) {
        isReading = false
        lastFault = nil
        reading = new
        misses = [:]
    }

    /// Ends an attempt badly: what is known serves on.
    mutating func endReading(_ fault: KeyDocumentFault) {
        isReading = false
        lastFault = fault
    }
}
