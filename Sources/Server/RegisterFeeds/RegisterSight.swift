import Organisations
import Synchronization
import TokenIssuance
import Vocabulary

/// How old the register was when it was last looked at, for metrics, readiness and the rule on its age.
///
/// Looked at once a second and not with each request: a limit of minutes to days needs no more, and a success that changed
/// nothing leaves the facts' revision alone.
final class RegisterSight: Sendable {
    /// How the register passed or left its limit between two looks.
    enum Change: Sendable, Hashable {
        case none
        /// It is older than it may be.
        case outdated(Seconds)
        case upToDate
    }

    private struct State {
        var feeds: [RegisterFeedState] = []
        var isOutdated = false
    }

    private let maximumAge: Seconds?
    private let state = Mutex(State())

    /// A sight with a limit; nil for none.
    init(maximumAge: Seconds?) { self.maximumAge = maximumAge }

    /// What was seen of each feed.
    var feeds: [RegisterFeedState] { state.withLock(\.feeds) }

    /// Takes note of what was seen.
    func note(_ feeds: [RegisterFeedState]) { state.withLock { $0.feeds = feeds } }

    /// Takes note of what was seen, and says whether the register passed its limit since the last time.
    func note(_ feeds: [RegisterFeedState], at now: Timestamp) -> Change {
        note(feeds)
        let age = excessiveAge(at: now)
        return state.withLock { state in
            defer { state.isOutdated = age != nil }
            return switch (state.isOutdated, age) {
            case (false, let age?): .outdated(age)
            case (true, nil): .upToDate
            case (true, .some), (false, nil): .none
            }
        }
    }

    /// Why no token can be issued; nil while the register may be decided on.
    func obstacle(at now: Timestamp) -> Unavailable? { excessiveAge(at: now) == nil ? nil : .registerOutdated }

    /// The age of the older of the two registers of units that a token rests on, when that is more than it may be.
    ///
    /// A register that was never filled has no age: its units are unknown, which is another refusal. Roles are looked at
    /// when a delegation is given, never for a token.
    private func excessiveAge(at now: Timestamp) -> Seconds? {
        guard let maximumAge else { return nil }
        let ages = state.withLock { $0.feeds.compactMap { $0.feed == .roles ? nil : $0.age(at: now) } }
        return ages.max().flatMap { $0 > maximumAge ? $0 : nil }
    }
}
