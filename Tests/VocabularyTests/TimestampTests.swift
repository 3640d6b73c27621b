import Testing
import Vocabulary

@Suite("Timestamps: RFC 3339 in UTC, whole seconds")
struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (1_795_310_573, "2026-11-22T01:22:53Z"),
        (2_147_483_648, "2038-01-19T03:14:08Z"),
        (1_709_164_800, "2024-02-29T00:00:00Z"),
        (951_825_600, "2000-02-29T12:00:00Z"),
        (-2_203_891_200, "1900-03-01T00:00:00Z"),
        (4_107_542_399, "2100-02-28T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"),
        (-11_670_998_400, "1600-02-29T00:00:00Z"),
        (-62_135_596_800, "0001-01-01T00:00:00Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
    ])
    func `prints and parses the same second`(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).description == text)
        #expect(Timestamp(parsing: text) == Timestamp(seconds: seconds))
    }

    @Test(arguments: [
        "", "2026-11-22", "2026-11-22T01:22:53", "2026-11-22t01:22:53Z", "2026-11-22T01:22:53z", "2026-11-22 01:22:53Z",
        "2026-11-22T01:22:53+00:00", "2026-11-22T01:22:53.0Z", "2026-11-22T24:00:00Z", "2026-11-22T23:60:00Z",
        "2026-11-22T23:59:60Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-00T00:00:00Z",
        "2026-11-31T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
        "10000-01-01T00:00:00Z", "-001-01-01T00:00:00Z", "+026-11-22T01:22:53Z", "2026-11-22T+1:22:53Z",
        "2026-11-22T01-22-53Z", "２026-11-22T01:22Z",
    ])
    func `parses nothing else`(text: String) {
        #expect(Timestamp(parsing: text) == nil)
    }

    @Test func `the last second of an hour, a minute and a day are there, the next is not`() {
        #expect(Timestamp(parsing: "2026-12-31T23:59:59Z") != nil)
        #expect(Timestamp(parsing: "2026-12-31T23:59:59Z")! + 1 == Timestamp(parsing: "2027-01-01T00:00:00Z"))
    }

    @Test func `adds, subtracts and compares spans`() {
        let now = Timestamp(seconds: 1_700_000_000)
        #expect(now + Seconds(120) - now == 120)
        #expect(now - (now + 10) == Seconds(-10))
        #expect(now - Seconds.minutes(2) < now)
        #expect(!(now < now))
        #expect(Seconds.minutes(2) == 120)
        #expect(Seconds.hours(1) == Seconds.minutes(60))
        #expect(Seconds.days(1) + 1 == Seconds(86_401))
        #expect(Seconds(-1) < 0)
    }

    @Test func `the machine's clock gives a second of this century`() throws {
        let now = SystemClock().now
        #expect(now > Timestamp(parsing: "2025-01-01T00:00:00Z")!)
        #expect(now < Timestamp(parsing: "2100-01-01T00:00:00Z")!)
    }
}

@Suite("Calendar dates: days of the Gregorian calendar")
struct CalendarDateTests {
    @Test(arguments: [
        ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2000-03-01", 11_017), ("0000-01-01", -719_528),
        ("9999-12-31", 2_932_896), ("2024-12-31", 20_088), ("2025-01-01", 20_089),
    ])
    func `counts days from the epoch`(text: String, days: Int64) throws {
        let date = try #require(CalendarDate(parsing: text))
        #expect(date.daysSinceEpoch == days)
        #expect(CalendarDate(daysSinceEpoch: days).description == text)
    }

    @Test func `goes through every day of eight centuries in order`() throws {
        var month = 3
        var day = 1
        var year = 1_600
        let first = try #require(CalendarDate(parsing: "1600-03-01")).daysSinceEpoch
        for count in 0..<292_194 {
            let text = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
            let date = CalendarDate(daysSinceEpoch: first + Int64(count))
            guard date.description == text, CalendarDate(parsing: text) == date else {
                Issue.record("day \(count) is \(date), expected \(text)")
                return
            }
            day += 1
            if day > Self.days(in: month, of: year) {
                day = 1
                month += 1
            }
            if month > 12 {
                month = 1
                year += 1
            }
        }
        #expect(year == 2_400)
    }

    @Test(arguments: ["", "2026-1-01", "2026-01-1", "26-01-01", "2026/01/01", "2026-02-30", "2025-02-29", "2026-04-31"])
    func `refuses what is no day`(text: String) {
        #expect(CalendarDate(parsing: text) == nil)
    }

    @Test func `a point in time lies on its UTC day, also before 1970`() {
        #expect(CalendarDate(of: Timestamp(seconds: 0)).description == "1970-01-01")
        #expect(CalendarDate(of: Timestamp(seconds: 86_399)).description == "1970-01-01")
        #expect(CalendarDate(of: Timestamp(seconds: 86_400)).description == "1970-01-02")
        #expect(CalendarDate(of: Timestamp(seconds: -1)).description == "1969-12-31")
        #expect(CalendarDate(of: Timestamp(seconds: -86_400)).description == "1969-12-31")
        #expect(CalendarDate(of: Timestamp(seconds: -86_401)).description == "1969-12-30")
        #expect(CalendarDate(daysSinceEpoch: -1).start == Timestamp(seconds: -86_400))
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
