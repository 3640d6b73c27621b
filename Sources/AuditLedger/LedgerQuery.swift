import JOSE
public import Vocabulary

/// Which entries are wanted; what is nil or empty does not matter.
public struct LedgerQuery: Sendable, Hashable {
    /// Of that request; a caller's own trace id from `traceparent` finds it too.
    public var trace: TraceID?
    /// From that second on.
    public var since: Timestamp?
    /// Before that second.
    public var until: Timestamp?
    /// Of those kinds.
    public var kinds: Set<LedgerEvent.Kind> = []
    /// Of that client.
    public var client: ClientID?
    /// In which that organisation is consumer or supplier.
    public var organisation: OrganisationNumber?
    /// With that scope among others.
    public var scope: ScopeName?
    /// About the token with that `jti`.
    public var tokenID: TokenID?
    /// Refused with that code.
    public var code: String?
    /// With that very text as one of its details: a person's pseudonym, the identifier of a consent.
    public var detail: String?
    /// Done by an actor whose name holds that text.
    public var actor: String?

    /// Everything.
    public init() {}

    /// Whether `event` is wanted.
    public func matches(_ event: LedgerEvent) -> Bool {
        (trace == nil || trace == event.traceID || trace == event.parentTraceID)
            && since.map { event.time >= $0 } ?? true
            && until.map { event.time < $0 } ?? true
            && (kinds.isEmpty || kinds.contains(event.kind))
            && (client == nil || client == event.client)
            && (organisation == nil || organisation == event.consumer || organisation == event.supplier)
            && scope.map { event.scopes.contains($0) } ?? true
            && (tokenID == nil || tokenID == event.tokenID)
            && (code == nil || code == event.code)
            && detail.map { text in event.details.members.contains { $0.value.string == text } } ?? true
            && actor.map { event.actor?.contains($0) ?? false } ?? true
    }

    /// Texts that the body of every wanted entry holds, by which a database can pass most others over unread.
    public var needles: [String] {
        [
            trace?.rawValue, client?.rawValue, organisation?.description, scope?.rawValue, tokenID?.rawValue, code,
            detail,
        ]
        .compactMap(\.self)
        // A body holds these two escaped.
        .filter { !$0.utf8.contains(UInt8(ascii: "\"")) && !$0.utf8.contains(UInt8(ascii: "\\")) }
    }
}
