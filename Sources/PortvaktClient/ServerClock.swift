import Fetching
import Synchronization
import Vocabulary

/// How far this machine's clock is from the server's, and how much of that is made up for.
final class ServerClock: Sendable {
    /// What to do after a refusal for time.
    enum Verdict: Equatable {
        /// The clocks agree, or correction is off: the refusal stands.
        case leave
        /// Corrected by so much: ask again.
        case corrected(Seconds)
        /// So far apart that a wrong `Date` is as likely: never steer signing by it.
        case tooFar(Seconds)
    }

    private struct State {
        /// Server minus local, measured on the latest answer that had a `Date`.
        var measured: Seconds?
        /// What is added to the local time.
        var applied: Seconds = 0
    }

    /// Differences up to this are within every server's leeway and the measurement's own error.
    private static let harmless: Seconds = 5

    private let correction: ClockCorrection
    private let state = Mutex(State())

    init(_ correction: ClockCorrection) { self.correction = correction }

    /// The server's time, as far as it is corrected for.
    func corrected(_ now: Timestamp) -> Timestamp { now + state.withLock(\.applied) }

    /// Takes the `Date` of an answer; the local times are those of sending and receiving.
    func observe(date: String, sent: Timestamp, received: Timestamp) {
        guard let server = Timestamp(parsingHTTPDate: date) else { return }
        let middle = sent + Seconds((received - sent).count / 2)
        let offset = server - middle
        state.withLock { state in
            state.measured = offset
            // Once applied, an offset stays until the difference shrinks: it never grows unasked.
            guard abs(offset.count) < abs(state.applied.count) else { return }
            state.applied = abs(offset.count) > Self.harmless.count ? offset : 0
        }
    }

    /// Corrects the clock after a refusal for time, if the latest answer shows it to be wrong.
    func correctAfterRefusal() -> Verdict {
        guard case .fromDateHeader(let limit) = correction else { return .leave }
        return state.withLock { state in
            guard let measured = state.measured, abs(measured.count) > Self.harmless.count,
                measured != state.applied
            else { return .leave }
            guard Duration.seconds(abs(measured.count)) <= limit else { return .tooFar(measured) }
            state.applied = measured
            return .corrected(measured)
        }
    }
}
