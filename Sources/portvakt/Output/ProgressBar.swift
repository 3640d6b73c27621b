import Operations
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

    /// Says how much is done, in the unit of `total`, and how many things that were, such as `units`: the bar tells how many
    /// a second, and how long the rest takes when it goes on like that.
    func update(_ done: Int, count: Int, of things: String) {
        update(done) { taken in
            let seconds = taken / .seconds(1)
            let rate = "\(count) \(things), \(Int(Double(count) / seconds)) a second"
            guard let total, total > 0, done > 0 else { return rate }
            let left = seconds * Double(max(0, total - done)) / Double(done)
            return "\(rate), \(Self.words(forSeconds: Int(left.rounded(.up)))) left"
        }
    }

    /// Says how much is done, in the unit of `total`; `words` stands behind the bar (`312,000 units`).
    func update(_ done: Int, _ words: String = "") { update(done) { _ in words } }

    private func update(_ done: Int, _ words: (_ taken: Duration) -> String) {
        guard shown else { return }
        let now = console.surroundings.instant()
        guard now - start >= Self.patience else { return }
        let due = state.withLock { state in
            guard !state.finished, state.lastDrawn.map({ now - $0 >= Self.interval }) ?? true else { return false }
            state.lastDrawn = now
            return true
        }
        if due { console.writeError("\r\u{1B}[2K" + line(done, words(now - start))) }
    }

    /// Ends the bar and removes its line.
    func finish() {
        let drawn = state.withLock { state in
            defer { state.finished = true }
            return !state.finished && state.lastDrawn != nil
        }
        if drawn { console.writeError("\r\u{1B}[2K") }
    }

    private static func words(forSeconds seconds: Int) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3_600: "\(seconds / 60) min \(seconds % 60) s"
        default: "\(seconds / 3_600) h \(seconds / 60 % 60) min"
        }
    }

    private func line(_ done: Int, _ words: String) -> String {
        guard let total, total > 0 else { return "\(activity) … \(words)" }
        let share = min(max(Double(done) / Double(total), 0), 1)
        let filled = Int(share * Double(Self.width))
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
        return "\(activity) \(bar) \(Int(share * 100)) % \(words)"
    }
}
