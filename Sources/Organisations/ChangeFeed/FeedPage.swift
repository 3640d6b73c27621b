import JOSE
import Vocabulary

/// One change that a feed tells of.
struct FeedChange: Sendable, Hashable {
    /// What happened (`endringstype`).
    enum Kind: Sendable, Hashable {
        /// A unit is new (Ny), changed (Endring), from before changes had a type (Ukjent), or anything that the register
        /// may invent: what holds now has to be asked for.
        case changed
        /// Deleted (Sletting); the register still tells its number, name and day of deletion.
        case deleted
        /// Removed from open data for legal reasons (Fjernet): copies must drop it.
        case removed
    }

    /// The unit.
    let number: OrganisationNumber
    /// What happened.
    let kind: Kind
    /// When, to the second.
    let time: Timestamp?
}

/// A page of a feed.
struct FeedPage: Sendable, Hashable {
    /// The changes in the order of the feed.
    let changes: [FeedChange]
    /// Entries that tell no change: without an organisation number that holds.
    let malformedCount: Int
    /// How far the feed has been read with it.
    let cursor: FeedCursor
    /// Whether there may be more behind it.
    let hasMore: Bool

    /// Why an answer is no page of a feed.
    struct Malformed: Error, Hashable, CustomStringConvertible {
        let description: String
    }

    /// Reads a page that was asked for behind `cursor`, `size` entries at the most.
    init(_ bytes: [UInt8], of feed: RegisterFeed, behind cursor: FeedCursor, size: Int) throws(Malformed) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes, limits: JSONLimits(maximumBytes: RegisterAPI.maximumPage))
        } catch {
            throw Malformed(description: "it is not JSON: \(error)")
        }
        switch feed {
        case .mainUnits, .subUnits: self = try Self.unitPage(value, of: feed, behind: cursor)
        case .roles: self = try Self.rolePage(value, behind: cursor, size: size)
        }
    }

    private init(changes: [FeedChange], malformedCount: Int, cursor: FeedCursor, hasMore: Bool) {
        self.changes = changes
        self.malformedCount = malformedCount
        self.cursor = cursor
        self.hasMore = hasMore
    }

    // MARK: Units: a HAL page

    private static func unitPage(
        _ value: JSONValue,
        of feed: RegisterFeed,
        behind cursor: FeedCursor
    ) throws(Malformed) -> FeedPage {
        guard let page = value.object, page["_links"] != nil || page["page"] != nil || page["_embedded"] != nil else {
            throw Malformed(description: "it is no page of the feed")
        }
        // HAL leaves `_embedded` out where there is nothing.
        guard let embedded = page["_embedded"] else {
            return FeedPage(changes: [], malformedCount: 0, cursor: cursor, hasMore: false)
        }
        let name = feed == .mainUnits ? "oppdaterteEnheter" : "oppdaterteUnderenheter"
        guard let entries = embedded[name]?.array else {
            throw Malformed(description: "`_embedded` holds no `\(name)`")
        }
        var changes: [FeedChange] = []
        var malformedCount = 0
        var last: Int64?
        for entry in entries {
            // Without its identifier the page cannot be passed: it would be asked for again and again.
            guard let id = entry["oppdateringsid"]?.integer, id >= 0 else {
                throw Malformed(description: "an entry has no `oppdateringsid`")
            }
            last = max(id, last ?? id)
            guard let number = number(in: entry) else {
                malformedCount += 1
                continue
            }
            let kind: FeedChange.Kind =
                switch entry["endringstype"]?.string {
                case "Sletting": .deleted
                case "Fjernet": .removed
                default: .changed
                }
            changes.append(FeedChange(number: number, kind: kind, time: time(entry["dato"]?.string)))
        }
        guard let last else { return FeedPage(changes: [], malformedCount: 0, cursor: cursor, hasMore: false) }
        // Everything behind the cursor is on one page when the page has as many as there are.
        let total = page["page"]?["totalElements"]?.integer
        return FeedPage(
            changes: changes,
            malformedCount: malformedCount,
            cursor: .after(id: last),
            hasMore: total.map { $0 > Int64(entries.count) } ?? true
        )
    }

    // MARK: Roles: an array of CloudEvents

    private static func rolePage(
        _ value: JSONValue,
        behind cursor: FeedCursor,
        size: Int
    ) throws(Malformed) -> FeedPage {
        guard let events = value.array else { throw Malformed(description: "it is no array of events") }
        var known: Set<String> = []
        var latest: String?
        if case .through(let time, let seen) = cursor { (latest, known) = (time, seen) }
        let earlier = known
        var changes: [FeedChange] = []
        var malformedCount = 0
        for event in events {
            guard let id = event["id"]?.string, let time = event["time"]?.string, Timestamp(feed: time) != nil else {
                throw Malformed(description: "an event has no `id` or no `time`")
            }
            guard !earlier.contains(id) else { continue }
            if latest.map({ Self.isLater(time, than: $0) }) ?? true {
                latest = time
                known = []
            }
            // An event that comes late keeps the place of the latest one, and is known by its identifier.
            if time == latest { known.insert(id) }
            if let data = event["data"], let number = number(in: data) {
                changes.append(FeedChange(number: number, kind: .changed, time: Timestamp(feed: time)))
            } else {
                malformedCount += 1
            }
        }
        return FeedPage(
            changes: changes,
            malformedCount: malformedCount,
            cursor: latest.map { .through(time: $0, events: known) } ?? cursor,
            // Also where all of it is known: there are more events in that second than the page holds.
            hasMore: events.count >= size
        )
    }

    /// Compares two times of one feed: to the second, then by their fractions.
    private static func isLater(_ time: String, than other: String) -> Bool {
        guard let left = Timestamp(feed: time), let right = Timestamp(feed: other) else { return time > other }
        return left == right ? fraction(of: time) > fraction(of: other) : left > right
    }

    private static func fraction(of time: String) -> String {
        guard let point = time.firstIndex(of: ".") else { return "" }
        return String(time[point...].dropFirst().prefix { $0.isASCII && $0.isNumber })
    }

    private static func number(in object: JSONValue) -> OrganisationNumber? {
        object["organisasjonsnummer"]?.string.flatMap { try? OrganisationNumber(parsing: $0) }
    }

    private static func time(_ text: String?) -> Timestamp? { text.flatMap { Timestamp(feed: $0) } }
}

extension Timestamp {
    /// Reads a time of a feed, RFC 3339 in UTC with or without fractions of a second; nil for anything else.
    init?(feed text: String) {
        guard let point = text.firstIndex(of: ".") else {
            self.init(parsing: text)
            return
        }
        let rest = text[point...].dropFirst()
        guard rest.last == "Z", !rest.dropLast().isEmpty, rest.dropLast().allSatisfy({ $0.isASCII && $0.isNumber })
        else {
            return nil
        }
        self.init(parsing: text[..<point] + "Z")
    }
}
