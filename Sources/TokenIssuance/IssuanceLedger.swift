public import AuditLedger
import Vocabulary

/// Makes a decision durable and gives the signed token, or the refusal that it ended in.
public protocol IssuanceLedger: Sendable {
    /// Claims, decides again if the facts moved, appends, and signs.
    ///
    /// - Throws: `RefusedRequest` for a refusal (recorded), `Unavailable` when nothing could be written.
    func settle(_ decision: IssuanceDecision) async throws -> IssuedToken
}

/// A decision on its way into the ledger.
public struct IssuanceDecision: Sendable {
    let grant: AuthenticatedGrant
    let trace: RequestTrace
    let now: Timestamp
    /// The revision of the facts that `outcome` was decided on.
    let revision: Int64
    let outcome: Result<AccessTokenClaims, Refusal>
    /// Decides again, on other facts or at another time; pure.
    let decideAgain: @Sendable (IssuanceFacts, Timestamp) -> Result<AccessTokenClaims, Refusal>

    /// How long a decision may wait for the writer before it is taken again at the writer's time.
    static let freshness = Seconds(2)
}

/// What the writer's transaction must offer to token requests.
public typealias IssuanceTransaction = LedgerTransaction & FactsReader & DelegationUseStore & ConsentUseStore
    & StatusListStore

/// The ledger of the embedded server: the one writer's batches (DESIGN §2.6).
public struct WriterIssuanceLedger<Store: LedgerStore>: IssuanceLedger
where Store.Transaction: IssuanceTransaction {
    private let writer: LedgerWriter<Store>
    private let signer: TokenSigner
    private let statuses: StatusAllocator

    /// A ledger that appends through `writer` and signs on its thread; places in status lists come from `statuses`.
    public init(writer: LedgerWriter<Store>, signer: TokenSigner, statuses: StatusAllocator = StatusAllocator()) {
        self.writer = writer
        self.signer = signer
        self.statuses = statuses
    }

    /// Claims, decides again if the facts moved, appends, and signs.
    public func settle(_ decision: IssuanceDecision) async throws -> IssuedToken {
        try await withUnsafeThrowingContinuation { continuation in
            let work = IssuanceWork<Store.Transaction>(
                decision,
                signer: signer,
                statuses: statuses,
                continuation: continuation
            )
            writer.submit(work)
        }
    }
}
