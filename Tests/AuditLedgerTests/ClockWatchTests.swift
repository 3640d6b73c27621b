import Testing
import Vocabulary

@testable import AuditLedger

@Suite("Clock: what a stepping clock does to the mark")
struct ClockWatchTests {
    private func watch(
        mark: Timestamp = epoch,
        boot: ClockRecord.Boot? = nil,
        now: Timestamp = epoch,
        at seconds: Int64 = 1_000
    ) -> ClockWatch {
        ClockWatch(
            record: ClockRecord(mark: mark, boot: boot),
            window: window,
            now: now,
            boot: seconds,
            bootID: "boot-1"
        )
    }

    private func names(_ notices: [LedgerNotice]) -> [String] {
        notices.map { notice in
            switch notice {
            case .clockSteppedAhead(let by): "ahead \(by.count)"
            case .clockStepTakenIn(let by): "taken in \(by.count)"
            case .clockStepWentBack: "went back"
            case .clockBehind(let by, _): "behind \(by.count)"
            case .clockInOrder: "in order"
            default: "another"
            }
        }
    }

    @Test func `follows time as it goes by`() {
        var watch = watch()
        #expect(names(watch.observe(now: epoch + 5, boot: 1_005)).isEmpty)
        #expect(watch.record.mark == epoch + 5)
        #expect(watch.record.boot?.id == "boot-1")
    }

    @Test func `believes a step of a minute at once, and one of more only after a longest lifetime`() {
        var watch = watch()
        #expect(names(watch.observe(now: epoch + 60, boot: 1_000)).isEmpty)
        #expect(watch.record.mark == epoch + 60)

        watch = self.watch()
        #expect(names(watch.observe(now: epoch + 61, boot: 1_000)) == ["ahead 61"])
        #expect(watch.isAhead)
        #expect(watch.record.mark == epoch)
        #expect(names(watch.observe(now: epoch + 61 + 119, boot: 1_119)).isEmpty)
        #expect(watch.record.mark == epoch)
        #expect(names(watch.observe(now: epoch + 61 + 120, boot: 1_120)) == ["taken in 61"])
        #expect(watch.record.mark == epoch + 181)
        #expect(!watch.isAhead)
    }

    @Test func `forgets a step that went back in time`() {
        var watch = watch()
        #expect(names(watch.observe(now: epoch + 86_400, boot: 1_000)) == ["ahead 86400"])
        #expect(names(watch.observe(now: epoch + 30, boot: 1_030)) == ["went back"])
        #expect(watch.record.mark == epoch + 30)
        // A second step begins its own time of trial.
        _ = watch.observe(now: epoch + 86_400, boot: 1_100)
        #expect(names(watch.observe(now: epoch + 86_400 + 119, boot: 1_219)).isEmpty)
        #expect(watch.isAhead)
    }

    @Test func `does not take many small steps for time that went by`() {
        var watch = watch()
        var now = epoch
        var heard: [String] = []
        for second in Int64(0)..<10 {
            now = now + 31
            heard += names(watch.observe(now: now, boot: 1_000 + second))
        }
        #expect(heard == ["ahead 61"])
    }

    @Test func `follows a clock that a time server makes run a little fast`() {
        var watch = watch()
        var heard: [String] = []
        // 500 ppm fast for ten days.
        for hour in Int64(1)...240 {
            let boot = hour * 3_600
            heard += names(watch.observe(now: epoch + Seconds(boot + boot / 2_000), boot: 1_000 + boot))
        }
        #expect(heard.isEmpty)
        #expect(watch.record.mark == epoch + Seconds(240 * 3_600 + 432))
    }

    @Test func `issues nothing while the clock is behind the mark by more than the skew`() {
        var watch = watch()
        #expect(names(watch.observe(now: epoch - 10, boot: 1_000)).isEmpty)
        #expect(watch.behind(at: epoch - 10) == nil)
        #expect(names(watch.observe(now: epoch - 11, boot: 1_000)) == ["behind 11"])
        #expect(watch.behind(at: epoch - 11) == 11)
        #expect(names(watch.observe(now: epoch - 12, boot: 1_000)).isEmpty, "said once")
        #expect(names(watch.observe(now: epoch - 10, boot: 1_002)) == ["in order"])
        #expect(watch.record.mark == epoch)
    }

    @Test func `sees a step that happened between two starts in one run of the machine`() {
        let boot = ClockRecord.Boot(id: "boot-1", offset: epoch.seconds - 1_000)
        var watch = watch(boot: boot, now: epoch + 1_000, at: 1_100)
        #expect(names(watch.observe(now: epoch + 1_000, boot: 1_100)) == ["ahead 900"])
        #expect(watch.record.mark == epoch)
    }

    @Test func `believes the clock after a reboot, when nothing is known of the time between`() {
        let boot = ClockRecord.Boot(id: "boot-0", offset: 0)
        var watch = watch(boot: boot, now: epoch + 1_000_000, at: 5)
        #expect(names(watch.observe(now: epoch + 1_000_000, boot: 5)).isEmpty)
        #expect(watch.record.mark == epoch + 1_000_000)
        #expect(watch.record.boot == ClockRecord.Boot(id: "boot-1", offset: epoch.seconds + 1_000_000 - 5))
    }

    @Test func `the kernel's own clock goes on and names its run`() {
        let clock = SystemBootClock()
        #expect(clock.seconds > 0)
        #expect(clock.seconds <= clock.seconds)
        #expect(clock.bootID.count == 36)
        #expect(clock.bootID == SystemBootClock().bootID)
    }
}
