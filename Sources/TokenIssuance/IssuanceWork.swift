import AuditLedger
import Clients
import JOSE
import Vocabulary

/// One token request's share of a batch, run on the writer's thread only.
final class IssuanceWork<Transaction: IssuanceTransaction>: LedgerWork, @unchecked Sendable {
    // INVARIANT: `outcome` is touched by the writer's thread alone; everything else is immutable, and the continuation is
    // resumed by whoever `answer` lets.
    private let answer = AnsweredOnce()
    private let decision: IssuanceDecision
    private let signer: TokenSigner
    private let statuses: StatusAllocator
    private let continuation: UnsafeContinuation<IssuedToken, any Error>
    private var outcome = Outcome.undecided

    /// How the request ends once the batch is durable.
    private enum Outcome {
        case undecided
        case token(AccessTokenClaims, SigningKeyRing.Key)
        case signed(IssuedToken)
        case refused(RefusedRequest)
    }

    init(
        _ decision: IssuanceDecision,
        signer: TokenSigner,
        statuses: StatusAllocator,
        continuation: UnsafeContinuation<IssuedToken, any Error>
    ) {
        self.decision = decision
        self.signer = signer
        self.statuses = statuses
        self.continuation = continuation
    }

    func write(in transaction: Transaction, with memory: WriterMemory) throws {
        // Nobody waits for a token any more: none is entered, and the assertion stays unused.
        guard !answer.hasAnswer else { return }
        let now = later(of: decision.now, memory.now)
        var claims = decision.grant.claims
        // RFC 7523 §3 item 7: each assertion is used once; the grant first, then a client assertion beside it.
        for (index, claim) in claims.enumerated() {
            guard let refusal = ClaimRefusal.refusal(of: memory.claim([claim]), on: claim, at: now) else { continue }
            let isClientAuthentication = decision.grant.isClientCredentials || index > 0
            return try refuse(
                refusal,
                isClientAuthentication: isClientAuthentication,
                decidedOn: decision.revision,
                at: now,
                claiming: Array(claims[..<index]),
                in: transaction,
                with: memory
            )
        }
        if let claim = decision.grant.proofClaim {
            // RFC 9449 §11.1: so is a proof, with a nonce too.
            if let fault = ClaimRefusal.fault(of: memory.claim([claim]), onProof: claim, at: now) {
                return try refuse(
                    .dpopProof(fault),
                    isClientAuthentication: false,
                    decidedOn: decision.revision,
                    at: now,
                    claiming: claims,
                    in: transaction,
                    with: memory
                )
            }
            claims.append(claim)
        }
        let (result, revision) = try decided(in: transaction, at: now)
        switch result {
        case .success(var token):
            let key: SigningKeyRing.Key
            // Before the entry: without a key there is no token, and nothing was used up.
            do { key = try signer.key(for: token.algorithm, at: now) } catch { throw FailedAlone(cause: error) }
            if token.hasStatus, let grounds = TokenGrounds(token) {
                token.status = try place(token, restingOn: grounds, in: transaction)
            }
            let signed: IssuedToken?
            // A device may stop at any time. So it signs first: no entry tells of a token that was never made, and the assertion
            // is not used up. A key in memory signs when the entry is durable, so that the transaction ends the sooner.
            do { signed = key.isInToken ? try issued(token, by: key) : nil } catch { throw FailedAlone(cause: error) }
            let event = IssuanceRecord.issued(token, for: decision.grant, decidedOn: revision, trace: decision.trace)
            try transaction.append(event, claiming: claims)
            try transaction.noteUse(of: token.delegations, at: now)
            if case .consent(let consent, _) = token.detail { try transaction.noteUse(of: consent, at: now) }
            outcome = signed.map { .signed($0) } ?? .token(token, key)
        case .failure(let refusal):
            try refuse(
                refusal,
                isClientAuthentication: decision.grant.isClientCredentials && refusal.concernsClientAssertion,
                decidedOn: revision,
                at: now,
                claiming: claims,
                in: transaction,
                with: memory
            )
        }
    }

    func committed() {
        guard answer.begin() else { return }
        switch outcome {
        case .undecided: continuation.resume(throwing: Unavailable.storeUnavailable)
        case .refused(let refused): continuation.resume(throwing: refused)
        case .token(let claims, let key): continuation.resume(with: Result { try issued(claims, by: key) })
        case .signed(let token): continuation.resume(returning: token)
        }
    }

    func failed(_ error: any Error) {
        if answer.begin() { continuation.resume(throwing: Unavailable(writing: error)) }
    }

    func abandoned(_ error: any Error) { failed(error) }

    /// The token as the client gets it.
    private func issued(_ claims: AccessTokenClaims, by key: SigningKeyRing.Key) throws -> IssuedToken {
        IssuedToken(
            accessToken: try signer.sign(claims, with: key),
            tokenID: claims.tokenID,
            client: claims.client,
            tokenType: claims.tokenType,
            expiresIn: claims.lifetime.count - 1,
            scopes: claims.scopes
        )
    }

    /// A place in a status list, in the same transaction as the ledger's entry: both are durable, or neither is.
    private func place(
        _ token: AccessTokenClaims,
        restingOn grounds: TokenGrounds,
        in transaction: Transaction
    ) throws -> StatusPlace {
        let entry = StatusEntry(
            token: token.tokenID,
            grounds: grounds,
            issued: token.issuedAt,
            expires: token.expires
        )
        do {
            return try statuses.place(entry, in: transaction)
        } catch let full as Unavailable {
            throw FailedAlone(cause: full)
        }
    }

    // MARK: The decision, as it is now

    /// The decision on the facts of this transaction: the one taken before when neither they nor the time have moved.
    private func decided(
        in transaction: Transaction,
        at now: Timestamp
    ) throws -> (Result<AccessTokenClaims, Refusal>, Int64) {
        if try transaction.revision == decision.revision, now == decision.now {
            return (decision.outcome, decision.revision)
        }
        let facts: IssuanceFacts
        // What cannot be read of one client must not fail the others of the batch.
        do { facts = try transaction.facts(for: decision.grant.query) } catch { throw FailedAlone(cause: error) }
        return (decision.decideAgain(facts, now), facts.revision)
    }

    /// The time of the request, or the writer's when the request has waited for long.
    private func later(of arrival: Timestamp, _ present: Timestamp) -> Timestamp {
        present - arrival > IssuanceDecision.freshness ? present : arrival
    }

    /// Refusals after authentication are recorded, a client's equal ones beyond ten a minute summed up (DESIGN §2.6).
    private func refuse(
        _ refusal: Refusal,
        isClientAuthentication: Bool,
        decidedOn revision: Int64,
        at now: Timestamp,
        claiming claims: [ReplayClaim],
        in transaction: Transaction,
        with memory: WriterMemory
    ) throws {
        outcome = .refused(
            RefusedRequest(
                refusal,
                isClientAuthentication: isClientAuthentication,
                isAuthenticated: true,
                claimedClient: decision.grant.requester.id
            )
        )
        let event = IssuanceRecord.refused(
            refusal,
            for: decision.grant,
            decidedOn: revision,
            trace: decision.trace,
            at: now
        )
        guard memory.admits(event) else { return }
        try transaction.append(event, claiming: claims)
    }
}

extension Refusal {
    /// Whether it lies in how the client authenticated, though it was found only with the decision: a key removed since.
    fileprivate var concernsClientAssertion: Bool {
        switch self {
        case .clientUnknown, .keyUnknown, .keyExpired, .keyRequired, .audience, .certificate: true
        default: false
        }
    }
}

/// What becomes of a claim that could not be made.
enum ClaimRefusal {
    /// Why whoever made the claim is refused; nil when it is his now.
    static func refusal(
        of claim: WriterMemory.ClaimOutcome,
        on replay: ReplayClaim,
        at now: Timestamp
    ) -> Refusal? {
        switch claim {
        case .claimed:
            // Waited past its end, and would have been refused had it come now.
            now < replay.expires + GrantRules.skew ? nil : .assertionExpired(expires: replay.expires, now: now)
        case .replayed: .replayed
        case .barred(let until): .assertionBarred(until: until)
        case .late: .assertionExpired(expires: replay.expires, now: now)
        }
    }

    /// The same of the claim on a DPoP proof.
    static func fault(
        of claim: WriterMemory.ClaimOutcome,
        onProof replay: ReplayClaim,
        at now: Timestamp
    ) -> DPoPProofFault? {
        switch claim {
        case .claimed where now <= replay.expires + GrantRules.skew: nil
        case .replayed: .replayed
        case .claimed, .barred, .late: .stale(issuedAt: replay.issued, now: now)
        }
    }
}

extension Unavailable {
    /// What the caller is told when the writer could not write.
    init(writing error: any Error) {
        self =
            switch error {
            case LedgerWriterError.full: .queueFull
            case LedgerWriterError.stopped: .draining
            case LedgerWriterError.stalled: .storeStalled
            case LedgerWriterError.clockBehind: .clockBehind
            case let unavailable as Unavailable: unavailable
            default: .storeUnavailable
            }
    }
}
