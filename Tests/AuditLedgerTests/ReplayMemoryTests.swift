import TestSupport
import Testing
import Vocabulary

@testable import AuditLedger

@Suite("Replay: a claim is held while its assertion could be accepted")
struct ReplayMemoryTests {
    let held: HeldClaim

    init() throws { held = HeldClaim(try claim(life: 100)) }

    /// The claim of an assertion that ends 100 seconds from now, made at second 1,000 of boot time.
    private func memory() -> ReplayMemory {
        var memory = ReplayMemory(window: window, boot: 1_000)
        memory.hold(held, now: epoch, boot: 1_000)
        memory.commit()
        return memory
    }

    @Test func `lets it go when its end and two skews have passed on both clocks`() {
        var memory = memory()
        memory.sweep(mark: epoch + 120, boot: 1_121)
        #expect(memory.holds(held))
        memory.sweep(mark: epoch + 122, boot: 1_122)
        #expect(!memory.holds(held))
        #expect(memory.count == 0)
    }

    @Test func `keeps it when the clock leaps ahead`() {
        var memory = memory()
        memory.sweep(mark: epoch + 86_400, boot: 1_010)
        #expect(memory.holds(held))
    }

    @Test func `keeps it when the clock stands behind, however long that lasts`() {
        var memory = memory()
        for boot in stride(from: Int64(1_001), through: 5_000, by: 1) { memory.sweep(mark: epoch + 119, boot: boot) }
        #expect(memory.holds(held))
        // And looks again within a minute once the mark has passed.
        memory.sweep(mark: epoch + 120, boot: 5_062)
        #expect(!memory.holds(held))
    }

    @Test func `takes back what a failed batch has claimed, and nothing else`() throws {
        var memory = memory()
        let others = try (2...50).map { HeldClaim(try claim($0, life: Seconds(Int64($0)))) }
        for other in others { memory.hold(other, now: epoch, boot: 1_000) }
        memory.hold(held, now: epoch, boot: 1_000)
        #expect(memory.batchClaims == others)
        memory.rollBack()
        #expect(memory.count == 1)
        #expect(memory.holds(held))
        #expect(others.allSatisfy { !memory.holds($0) })
        for other in others { memory.hold(other, now: epoch, boot: 1_000) }
        memory.commit()
        memory.rollBack()
        #expect(memory.count == 50)
        memory.sweep(mark: epoch + 1_000, boot: 3_000)
        #expect(memory.count == 0)
    }

    /// A sweep that looked at every claim would take hours, not seconds.
    @Test(.timeLimit(.minutes(5))) func `holds half a million and lets them go`() throws {
        var memory = ReplayMemory(window: window, boot: 0)
        let count = 500_000
        for number in 0..<count {
            let digest = ClaimDigest(high: UInt64(number), low: UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
            memory.hold(
                HeldClaim(digest: digest, expires: epoch + Seconds(Int64(number % 120))),
                now: epoch,
                boot: 0
            )
            if number % 32 == 0 { memory.commit() }
        }
        memory.commit()
        #expect(memory.count == count)
        for boot in 1...Int64(200) { memory.sweep(mark: epoch + Seconds(boot), boot: boot) }
        #expect(memory.count == 0)
    }
}

@Suite("Replay: all or none, and for whom it is too late")
struct WriterMemoryTests {
    let clock = FixedClock(epoch)
    let boot = FixedBootClock()

    private func memory(_ record: ClockRecord = ClockRecord(mark: epoch)) -> WriterMemory {
        WriterMemory(record: record, window: window, clock: clock, bootClock: boot)
    }

    @Test func `claims once`() throws {
        let memory = memory()
        #expect(memory.claim([try claim()]) == .claimed)
        #expect(memory.claim([try claim()]) == .replayed)
        #expect(memory.claim([try claim(life: 60)]) == .replayed, "another `exp` does not make it another assertion")
        #expect(memory.claim([try claim(client: "client-b")]) == .claimed)
    }

    @Test func `claims all of a request or nothing`() throws {
        let memory = memory()
        #expect(memory.claim([try claim(1)]) == .claimed)
        #expect(memory.claim([try claim(2), try claim(1)]) == .replayed)
        #expect(memory.claim([try claim(2)]) == .claimed)
        #expect(memory.claim([try claim(3), try claim(3)]) == .replayed)
        #expect(memory.claim([try claim(3)]) == .claimed)
    }

    @Test func `refuses what was issued up to the bar, and takes what was issued after it`() throws {
        let memory = memory(ClockRecord(mark: epoch, barredUntil: epoch))
        #expect(memory.claim([try claim(1, issued: epoch)]) == .barred(until: epoch))
        #expect(memory.claim([try claim(2, issued: epoch + 1)]) == .claimed)
    }

    @Test func `knows nothing of claims that it has let go, and so takes none of that age`() throws {
        let memory = memory(ClockRecord(mark: epoch))
        // `exp` + 2 × 10 s is the mark, or one second after it.
        #expect(memory.claim([try claim(1, issued: epoch - 120, life: 100)]) == .late)
        #expect(memory.claim([try claim(2, issued: epoch - 119, life: 100)]) == .claimed)
    }
}
