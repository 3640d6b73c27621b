public import AuditLedger
import Clients
public import Vocabulary

/// Uses up callers' assertions and keeps revocations.
public protocol CallerLedger: Sendable {
    /// Uses up the caller's assertion, if it sent one.
    ///
    /// - Throws: `RefusedRequest` when it was used before, `Unavailable`.
    func claim(_ caller: EndpointCaller, at now: Timestamp) async throws

    /// Uses up the caller's assertion and ends a token, both or neither.
    ///
    /// - Returns: whether the token was not ended before.
    /// - Throws: `RefusedRequest` when the assertion was used before, `Unavailable`.
    func revoke(_ revocation: AskedRevocation, at now: Timestamp) async throws -> Bool
}

/// The one writer, which alone knows what was used.
public struct WriterCallerLedger<Store: LedgerStore>: CallerLedger where Store.Transaction: TokenRevocationStore {
    private let writer: LedgerWriter<Store>

    /// A ledger behind that writer.
    public init(writer: LedgerWriter<Store>) { self.writer = writer }

    /// Uses up the caller's assertion, if it sent one.
    public func claim(_ caller: EndpointCaller, at now: Timestamp) async throws {
        guard !caller.claims.isEmpty else { return }
        _ = try await settle(caller, nil)
    }

    /// Uses up the caller's assertion and ends a token, both or neither.
    public func revoke(_ revocation: AskedRevocation, at now: Timestamp) async throws -> Bool {
        try await settle(revocation.caller, revocation)
    }

    private func settle(_ caller: EndpointCaller, _ revocation: AskedRevocation?) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            writer.submit(
                CallerWork<Store.Transaction>(caller: caller, revocation: revocation, continuation: continuation)
            )
        }
    }
}

/// One caller's share of a batch, run on the writer's thread only.
///
/// A question leaves no row anywhere: its claim is held in the writer's memory, as that of a refusal that is summed up
/// (DESIGN §2 item 4). After a restart the same assertion could ask once more, and still gives one token at most.
private final class CallerWork<Transaction: LedgerTransaction & TokenRevocationStore>: LedgerWork, @unchecked Sendable {
    // INVARIANT: `outcome` is touched by the writer's thread alone; everything else is immutable, and the continuation is
    // resumed by whoever `answer` lets.
    private let answer = AnsweredOnce()
    private let caller: EndpointCaller
    private let revocation: AskedRevocation?
    private let continuation: CheckedContinuation<Bool, any Error>
    private var outcome: Result<Bool, RefusedRequest> = .success(false)

    init(
        caller: EndpointCaller,
        revocation: AskedRevocation?,
        continuation: CheckedContinuation<Bool, any Error>
    ) {
        self.caller = caller
        self.revocation = revocation
        self.continuation = continuation
    }

    func write(in transaction: Transaction, with memory: WriterMemory) throws {
        guard !answer.hasAnswer else { return }
        for claim in caller.claims {
            guard let refusal = ClaimRefusal.refusal(of: memory.claim([claim]), on: claim, at: memory.now) else {
                continue
            }
            outcome = .failure(
                RefusedRequest(
                    refusal,
                    isClientAuthentication: true,
                    isAuthenticated: true,
                    claimedClient: caller.client
                )
            )
            return
        }
        guard let revocation else { return }
        let token = revocation.token
        guard try transaction.revoke(token.tokenID, issued: token.issued, expires: token.expires) != nil else { return }
        try transaction.append(revocation.event(at: memory.now), claiming: caller.claims)
        outcome = .success(true)
    }

    func committed() {
        if answer.begin() { continuation.resume(with: outcome) }
    }

    func failed(_ error: any Error) {
        if answer.begin() { continuation.resume(throwing: Unavailable(writing: error)) }
    }

    func abandoned(_ error: any Error) { failed(error) }
}
