import Administration
import AuditLedger
import Foundation
import JOSE
import LibCrypto
import NIOHTTP1
import SQLiteStorage
import Server
import TestSupport
import TestTokens
import Testing
import TokenIssuance
import Vocabulary

/// A provider that keeps the key set as long as `Cache-Control` lets it, and never fetches it for a key that it does not
/// know: the least that providers do.
private struct CachingProvider {
    private var keys: [JWK] = []
    private var until = Timestamp(seconds: 0)
    private(set) var fetches = 0

    /// Whether it would fetch now.
    func isStale(at now: Timestamp) -> Bool { now >= until }

    mutating func take(_ answer: Answer, at now: Timestamp) throws {
        let control = try #require(answer.headers["cache-control"].first)
        let age = try #require(control.split(separator: "=").last.flatMap { Int64($0) })
        keys = try JWKSet(parsing: Array(answer.text.utf8)).keys
        until = now + Seconds(age)
        fetches += 1
    }

    /// The `kid` that proved the token; nil when it is refused.
    func accepts(_ token: CompactJWS) throws -> String? {
        let kid = try #require(try JOSEHeader(token.header).keyID)
        guard let key = keys.first(where: { $0.keyID == kid }) else { return nil }
        return token.isSigned(by: key.publicKey, algorithm: .rs256) ? kid : nil
    }
}

extension OneAtATime {
    @Suite("DESIGN §10: the server rotates its keys by itself, and nobody is refused")
    struct KeyRotationUnderLoadTests {
        private static let interval = Seconds.days(1)

        @Test func `no token is refused by a provider that follows the cache headers`() async throws {
            try await rotate([:])
        }

        @Test(.enabled(if: SoftHSM.isInstalled, Comment(rawValue: SoftHSM.absence)))
        func `nor where both keys are made and used in a PKCS#11 token`() async throws {
            _ = try SoftHSM.shared()
            let folder = try TemporaryFolder()
            let pin = folder.path + "/pin"
            try Data("\(SoftHSM.pin.exposed)\n".utf8).write(to: URL(filePath: pin))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: pin)
            let token = PKCS11URI(module: SoftHSM.modulePath, token: SoftHSM.tokenLabel, object: nil)
            try await rotate([.signingKeyToken: "\(token)", .signingKeyPINFile: pin])
            withExtendedLifetime(folder) {}
        }

        /// Lets the clock run sixty times as fast as time, so that the server's looks, one a second, come once a minute: far
        /// less often than in truth.
        private func rotate(_ settings: [ConfigurationKey: String]) async throws {
            let world = try World(settings: [.keySetMaximumAge: "1m", .keyRotation: "1d"].merging(settings) { $1 })
            let clock = FixedClock(SystemClock().now)
            let began = clock.now
            let configuration = try world.configuration()
            let store = try SQLiteStore(DataFolder(path: world.path), opening: .requireCurrent)
            defer { try? store.close() }
            if configuration.signingKeyToken != nil {
                // The first key is a file: the one that is rotated away shall be in the token as well.
                _ = try SigningKeyRotation(
                    store: store,
                    folder: SigningKeyFolder(configuration),
                    schedule: SigningKeySchedule(keySetLifetime: 60)
                ).perform(
                    .rs256,
                    at: began,
                    immediately: true,
                    by: .init(operatingSystemUser: "test", host: "test"),
                    reason: nil
                )
            }
            let first = try #require(try active(store, at: began))
            let due = first.activates + Self.interval + Seconds(-SigningKeySchedule(keySetLifetime: 60).lead.count)
            var load = Load(world: world, clock: clock)
            // Up to a minute before the next key is made nothing happens.
            clock.set(due + Seconds(-60))
            load = try await world.serving(clock: clock) { [load] live in
                var load = load
                try await load.run(until: due + 180, on: live)
                return load
            }
            #expect(try keys(store).filter { $0.state(at: clock.now) == .next }.count == 1)
            // The next key is made and does not sign yet; what is planned survives a restart.
            load = try await world.serving(clock: clock) { [load] live in
                var load = load
                try await load.run(until: first.activates + Self.interval + 240, on: live)
                // Long after the last token by the old key.
                clock.advance(by: .hours(3))
                let set = { try JWKSet(parsing: Array(try await live.get(live.url("/jwk")).text.utf8)).keys }
                #expect(try await eventually { try await set().map(\.keyID).contains(first.id.rawValue) == false })
                return load
            }
            let second = try #require(try active(store, at: clock.now))
            #expect(second.id != first.id)
            #expect(load.refused == 0)
            #expect(load.signers == [first.id.rawValue, second.id.rawValue])
            #expect(load.checks > 500, "\(load.checks) checks of \(load.tokens) tokens")
            #expect(load.providers.allSatisfy { $0.fetches > 5 })
            // Recorded, as the server's own act, once.
            let made = try creations(store)
            #expect(made.filter { $0.details["cause"] == "key_rotation" }.map(\.actor) == ["server"])
            #expect(made.first?.details["kid"]?.string == second.id.rawValue)
        }

        private func active(_ store: SQLiteStore, at now: Timestamp) throws -> SigningKeyRecord? {
            try keys(store).last { $0.state(at: now) == .active }
        }

        private func keys(_ store: SQLiteStore) throws -> [SigningKeyRecord] {
            try store.read { try $0.signingKeys() }
        }

        private func creations(_ store: SQLiteStore) throws -> [LedgerEvent] {
            var query = LedgerQuery()
            query.kinds = [.signingKeyCreated]
            return try store.read { try $0.newestEntries(query, limit: 9) }.map(\.event)
        }

        /// Clients that ask, providers that look at each token when it is new and when it is about to end.
        private struct Load {
            let world: World
            let clock: FixedClock
            var providers = Array(repeating: CachingProvider(), count: 6)
            var signers: Set<String> = []
            var tokens = 0
            var checks = 0
            var refused = 0
            private var living: [(token: CompactJWS, ends: Timestamp)] = []

            init(world: World, clock: FixedClock) {
                self.world = world
                self.clock = clock
            }

            /// A step is three seconds of the server's clock, and a twentieth of a second.
            mutating func run(until end: Timestamp, on live: LiveServer) async throws {
                var step = 0
                while clock.now < end {
                    let now = clock.now
                    let fresh = try await withThrowingTaskGroup(of: CompactJWS.self) { group in
                        for _ in 0..<4 {
                            let form = try world.form(at: now)
                            group.addTask {
                                let answer = try await live.post(form)
                                let token = try answer.object()["access_token"]?.string
                                return try CompactJWS(parsing: try #require(token, "\(answer.text)"))
                            }
                        }
                        return try await group.reduce(into: [CompactJWS]()) { $0.append($1) }
                    }
                    tokens += fresh.count
                    // Each provider began at another time.
                    for index in providers.indices where step >= index * 3 {
                        if providers[index].isStale(at: now) {
                            try providers[index].take(await live.get(live.url("/jwk")), at: now)
                        }
                        for token in fresh { try check(token, by: providers[index]) }
                    }
                    living += fresh.map { ($0, now + 119) }
                    let ending = living.filter { $0.ends <= now + 3 }
                    living.removeAll { $0.ends <= now + 3 }
                    for provider in providers where provider.fetches > 0 {
                        for (token, _) in ending { try check(token, by: provider) }
                    }
                    clock.advance(by: 3)
                    step += 1
                    try await Task.sleep(for: .milliseconds(50))
                }
            }

            private mutating func check(_ token: CompactJWS, by provider: CachingProvider) throws {
                checks += 1
                if let kid = try provider.accepts(token) { signers.insert(kid) } else { refused += 1 }
            }
        }
    }
}
