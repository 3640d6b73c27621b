import Synchronization

/// How far a long work has come, on stderr: from half a second on, ten times a second, only on a terminal.
///
/// May be told from any thread; `finish` removes the line.
final class ProgressBar: Sendable {
    private struct State {
        var lastDrawn: ContinuousClock.Instant?
        var finished = false
    }

    private static let patience = Duration.milliseconds(500)
    private static let interval = Duration.milliseconds(100)
    private static let width = 30

    private let activity: String
    private let total: Int?
    private let shown: Bool
    private let console: Console
    private let start: ContinuousClock.Instant
    private let state = Mutex(State())

    init(_ activity: String, total: Int?, shown: Bool, console: Console) {
        self.activity = activity
        self.total = total
        self.shown = shown
        self.console = console
        start = console.surroundings.instant()
    }

    /// Says how much is done, in the unit of `total`; `words` stands behind the bar (`312,000 units`).
    func update(_ done: Int, _ words: String = "") {
        guard shown else { return }
        let now = console.surroundings.instant()
        guard now - start >= Self.patience else { return }
        let due = state.withLock { state in
            guard !state.finished, state.lastDrawn.map({ now - $0 >= Self.interval }) ?? true else { return false }
            state.lastDrawn = now
            return true
        }
        if due { console.writeError("\r\u{1B}[2K" + line(done, words)) }
    }

    /// Ends the bar and removes its line.
    func finish() {
        let drawn = state.withLock { state in
            defer { state.finished = true }
            return !state.finished && state.lastDrawn != nil
        }
        if drawn { console.writeError("\r\u{1B}[2K") }
    }

    private func line(_ done: Int, _ words: String) -> String {
        guard let total, total > 0 else { return "\(activity) … \(words)" }
        let share = min(max(Double(done) / Double(total), 0), 1)
        let filled = Int(share * Double(Self.width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        return "\(activity) \(bar) \(Int(share * 100)) % \(words)"
    }
}
