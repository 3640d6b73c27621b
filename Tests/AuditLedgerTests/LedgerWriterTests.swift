import AuditLedger
import Glibc
import JOSE
import Synchronization
import TestSupport
import Testing
import Vocabulary

/// A request: claims, appends, and remembers how it ended.
private final class Request: LedgerWork {
    typealias Transaction = InMemoryLedgerTransaction

    enum Ending: Equatable {
        case issued
        case replayed
        case otherwise(WriterMemory.ClaimOutcome)
        case failed(String)
    }

    private let claims: [ReplayClaim]
    private let fault: (any Error)?
    private let gate: Gate?
    private let continuation: UnsafeContinuation<Ending, Never>
    private let outcome = Mutex<WriterMemory.ClaimOutcome?>(nil)
    private let ended = Mutex(0)

    init(
        _ claims: [ReplayClaim],
        fault: (any Error)?,
        gate: Gate?,
        _ continuation: UnsafeContinuation<Ending, Never>
    ) {
        self.claims = claims
        self.fault = fault
        self.gate = gate
        self.continuation = continuation
    }

    func write(in transaction: InMemoryLedgerTransaction, with memory: WriterMemory) throws {
        let outcome = memory.claim(claims)
        self.outcome.withLock { $0 = outcome }
        if let fault { throw fault }
        guard outcome == .claimed else { return }
        try transaction.append(LedgerEvent(time: epoch, kind: .tokenIssued), claiming: claims)
    }

    func committed() {
        end(
            with: outcome.withLock { outcome in
                switch outcome {
                case .claimed: .issued
                case .replayed: .replayed
                case .barred(let until): .otherwise(.barred(until: until))
                case .late: .otherwise(.late)
                case nil: .failed("committed without being written")
                }
            }
        )
        gate?.pass()
    }

    func failed(_ error: any Error) { end(with: .failed("\(error)")) }

    private func end(with ending: Ending) {
        // A continuation that is resumed twice is undefined behaviour: fail here instead.
        let times = ended.withLock { count in
            count += 1
            return count
        }
        precondition(times == 1, "ended twice")
        continuation.resume(returning: ending)
    }
}

/// Holds the writer's thread where it signs, until it is opened.
private final class Gate: Sendable {
    private let isOpen = Mutex(false)

    func open() { isOpen.withLock { $0 = true } }
    func pass() { while !isOpen.withLock({ $0 }) { sched_yield() } }
}

@Suite("Writer: one transaction for all that waits, each request ended once", .timeLimit(.minutes(2)))
struct LedgerWriterTests {
    let store = InMemoryLedgerStore()
    let clock = FixedClock(epoch)
    let boot = FixedBootClock()

    private func writer(queue: Int = 4_096, batch: Int = 256) -> LedgerWriter<InMemoryLedgerStore> {
        LedgerWriter(
            store: store,
            settings: LedgerWriterSettings(window: window, queueLimit: queue, batchLimit: batch),
            clock: clock,
            bootClock: boot
        )
    }

    private func ask(
        _ writer: LedgerWriter<InMemoryLedgerStore>,
        _ claims: ReplayClaim...,
        fault: (any Error)? = nil,
        gate: Gate? = nil
    ) async -> Request.Ending {
        await withUnsafeContinuation { writer.submit(Request(claims, fault: fault, gate: gate, $0)) }
    }

    @Test func `gives one of a thousand parallel requests with the same jti a token`() async throws {
        let writer = writer()
        try await writer.start()
        let same = try claim()
        let endings = await withTaskGroup(of: Request.Ending.self) { group in
            for _ in 0..<1_000 { group.addTask { await ask(writer, same) } }
            return await group.reduce(into: [Request.Ending]()) { $0.append($1) }
        }
        #expect(endings.count { $0 == .issued } == 1)
        #expect(endings.count { $0 == .replayed } == 999)
        #expect(store.rows.count == 1)
        await writer.stop()
    }

    @Test func `gathers what comes while it signs into one transaction`() async throws {
        let writer = writer()
        try await writer.start()
        let gate = Gate()
        let before = store.commits
        let claims = try (0...100).map { try claim($0) }
        async let held = ask(writer, claims[0], gate: gate)
        // The first batch is durable, and the writer stands at its signature.
        while store.rows.isEmpty { await Task.yield() }
        await withTaskGroup(of: Void.self) { group in
            for number in 1...100 {
                group.addTask { #expect(await ask(writer, claims[number]) == .issued) }
            }
            group.addTask {
                while writer.queueLength < 101 { await Task.yield() }
                gate.open()
            }
        }
        #expect(await held == .issued)
        #expect(store.rows.count == 101)
        #expect(store.commits - before == 2)
        await writer.stop()
    }

    @Test func `fails the whole batch when its commit fails, and frees what it had claimed`() async throws {
        let writer = writer()
        try await writer.start()
        store.failCommits(with: [DiskFull()])
        #expect(await ask(writer, try claim()) == .failed("DiskFull()"))
        #expect(store.rows.isEmpty)
        #expect(writer.impediment == .storeFailing("DiskFull()"))
        #expect(await ask(writer, try claim()) == .issued)
        #expect(await ask(writer, try claim()) == .replayed)
        #expect(writer.impediment == nil)
        await writer.stop()
    }

    @Test func `a request that fails alone fails with its cause, in the transaction that gives others tokens`()
        async throws
    {
        let writer = writer()
        try await writer.start()
        let gate = Gate()
        async let held = ask(writer, try claim(0), gate: gate)
        while store.rows.isEmpty { await Task.yield() }
        let before = store.commits
        async let first = ask(writer, try claim(1))
        while writer.queueLength < 2 { await Task.yield() }
        async let faulty = ask(writer, try claim(2), try claim(3), fault: FailedAlone(cause: DiskFull()))
        while writer.queueLength < 3 { await Task.yield() }
        // Both hold claims of the one before, which were released.
        async let second = ask(writer, try claim(3))
        async let third = ask(writer, try claim(2))
        while writer.queueLength < 5 { await Task.yield() }
        gate.open()
        #expect(
            try await [held, first, faulty, second, third] == [
                .issued, .issued, .failed("DiskFull()"), .issued, .issued,
            ]
        )
        #expect(store.commits - before == 1)
        #expect(store.rows.count == 4)
        #expect(writer.impediment == nil)
        await writer.stop()
    }

    @Test func `tells of a store that fails at once, then every ten seconds with all that failed meanwhile`()
        async throws
    {
        let told = Told()
        let writer = LedgerWriter(
            store: store,
            settings: LedgerWriterSettings(window: window),
            clock: clock,
            bootClock: boot
        ) { notice in
            if case .batchFailed(let requests, _) = notice { told.failures.withLock { $0.append(requests) } }
        }
        try await writer.start()
        store.failCommits(with: Array(repeating: DiskFull(), count: 1_000))
        for number in 0..<5 { #expect(await ask(writer, try claim(number)) == .failed("DiskFull()")) }
        #expect(told.failures.withLock { $0 } == [1])
        boot.advance(by: 10)
        #expect(await ask(writer, try claim(9)) == .failed("DiskFull()"))
        let heard = told.failures.withLock { $0 }
        #expect(heard.count == 2)
        // The writer may have looked by itself before the last request came.
        #expect((4...5).contains(heard[1]))
        await writer.stop()
    }

    /// What an operator heard.
    private final class Told: Sendable {
        let failures = Mutex<[Int]>([])
    }

    @Test func `heals by itself when the store does, without a request`() async throws {
        let writer = writer()
        try await writer.start()
        store.failCommits(with: [DiskFull(), DiskFull()])
        #expect(await ask(writer, try claim()) == .failed("DiskFull()"))
        while writer.impediment != nil { try await Task.sleep(for: .milliseconds(20)) }
        await writer.stop()
    }

    @Test func `refuses at once when too many wait`() async throws {
        let writer = writer(queue: 3)
        try await writer.start()
        let gate = Gate()
        async let first = ask(writer, try claim(1), gate: gate)
        while store.rows.isEmpty { await Task.yield() }
        async let second = ask(writer, try claim(2))
        async let third = ask(writer, try claim(3))
        while writer.queueLength < 3 { await Task.yield() }
        #expect(await ask(writer, try claim(4)) == .failed("full"))
        await #expect(throws: LedgerWriterError.full) { try await writer.perform { _ in } }
        gate.open()
        #expect(try await [first, second, third] == [.issued, .issued, .issued])
        #expect(await ask(writer, try claim(4)) == .issued)
        await writer.stop()
    }

    @Test func `deals with all that waits before it stops, and takes nothing after`() async throws {
        let writer = writer(batch: 7)
        try await writer.start()
        let gate = Gate()
        let claims = try (0...50).map { try claim($0) }
        async let first = ask(writer, claims[0], gate: gate)
        while store.rows.isEmpty { await Task.yield() }
        let endings = await withTaskGroup(of: Request.Ending.self) { group in
            for number in 1...50 { group.addTask { await ask(writer, claims[number]) } }
            group.addTask {
                while writer.queueLength < 51 { await Task.yield() }
                async let stopped: Void = writer.stop()
                gate.open()
                await stopped
                return .issued
            }
            return await group.reduce(into: [Request.Ending]()) { $0.append($1) }
        }
        #expect(endings.allSatisfy { $0 == .issued })
        #expect(await first == .issued)
        #expect(store.rows.count == 51)
        #expect(await ask(writer, try claim(99)) == .failed("stopped"))
        await #expect(throws: LedgerWriterError.stopped) { try await writer.perform { _ in } }
        #expect(writer.impediment == .stopped)
        await writer.stop()
    }

    @Test func `runs an act of administration by itself; what it throws fails no token`() async throws {
        let writer = writer()
        try await writer.start()
        await #expect(throws: DiskFull.self) {
            try await writer.perform { transaction in
                try transaction.append(LedgerEvent(time: epoch, kind: .clientDisabled), claiming: [])
                throw DiskFull()
            }
        }
        #expect(await ask(writer, try claim()) == .issued)
        let position = try await writer.perform {
            try $0.append(LedgerEvent(time: epoch, kind: .accessGranted), claiming: [])
        }
        #expect(position == LedgerPosition(node: "node-1", sequence: 2))
        #expect(store.events.map(\.kind) == [.tokenIssued, .accessGranted])
        await writer.stop()
    }

    @Test func `sums a client's refusals up when it stops`() async throws {
        let writer = writer()
        try await writer.start()
        for _ in 0..<12 {
            await withUnsafeContinuation { writer.submit(RefusedRequest($0)) }
        }
        #expect(store.rows.count == 10)
        await writer.stop()
        #expect(store.events.last?.kind == .tokenRefusalsSummed)
        #expect(store.events.last?.details["count"] == 2)
        #expect(store.rows.count == 11)
    }

    @Test func `sums them up when their minute is over, without a request`() async throws {
        let writer = writer()
        try await writer.start()
        for _ in 0..<12 {
            await withUnsafeContinuation { writer.submit(RefusedRequest($0)) }
        }
        boot.advance(by: 60)
        clock.advance(by: 60)
        while store.rows.count < 11 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(store.events.last?.time == epoch + 60)
        await writer.stop()
        #expect(store.rows.count == 11)
    }

    @Test func `says why when the store cannot be read at start, and takes nothing`() async throws {
        store.failCommits(with: [DiskFull()])
        let writer = writer()
        await #expect(throws: DiskFull.self) { try await writer.start() }
        #expect(await ask(writer, try claim()) == .failed("stopped"))
        await writer.stop()
    }
}

/// A request that is refused after authentication.
private final class RefusedRequest: LedgerWork {
    typealias Transaction = InMemoryLedgerTransaction

    private let continuation: UnsafeContinuation<Void, Never>

    init(_ continuation: UnsafeContinuation<Void, Never>) { self.continuation = continuation }

    func write(in transaction: InMemoryLedgerTransaction, with memory: WriterMemory) throws {
        var event = LedgerEvent(time: epoch, kind: .tokenRefused)
        event.client = try client()
        event.code = "MP-303"
        if memory.admits(event) { try transaction.append(event, claiming: []) }
    }

    func committed() { continuation.resume() }
    func failed(_ error: any Error) { continuation.resume() }
}

@Suite("Writer: a used assertion stays used, across restarts and steps of the clock", .timeLimit(.minutes(2)))
struct ReplayAcrossRestartTests {
    let store = InMemoryLedgerStore()
    let clock = FixedClock(epoch)
    let boot = FixedBootClock()

    private func ask(_ claims: ReplayClaim..., boot: FixedBootClock? = nil) async throws -> Request.Ending {
        let writer = LedgerWriter(
            store: store,
            settings: LedgerWriterSettings(window: window),
            clock: clock,
            bootClock: boot ?? self.boot
        )
        try await writer.start()
        let ending = await withUnsafeContinuation { writer.submit(Request(claims, fault: nil, gate: nil, $0)) }
        await writer.stop()
        return ending
    }

    @Test func `refuses it after a restart until it is too old for anybody`() async throws {
        #expect(try await ask(claim()) == .issued)
        #expect(try await ask(claim()) == .replayed)
        clock.advance(by: 139)
        boot.advance(by: 139)
        #expect(try await ask(claim()) == .replayed)
        clock.advance(by: 1)
        boot.advance(by: 1)
        #expect(try await ask(claim(2, issued: epoch + 140)) == .issued)
        #expect(try await ask(claim()) == .otherwise(.late))
    }

    @Test func `refuses it with another exp too`() async throws {
        #expect(try await ask(claim(life: 30)) == .issued)
        #expect(try await ask(claim(life: 120)) == .replayed)
    }

    @Test func `issues nothing after the clock was set back, over a restart and a reboot, until it has caught up`()
        async throws
    {
        #expect(try await ask(claim()) == .issued)
        clock.set(epoch - 11)
        let behind = Request.Ending.failed("\(LedgerWriterError.clockBehind(by: 11, mark: epoch))")
        #expect(try await ask(claim(2)) == behind)
        #expect(try await ask(claim(2), boot: FixedBootClock(3, bootID: "boot-2")) == behind)
        #expect(store.rows.count == 1)
        clock.set(epoch - 10)
        #expect(try await ask(claim()) == .replayed)
        #expect(try await ask(claim(2)) == .issued)
    }

    @Test func `refuses it when it was used while the clock was ahead for a moment, and that time comes round again`()
        async throws
    {
        // A clock that leaps a day ahead for a minute: client and server share it.
        #expect(try await ask(claim(1)) == .issued)
        let ahead = epoch + 86_400
        clock.set(ahead)
        #expect(try await ask(claim(2, issued: ahead)) == .issued)
        #expect(store.clockRecord.mark == epoch)
        clock.set(epoch + 60)
        boot.advance(by: 60)
        #expect(try await ask(claim(3, issued: epoch + 60)) == .issued)
        // Half a day later its row lies behind many others.
        for hour in 1...12 {
            clock.set(epoch + Seconds(Int64(hour) * 3_600))
            boot.advance(by: 3_600)
            #expect(try await ask(claim(100 + hour, issued: epoch + Seconds(Int64(hour) * 3_600))) == .issued)
        }
        clock.set(ahead)
        boot.advance(by: 43_200)
        #expect(try await ask(claim(2, issued: ahead)) == .replayed)
        #expect(try await ask(claim(4, issued: ahead)) == .issued)
    }

    @Test
    func `an operator's act lowers the mark, bars what was issued before it and revives claims of the time ahead`()
        async throws
    {
        let writer = LedgerWriter(
            store: store,
            settings: LedgerWriterSettings(window: window),
            clock: clock,
            bootClock: boot
        )
        try await writer.start()
        func ask(_ claims: ReplayClaim...) async -> Request.Ending {
            await withUnsafeContinuation { writer.submit(Request(claims, fault: nil, gate: nil, $0)) }
        }
        let used = try claim(1, issued: epoch)
        #expect(await ask(used) == .issued)
        // So long ago, by the clock, that the claim was let go.
        clock.advance(by: 1_000)
        boot.advance(by: 1_000)
        #expect(await ask(try claim(2, issued: epoch + 1_000)) == .issued)
        #expect(await ask(used) == .otherwise(.late))
        // Then it turns out that the clock was 1,100 seconds fast.
        let right = epoch - 100
        clock.set(right)
        let behind = LedgerWriterError.clockBehind(by: 1_100, mark: epoch + 1_000)
        #expect(await ask(try claim(3, issued: right)) == .failed("\(behind)"))
        while writer.impediment != .clockBehind(by: 1_100) { await Task.yield() }
        try store.transaction { transaction in
            try transaction.acceptClock(
                right,
                boot: ClockRecord.Boot(id: boot.bootID, offset: right.seconds - boot.seconds),
                window: window,
                recording: LedgerEvent(time: right, kind: .clockAccepted)
            )
        }
        // The running server notices by itself.
        while writer.impediment != nil { try await Task.sleep(for: .milliseconds(20)) }
        #expect(await ask(try claim(4, issued: right + 10)) == .otherwise(.barred(until: right + 10)))
        #expect(await ask(try claim(4, issued: right + 11)) == .issued)
        #expect(await ask(used) == .replayed)
        await writer.stop()
        // A hundred seconds on, the times that were used before come round again: over a restart too.
        clock.set(epoch)
        boot.advance(by: 100)
        #expect(try await self.ask(used) == .replayed)
        clock.set(epoch + 1_000)
        boot.advance(by: 1_000)
        #expect(try await self.ask(claim(2, issued: epoch + 1_000)) == .replayed)
        #expect(store.events.contains { $0.kind == .clockAccepted })
    }
}
