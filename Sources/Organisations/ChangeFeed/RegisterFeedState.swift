public import Vocabulary

/// What is known of one feed: how far it was read, when it last succeeded and why it last failed.
public struct RegisterFeedState: Sendable, Hashable {
    /// The feed.
    public let feed: RegisterFeed
    /// How far it was read; nil when it never was, or not since the last import of its kind.
    public var cursor: FeedCursor?
    /// When a whole file of its kind was imported last.
    public var imported: Timestamp?
    /// When it was read to its end last.
    public var succeeded: Timestamp?
    /// When it last could not be read; nil when it never failed, or succeeded since.
    public var failed: Timestamp?
    /// Why.
    public var failure: String?
    /// How often in a row it could not.
    public var failures = 0

    /// A feed of which nothing is known.
    public init(feed: RegisterFeed) { self.feed = feed }

    /// When what it tells of was last brought up to date: by the feed, or by an import of its kind.
    public var updated: Timestamp? {
        switch (imported, succeeded) {
        case (let imported?, let succeeded?): max(imported, succeeded)
        case (let imported, let succeeded): imported ?? succeeded
        }
    }

    /// How old what is known is, never negative; nil when nothing ever was.
    public func age(at now: Timestamp) -> Seconds? { updated.map { max(0, now - $0) } }

    /// From when on changes count when the feed was never read: a day before the last import of its kind, whose file was made
    /// in the night before it was fetched; nil when there was none.
    public var start: Timestamp? { imported.map { $0 - .days(1) } }
}

/// How old the register may be before somebody should look.
public enum RegisterFreshness: String, Sendable, Hashable, CaseIterable {
    /// Less than a day.
    case green
    /// A day or more: feeds tell changes within minutes, and bulk files are made every night.
    case yellow
    /// A week or more: units that are bankrupt or gone pass as live ones.
    case red

    /// From this age on it is yellow.
    public static let yellowAge = Seconds.hours(24)
    /// From this age on it is red.
    public static let redAge = Seconds.days(7)

    /// The freshness of what is that old.
    public init(age: Seconds) {
        self = age >= Self.redAge ? .red : age >= Self.yellowAge ? .yellow : .green
    }
}

extension RegisterFeed {
    /// The feed that tells of units of a kind.
    public init(of kind: Organisation.Kind) {
        switch kind {
        case .mainUnit: self = .mainUnits
        case .subUnit: self = .subUnits
        }
    }
}
