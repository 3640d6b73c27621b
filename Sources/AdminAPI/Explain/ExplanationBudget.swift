import Synchronization
import TokenIssuance
import Vocabulary

/// How often an organisation may ask for explanations: each costs a look at everything, and tells something of others.
final class ExplanationBudget: Sendable {
    /// The most explanations of one organisation in a minute.
    static let perMinute = 60

    private struct Window {
        var minute: Int64 = -1
        var spent: [OrganisationNumber: Int] = [:]
    }

    private let window = Mutex(Window())

    /// Takes one explanation from the organisation's budget.
    ///
    /// - Throws: `Refusal.tooManyRequests` until the minute is over.
    func draw(for organisation: OrganisationNumber, at now: Timestamp) throws(Refusal) {
        let minute = now.seconds / 60
        let isWithin = window.withLock { window in
            if window.minute != minute { window = Window(minute: minute) }
            let spent = window.spent[organisation, default: 0]
            guard spent < Self.perMinute else { return false }
            window.spent[organisation] = spent + 1
            return true
        }
        guard isWithin else { throw .tooManyRequests(retryAfter: Seconds(60 - now.seconds % 60)) }
    }
}
