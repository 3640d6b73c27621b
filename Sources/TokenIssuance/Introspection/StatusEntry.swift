public import StatusLists
public import Vocabulary

/// What is kept of a token with a place in a status list: nothing of its text, and no person.
public struct StatusEntry: Sendable, Hashable {
    /// `jti`.
    public let token: TokenID
    /// What it rests on.
    public let grounds: TokenGrounds
    /// `iat`.
    public let issued: Timestamp
    /// `exp`.
    public let expires: Timestamp

    /// An entry.
    public init(token: TokenID, grounds: TokenGrounds, issued: Timestamp, expires: Timestamp) {
        self.token = token
        self.grounds = grounds
        self.issued = issued
        self.expires = expires
    }
}

/// A place in the lists: which list, and where in it.
public struct StatusPlace: Sendable, Hashable {
    /// The number of the list, from 0.
    public let list: Int
    /// `idx`.
    public let index: Int

    /// How many tokens a list has room for: 16 KiB of statuses, in which one token is hidden among many.
    public static let listSize = 131_072

    /// The most lists: room for 134 million tokens that have not ended.
    public static let maximumLists = 1_024

    /// A place.
    public init(list: Int, index: Int) {
        self.list = list
        self.index = index
    }

    /// The URI of a list at that issuer.
    public static func uri(ofList list: Int, at issuer: Issuer) -> String { issuer.endpoint("statuslists/\(list)") }

    /// What the token says of it.
    public func reference(at issuer: Issuer) -> StatusReference {
        StatusReference(index: index, uri: Self.uri(ofList: list, at: issuer))
    }
}

/// Keeps places in status lists inside an open transaction; blocks.
public protocol StatusListStore {
    /// Puts a token at a place; false when another one has it.
    func put(_ entry: StatusEntry, at place: StatusPlace) throws -> Bool
}

/// Draws places for tokens, at random so that a place tells nothing of when a token was issued and to whom.
public protocol StatusPlaceSource: Sendable {
    /// An index below `StatusPlace.listSize`.
    func nextIndex() -> Int
}

/// Places from the system's random numbers.
public struct RandomStatusPlaces: StatusPlaceSource {
    /// The live source.
    public init() {}

    /// An index below `StatusPlace.listSize`.
    public func nextIndex() -> Int {
        var generator = SystemRandomNumberGenerator()
        return Int.random(in: 0..<StatusPlace.listSize, using: &generator)
    }
}
