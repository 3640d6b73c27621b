public import Vocabulary

/// Watches the wall clock by the time since boot, and keeps the mark of the highest time seen (DESIGN §2 item 4).
struct ClockWatch {
    private(set) var record: ClockRecord
    private let window: ReplayWindow
    private let bootID: String
    /// The wall clock less the time since boot, by which a step is measured.
    private var offset: Int64
    private var offsetMovedAt: Int64
    /// Since when, in seconds of boot time, the clock has stood ahead.
    private var aheadSince: Int64?
    private var wasBehind = false

    /// A step of more than this ahead of elapsed boot time is not believed at once.
    static let stepTolerance: Int64 = 60

    /// A clock that is disciplined may run ahead of the boot clock by one second in so many: four times what NTP slews.
    static let secondsPerSlewedSecond: Int64 = 500

    /// Takes the watch up from what the store remembers.
    ///
    /// In the same run of the machine a step that happened while no server ran is seen too; after a reboot nothing is
    /// known of the time between, and a clock that is ahead of the mark is believed.
    init(record: ClockRecord, window: ReplayWindow, now: Timestamp, boot: Int64, bootID: String) {
        self.window = window
        self.bootID = bootID
        let known = record.boot.flatMap { $0.id == bootID ? $0.offset : nil }
        offset = known ?? now.seconds - boot
        offsetMovedAt = boot
        self.record = record
        self.record.boot = ClockRecord.Boot(id: bootID, offset: offset)
    }

    /// Whether the clock stands ahead of the mark by a step that is not believed yet.
    var isAhead: Bool { aheadSince != nil }

    /// Looks at the clocks; returns what an operator should hear of.
    mutating func observe(now: Timestamp, boot: Int64) -> [LedgerNotice] {
        var notices: [LedgerNotice] = []
        let ahead = now.seconds - (offset + boot)
        if ahead > Self.stepTolerance {
            if let since = aheadSince {
                if boot - since >= window.lifetime.count {
                    notices.append(.clockStepTakenIn(by: Seconds(ahead)))
                    aheadSince = nil
                    offset = now.seconds - boot
                }
            } else {
                aheadSince = boot
                notices.append(.clockSteppedAhead(by: Seconds(ahead)))
            }
        } else {
            if aheadSince != nil { notices.append(.clockStepWentBack) }
            aheadSince = nil
            follow(ahead, boot: boot)
        }
        if aheadSince == nil, now > record.mark {
            record.mark = now
            record.boot = ClockRecord.Boot(id: bootID, offset: offset)
        }
        let behind = behind(at: now)
        switch (behind, wasBehind) {
        case (let behind?, false): notices.append(.clockBehind(by: behind, mark: record.mark))
        case (nil, true): notices.append(.clockInOrder)
        default: break
        }
        wasBehind = behind != nil
        return notices
    }

    /// By how much the clock is behind the mark; nil while that is within the skew.
    func behind(at now: Timestamp) -> Seconds? { record.behind(at: now, window: window) }

    /// A clock that was set back is followed at once, one that runs ahead slowly: many small steps make no big one.
    private mutating func follow(_ difference: Int64, boot: Int64) {
        if difference <= 0 {
            offset += difference
            offsetMovedAt = boot
        } else {
            let allowed = (boot - offsetMovedAt) / Self.secondsPerSlewedSecond
            guard allowed > 0 else { return }
            offset += min(difference, allowed)
            offsetMovedAt = boot
        }
    }
}

extension ClockRecord {
    /// By how much a clock that says `now` is behind the mark; nil while that is within the skew.
    ///
    /// While it is behind, no token is issued: an assertion used before could be taken for a fresh one.
    public func behind(at now: Timestamp, window: ReplayWindow) -> Seconds? {
        let behind = mark - now
        return behind > window.skew ? behind : nil
    }
}
