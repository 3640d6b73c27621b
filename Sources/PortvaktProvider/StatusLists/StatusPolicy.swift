/// What a provider does about tokens that may have been ended before their `exp` (Token Status List draft).
public enum StatusPolicy: String, Sendable, Hashable, CaseIterable {
    /// No list is read: a token counts until its `exp`.
    case ignored
    /// A token that says where its status stands is looked up, and refused while the list cannot be had; others pass.
    case whenPresent
    /// As ``whenPresent``, but while the list cannot be had a token passes: a provider for which an outage of the issuer is
    /// worse than an ended token.
    case whenAvailable
    /// Every token must say where its status stands: for an API whose scopes all have `token_status_list`.
    case required
}

/// How status lists are kept, and what is done in an outage.
public struct StatusListOptions: Sendable, Hashable {
    /// How long a copy is used when neither list nor answer says (`ttl`, `Cache-Control: max-age`).
    public var defaultTimeToLive: Duration = .seconds(30)
    /// The shortest time, whatever the list says.
    public var shortestTimeToLive: Duration = .seconds(1)
    /// The longest.
    public var longestTimeToLive: Duration = .seconds(300)
    /// How long after its time a copy still serves when no new one can be had; never past the list's own `exp`.
    public var staleLimit: Duration = .seconds(600)
    /// The least time between two attempts at one list after a failed one.
    public var cooldown: Duration = .seconds(1)
    /// How long a request waits for a list.
    public var patience: Duration = .seconds(2)
    /// How long fetching a list may take.
    public var timeout: Duration = .seconds(5)
    /// How large an answer may be, in bytes.
    public var maximumSize = 256 * 1_024
    /// How large the statuses may be when they are unpacked, in bytes: a million tokens of one bit each.
    public var maximumUnpackedSize = 128 * 1_024
    /// How many lists are kept.
    public var maximumLists = 64

    /// What suits an API that checks offline and wants to know of ended tokens within half a minute.
    public init() {}
}
