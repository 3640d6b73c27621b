public import AuditLedger
public import TokenIssuance
public import Vocabulary

/// Takes what was refused before the client had proved who it is: counted and kept, never in the ledger (DESIGN §2.6).
public protocol EarlyRefusals: Sendable {
    /// Keeps one refusal; must not wait.
    func record(_ refusal: Refusal, client: ClientID?, trace: RequestTrace)
}

/// Early refusals in the ring file, where a trace id can still be looked up.
public struct RingOfEarlyRefusals: EarlyRefusals {
    private let ring: RefusalRing
    private let clock: any WallClock

    /// Refusals that go to `ring`.
    public init(ring: RefusalRing, clock: any WallClock) {
        self.ring = ring
        self.clock = clock
    }

    /// Keeps one refusal.
    public func record(_ refusal: Refusal, client: ClientID?, trace: RequestTrace) {
        ring.note(
            RefusalNote(
                time: clock.now,
                trace: trace.traceID,
                code: refusal.code.rawValue,
                reason: refusal.reason,
                address: trace.remoteAddress,
                claimedClient: client?.rawValue
            )
        )
    }
}
