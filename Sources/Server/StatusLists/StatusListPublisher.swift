import AuditLedger
import HTTPServer
import Logging
import SQLiteStorage
import ServiceLifecycle
import StatusLists
import TokenIssuance
import Vocabulary

/// Keeps the published status lists true: marks tokens that were ended, signs what has changed, frees places.
///
/// It looks once a second. With no token in any list a look is one read of three numbers.
actor StatusListPublisher: Service {
    /// How lists are published.
    struct Settings: Sendable {
        /// `ttl`: how long a copy may be used before another one is fetched.
        let timeToLive: Seconds

        /// How long a list lasts when no other one can be had (`exp`): twenty times as long, and a minute at least.
        var lifetime: Seconds { max(Seconds(timeToLive.count * 20), 60) }
    }

    private struct Edition {
        let list: StatusList
        let signedAt: Timestamp
        let key: KeyID
    }

    private let store: SQLiteStore
    private let writer: LedgerWriter<SQLiteStore>
    private let sweep: StatusSweep
    private let documents: DocumentSigner
    private let published: PublishedStatusLists
    private let issuer: Issuer
    private let settings: Settings
    private let clock: any WallClock
    private let logger: Logger

    private var editions: [Edition] = []
    private var seen: (revision: Int64, revocationCount: Int64)?
    private var sweptAt: Timestamp?
    private var isFailing = false

    private static let interval = Duration.seconds(1)
    /// Rights also end by their dates alone, which no act tells of.
    private static let sweepInterval = Seconds(10)
    /// So many rows in one transaction of the writer, which others wait for.
    private static let batch = 500

    init(
        store: SQLiteStore,
        writer: LedgerWriter<SQLiteStore>,
        policy: IssuancePolicy,
        documents: DocumentSigner,
        published: PublishedStatusLists,
        issuer: Issuer,
        settings: Settings,
        clock: any WallClock,
        logger: Logger
    ) {
        self.store = store
        self.writer = writer
        sweep = StatusSweep(policy: policy)
        self.documents = documents
        self.published = published
        self.issuer = issuer
        self.settings = settings
        self.clock = clock
        self.logger = logger
    }

    /// Publishes what there is, before anybody can ask for it.
    func prepare() async { await look() }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            repeat { await look() } while (try? await Task.sleep(for: Self.interval)) != nil
        }
    }

    private func look() async {
        let now = clock.now
        do {
            try await mark(at: now)
            try await publish(at: now)
            try await free(at: now)
            if isFailing { logger.notice("status lists are kept again") }
            isFailing = false
        } catch is CancellationError {
            return
        } catch {
            // Said once. The lists that are out serve until their `exp`, and no copy claims to be newer than it is.
            if !isFailing { logger.error("status lists cannot be kept", metadata: ["cause": "\(error)"]) }
            isFailing = true
        }
    }

    // MARK: Marking

    /// Marks what was ended since the last look, for good: what was published as ended does not come back.
    private func mark(at now: Timestamp) async throws {
        let state = try await store.read { reader in
            (try reader.highestStatusList, try reader.revision, try reader.revocationCount)
        }
        guard state.0 != nil else {
            seen = (state.1, state.2)
            return
        }
        let isUnchanged = seen.map { $0 == (state.1, state.2) } ?? false
        if isUnchanged, let sweptAt, now >= sweptAt, now - sweptAt < Self.sweepInterval { return }
        let finding = try await store.read { [sweep] in try sweep.look(in: $0, at: now) }
        for batch in finding.revoked.batches(of: Self.batch) {
            try await writer.perform { try $0.end(batch, at: now) }
        }
        var isCurrent = true
        for batch in finding.withdrawn.batches(of: Self.batch) where isCurrent {
            // A right may have been given back meanwhile, and a new token have come of it: then look again.
            isCurrent = try await writer.perform { transaction in
                guard try transaction.revision == finding.revision else { return false }
                try transaction.end(batch, at: now)
                return true
            }
        }
        seen = isCurrent ? (finding.revision, finding.revocationCount) : nil
        sweptAt = now
    }

    // MARK: Publishing

    /// Signs the lists that have changed, or whose `exp` comes near; one list more than are in use, so that a token's list
    /// is always there before the token.
    private func publish(at now: Timestamp) async throws {
        let (highest, ended) = try await store.read { reader in
            (try reader.highestStatusList, try reader.endedStatusPlaces(at: now))
        }
        guard let key = documents.keyID(at: now) else { throw Unavailable.noSigningKey }
        let count = max(editions.count, min((highest ?? -1) + 2, StatusPlace.maximumLists))
        let places = Dictionary(grouping: ended, by: \.list)
        for number in 0..<count {
            var list = StatusList(count: StatusPlace.listSize)
            for place in places[number] ?? [] { list.set(StatusList.invalid, at: place.index) }
            if editions.indices.contains(number), isGood(editions[number], as: list, key: key, at: now) { continue }
            let bytes = try sign(list, number: number, at: now)
            published.publish(bytes, asList: number)
            let edition = Edition(list: list, signedAt: now, key: key)
            if editions.indices.contains(number) { editions[number] = edition } else { editions.append(edition) }
        }
        published.publish(uris: (0..<count).map { StatusPlace.uri(ofList: $0, at: issuer) })
    }

    private func isGood(_ edition: Edition, as list: StatusList, key: KeyID, at now: Timestamp) -> Bool {
        let age = now - edition.signedAt
        return edition.list == list && edition.key == key && age >= 0 && age.count < settings.lifetime.count / 2
    }

    private func sign(_ list: StatusList, number: Int, at now: Timestamp) throws -> [UInt8] {
        let token = StatusListToken(
            uri: StatusPlace.uri(ofList: number, at: issuer),
            issuedAt: now,
            expires: now + settings.lifetime,
            timeToLive: settings.timeToLive,
            list: list
        )
        let payload = token.payload(aggregation: issuer.endpoint("statuslists"))
        return Array(try documents.sign(payload, type: StatusListToken.type, at: now).utf8)
    }

    // MARK: Freeing

    /// Takes out what no token and no copy of a list is left of; in batches, so that no request waits for it.
    private func free(at now: Timestamp) async throws {
        // The end is told until `exp` and a minute, and a list that tells it lasts one lifetime more.
        let time = now - settings.lifetime - TokenRevocation.linger
        guard try await store.read({ try $0.hasPastRevocations(before: now, statusEntriesBefore: time) }) else {
            return
        }
        var isMore = true
        while isMore {
            isMore = try await writer.perform { transaction in
                let entries = try transaction.removeStatusEntries(endedBefore: time, limit: Self.batch)
                let revocations = try transaction.removeRevocations(freedBefore: now, limit: Self.batch)
                return entries == Self.batch || revocations == Self.batch
            }
            try Task.checkCancellation()
        }
    }
}

extension Array {
    /// The elements in their order, so many at a time.
    fileprivate func batches(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
