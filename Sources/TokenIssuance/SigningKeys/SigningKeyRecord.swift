public import JOSE
public import Vocabulary

/// A signing key's place in the timetable (DESIGN §10): what the store keeps; the private key itself is a file.
///
/// Published from `published` on, signs from `activates` until `retires`, stays published until `removed`.
public struct SigningKeyRecord: Sendable, Hashable {
    /// Where a key stands at a given time.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Published, not yet signing.
        case next
        /// Signing.
        case active
        /// No longer signing; published until the last token it signed has expired.
        case retiring
        /// No longer published.
        case retired
    }

    /// The identifier (`kid`).
    public let id: KeyID
    /// The one algorithm that it signs with.
    public let algorithm: JWSAlgorithm
    /// When it was made and published.
    public var published: Timestamp
    /// First second in which it signs.
    public var activates: Timestamp
    /// First second in which it signs no more; nil: open.
    public var retires: Timestamp?
    /// First second in which it is no longer published; nil: open.
    public var removed: Timestamp?

    /// A key's timetable.
    public init(
        id: KeyID,
        algorithm: JWSAlgorithm,
        published: Timestamp,
        activates: Timestamp,
        retires: Timestamp? = nil,
        removed: Timestamp? = nil
    ) {
        self.id = id
        self.algorithm = algorithm
        self.published = published
        self.activates = activates
        self.retires = retires
        self.removed = removed
    }

    /// Where it stands at `now`.
    public func state(at now: Timestamp) -> State {
        if let removed, now >= removed { return .retired }
        if let retires, now >= retires { return .retiring }
        return now >= activates ? .active : .next
    }
}
