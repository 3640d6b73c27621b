import Clients
public import AuditLedger
import Synchronization
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
    /// Decides again on other facts; pure.
    let decideAgain: @Sendable (IssuanceFacts) -> Result<AccessTokenClaims, Refusal>
}

/// The ledger of the embedded server: the one writer's batches (DESIGN §2.6).
public struct WriterIssuanceLedger<Store: LedgerStore>: IssuanceLedger where Store.Transaction: FactsReader {
    private let writer: LedgerWriter<Store>
    private let signer: TokenSigner

    /// A ledger that appends through `writer` and signs on its thread.
    public init(writer: LedgerWriter<Store>, signer: TokenSigner) {
        self.writer = writer
        self.signer = signer
    }

    /// Claims, decides again if the facts moved, appends, and signs.
    public func settle(_ decision: IssuanceDecision) async throws -> IssuedToken {
        try await withUnsafeThrowingContinuation { continuation in
            let work = IssuanceWork<Store.Transaction>(decision, signer: signer, continuation: continuation)
            writer.submit(work)
        }
    }
}

/// One token request's share of a batch, run on the writer's thread only.
private final class IssuanceWork<Transaction: LedgerTransaction & FactsReader>: LedgerWork, @unchecked Sendable {
    // INVARIANT: `outcome` is touched by the writer's thread alone; everything else is immutable.
    private let decision: IssuanceDecision
    private let signer: TokenSigner
    private let continuation: UnsafeContinuation<IssuedToken, any Error>
    private var outcome: Result<AccessTokenClaims, Refusal>

    init(
        _ decision: IssuanceDecision,
        signer: TokenSigner,
        continuation: UnsafeContinuation<IssuedToken, any Error>
    ) {
        self.decision = decision
        self.signer = signer
        self.continuation = continuation
        self.outcome = decision.outcome
    }

    func write(in transaction: Transaction, with memory: WriterMemory) throws {
        let grant = decision.grant
        if let refusal = refusal(of: memory.claim(grant.claims)) {
            outcome = .failure(refusal)
            return try record(refusal, decidedOn: decision.revision, claiming: [], in: transaction, with: memory)
        }
        var revision = try transaction.revision
        if revision == decision.revision {
            outcome = decision.outcome
        } else {
            let facts = try transaction.facts(for: grant.query)
            revision = facts.revision
            outcome = decision.decideAgain(facts)
        }
        switch outcome {
        case .success(let claims):
            let event = IssuanceRecord.issued(claims, for: grant, decidedOn: revision, trace: decision.trace)
            try transaction.append(event, claiming: grant.claims)
        case .failure(let refusal):
            try record(refusal, decidedOn: revision, claiming: grant.claims, in: transaction, with: memory)
        }
    }

    /// RFC 7523 §3 item 7: an assertion is used once.
    private func refusal(of claim: WriterMemory.ClaimOutcome) -> Refusal? {
        switch claim {
        case .claimed: nil
        case .replayed: .replayed
        case .barred(let until): .assertionBarred(until: until)
        case .late:
            .assertionExpired(expires: decision.grant.claims.map(\.expires).min() ?? decision.now, now: decision.now)
        }
    }

    /// Refusals after authentication are recorded, a client's equal ones beyond ten a minute summed up (DESIGN §2.6).
    private func record(
        _ refusal: Refusal,
        decidedOn revision: Int64,
        claiming claims: [ReplayClaim],
        in transaction: Transaction,
        with memory: WriterMemory
    ) throws {
        let event = IssuanceRecord.refused(
            refusal,
            for: decision.grant,
            decidedOn: revision,
            trace: decision.trace,
            at: decision.now
        )
        guard memory.admits(event) else { return }
        try transaction.append(event, claiming: claims)
    }

    func committed() {
        do {
            let claims = try outcome.mapError { refusal in
                RefusedRequest(
                    refusal,
                    isClientAuthentication: refusal == .replayed && decision.grant.isClientCredentials,
                    isAuthenticated: true,
                    claimedClient: decision.grant.client.id
                )
            }.get()
            continuation.resume(
                returning: IssuedToken(
                    accessToken: try signer.sign(claims, at: decision.now),
                    tokenID: claims.tokenID,
                    client: claims.client,
                    expiresIn: claims.lifetime.count - 1,
                    scopes: claims.scopes
                )
            )
        } catch {
            continuation.resume(throwing: error)
        }
    }

    func failed(_ error: any Error) {
        switch error {
        case LedgerWriterError.full: continuation.resume(throwing: Unavailable.queueFull)
        case LedgerWriterError.stopped: continuation.resume(throwing: Unavailable.draining)
        case LedgerWriterError.clockBehind: continuation.resume(throwing: Unavailable.clockBehind)
        default: continuation.resume(throwing: Unavailable.storeUnavailable)
        }
    }
}
