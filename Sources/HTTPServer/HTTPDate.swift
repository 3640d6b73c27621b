import Synchronization
import Vocabulary

/// The `Date` of answers (RFC 9110 §5.6.7), written anew once a second.
final class DateField: Sendable {
    private let clock: any WallClock
    private let cached = Mutex((second: Timestamp(seconds: -1), text: ""))

    init(clock: any WallClock) { self.clock = clock }

    /// The clock's time.
    var now: Timestamp { clock.now }

    var text: String {
        let now = clock.now
        return cached.withLock { cached in
            if cached.second != now { cached = (now, Self.format(now)) }
            return cached.text
        }
    }

    /// IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func format(_ time: Timestamp) -> String {
        let day = CalendarDate(of: time)
        // 1970-01-01 was a Thursday.
        let weekday = weekdays[Int(((day.daysSinceEpoch % 7) + 11) % 7)]
        let date = day.description.split(separator: "-")
        let month = months[(Int(date[1]) ?? 1) - 1]
        let clockTime = time.description.dropFirst(11).prefix(8)
        return "\(weekday), \(date[2]) \(month) \(date[0]) \(clockTime) GMT"
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
