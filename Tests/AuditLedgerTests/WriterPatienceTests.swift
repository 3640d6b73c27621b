import AuditLedger
import Glibc
import Synchronization
import TestSupport
import Testing
import Vocabulary

/// A store whose disk does not answer while it is held.
private struct HangingStore: LedgerStore {
    let base = InMemoryLedgerStore()
    let disk = Disk()

    final class Disk: Sendable {
        private let held = Mutex(false)
        private let inside = Mutex(false)

        var isHeld: Bool {
            get { held.withLock { $0 } }
            set { held.withLock { $0 = newValue } }
        }

        var isInside: Bool { inside.withLock { $0 } }

        func sync() {
            inside.withLock { $0 = true }
            while isHeld { sched_yield() }
            inside.withLock { $0 = false }
        }
    }

    @discardableResult
    func transaction<Result>(_ body: (InMemoryLedgerTransaction) throws -> Result) throws -> Result {
        try base.transaction { transaction in
            let result = try body(transaction)
            disk.sync()
            return result
        }
    }
}

/// A request that is answered once, by whoever is first.
private final class Request: LedgerWork {
    typealias Transaction = InMemoryLedgerTransaction

    private let answer = AnsweredOnce()
    private let continuation: UnsafeContinuation<String, Never>

    init(_ continuation: UnsafeContinuation<String, Never>) { self.continuation = continuation }

    func write(in transaction: InMemoryLedgerTransaction, with memory: WriterMemory) throws {
        guard !answer.hasAnswer else { return }
        try transaction.append(LedgerEvent(time: epoch, kind: .tokenIssued), claiming: [])
    }

    func committed() { end("token") }
    func failed(_ error: any Error) { end("\(error)") }
    func abandoned(_ error: any Error) { end("\(error)") }

    private func end(_ word: String) {
        if answer.begin() { continuation.resume(returning: word) }
    }
}

@Suite("Writer: nobody waits for as long as a disk hangs", .timeLimit(.minutes(2)))
struct WriterPatienceTests {
    private let store = HangingStore()

    private func started() async throws -> LedgerWriter<HangingStore> {
        let writer = LedgerWriter(
            store: store,
            settings: LedgerWriterSettings(window: window),
            clock: FixedClock(epoch),
            bootClock: FixedBootClock()
        )
        try await writer.start()
        return writer
    }

    private func ask(_ writer: LedgerWriter<HangingStore>) async -> String {
        await withUnsafeContinuation { writer.submit(Request($0)) }
    }

    /// An act of administration.
    private func enter(_ writer: LedgerWriter<HangingStore>) async -> String {
        do {
            return try await writer.perform { transaction in
                try transaction.append(LedgerEvent(time: epoch, kind: .accessGranted), claiming: [])
                return "entered"
            }
        } catch {
            return "\(error)"
        }
    }

    private let later = SuspendingClock.now + .seconds(60)

    @Test func `answers what is in the disk's hands and what waits behind it, and takes nothing more until it answers`()
        async throws
    {
        let writer = try await started()
        store.disk.isHeld = true
        async let held = ask(writer)
        while !store.disk.isInside { await Task.yield() }
        async let waiting = ask(writer)
        async let act = enter(writer)
        while writer.queueLength < 3 { await Task.yield() }
        // Not yet: they have waited for a moment only.
        #expect(!writer.answerOverdue())
        #expect(writer.impediment == nil)

        #expect(writer.answerOverdue(at: later))
        #expect(await held == "stalled")
        #expect(await waiting == "stalled")
        #expect(await act == "stalled")
        #expect(writer.impediment == .stalled)
        #expect(await ask(writer) == "stalled")
        await #expect(throws: LedgerWriterError.stalled) { try await writer.perform { _ in } }

        store.disk.isHeld = false
        while writer.queueLength > 0 { await Task.yield() }
        #expect(!writer.answerOverdue())
        #expect(await ask(writer) == "token")
        await writer.stop()
        // The one that was in the disk's hands, and the last one: what only waited was not written behind anybody's back.
        #expect(store.base.rows.count == 2)
        #expect(store.base.events.allSatisfy { $0.kind == .tokenIssued })
    }

    @Test func `leaves those alone that have not waited so long`() async throws {
        let writer = try await started()
        #expect(await ask(writer) == "token")
        #expect(!writer.answerOverdue(at: later))
        #expect(await ask(writer) == "token")
        #expect(await enter(writer) == "entered")
        await writer.stop()
        #expect(store.base.rows.count == 3)
    }
}
