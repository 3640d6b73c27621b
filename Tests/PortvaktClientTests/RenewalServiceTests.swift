import Logging
import ServiceLifecycle
import Synchronization
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("The client as a service: tokens in use are renewed though nobody calls, until the group ends")
struct RenewalServiceTests {
    private let clock = FakeClock()

    private func numbered() -> ScriptedTransport { ScriptedTransport { _, number in Sample.token("t\(number)") } }

    @Test func `a token in use is renewed at its margin without a caller`() async throws {
        let transport = numbered()
        let beat = BeatingClock(clock)
        let client = Sample.client(Sample.configuration(), transport, beat)
        _ = try await client.token(for: Sample.request)
        let service = Task { try await client.run() }
        defer { service.cancel() }
        // Before the margin nothing happens, however often it looks.
        clock.advance(by: .seconds(88))
        try await beat.beats(3)
        #expect(transport.requests.count == 1)
        clock.advance(by: .seconds(2))
        try await beat.beatsUntil { transport.requests.count == 2 }
        try await eventually { try await client.token(for: Sample.request).value == "t2" }
    }

    @Test func `a token that nobody took since it was fetched is left to end`() async throws {
        let transport = numbered()
        let beat = BeatingClock(clock)
        let client = Sample.client(Sample.configuration(), transport, beat)
        _ = try await client.token(for: Sample.request)
        let service = Task { try await client.run() }
        defer { service.cancel() }
        clock.advance(by: .seconds(92))
        try await beat.beatsUntil { transport.requests.count == 2 }
        try await eventually { !client.cache.isFetching }
        clock.advance(by: .seconds(92))
        try await beat.beats(5)
        #expect(transport.requests.count == 2)
    }

    @Test func `tokens of another client in the same cache are left to that client`() async throws {
        let transport = numbered()
        let beat = BeatingClock(clock)
        let cache = TokenCache()
        let client = Sample.client(Sample.configuration(), transport, beat, cache: cache)
        _ = try await client.token(for: Sample.request)
        var other = Sample.configuration()
        other.clientID = try ClientID(parsing: "11111111-2f5f-4d4e-9f21-6f0f5a0a7a11")
        let silent = ScriptedTransport { (_, _) async throws(TransportError) in throw .network("not asked") }
        let otherClient = Sample.client(other, silent, beat, cache: cache)
        let service = Task { try await otherClient.run() }
        defer { service.cancel() }
        clock.advance(by: .seconds(95))
        try await beat.beats(5)
        #expect(transport.requests.count == 1)
        #expect(silent.requests.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `it ends by itself when the group shuts down`() async throws {
        let client = TokenClient(Sample.configuration(), transport: numbered())
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: client)],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        let running = Task { try await group.run() }
        await group.triggerGracefulShutdown()
        try await running.value
    }
}

/// A clock whose sleepers wake when the test says so; the time itself is the other clock's.
final class BeatingClock: ClientClock {
    private struct State {
        var sleepers: [Int: CheckedContinuation<Void, Never>] = [:]
        var drawn = 0
        var slept = 0
    }

    private let clock: FakeClock
    private let state = Mutex(State())

    init(_ clock: FakeClock) { self.clock = clock }

    var now: Timestamp { clock.now }
    var elapsed: Duration { clock.elapsed }

    func sleep(for duration: Duration) async throws {
        let number = state.withLock { state in
            state.drawn += 1
            return state.drawn
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = Task.isCancelled
                state.withLock { if !isCancelled { $0.sleepers[number] = continuation } }
                if isCancelled { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.resume()
        }
        try Task.checkCancellation()
    }

    /// Wakes whoever sleeps, so many times.
    func beats(_ count: Int) async throws {
        for _ in 0..<count {
            try await eventually { state.withLock { !$0.sleepers.isEmpty } }
            wake()
        }
        // The last one has had its turn when it sleeps again.
        try await eventually { state.withLock { !$0.sleepers.isEmpty } }
    }

    /// Wakes whoever sleeps until something holds.
    func beatsUntil(_ condition: () -> Bool) async throws {
        try await eventually {
            wake()
            return condition()
        }
    }

    private func wake() {
        let sleepers = state.withLock { state in
            defer { state.sleepers = [:] }
            return state.sleepers.values
        }
        for sleeper in sleepers { sleeper.resume() }
    }
}
