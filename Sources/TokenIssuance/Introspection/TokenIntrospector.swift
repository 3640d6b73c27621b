import JOSE
public import Logging
import Scopes
public import Vocabulary

/// Answers introspection requests (RFC 7662): reads only, but for the caller's own assertion, which is used up.
public final class TokenIntrospector: Sendable {
    private let clock: any WallClock
    private let issuer: Issuer
    private let callers: CallerAuthenticator
    private let tokens: OwnTokenReader
    private let standing: TokenStanding
    private let ledger: any CallerLedger
    private let documents: DocumentSigner
    private let logger: Logger

    /// An introspector made of its parts.
    public init(
        clock: any WallClock,
        issuer: Issuer,
        callers: CallerAuthenticator,
        tokens: OwnTokenReader,
        standing: TokenStanding,
        ledger: any CallerLedger,
        documents: DocumentSigner,
        logger: Logger = Logger(label: "portvakt.introspection")
    ) {
        self.clock = clock
        self.issuer = issuer
        self.callers = callers
        self.tokens = tokens
        self.standing = standing
        self.ledger = ledger
        self.documents = documents
        self.logger = logger
    }

    /// Says what the caller may know of a token.
    ///
    /// - Throws: `RefusedRequest` for the caller's fault, `Unavailable`, anything else for ours.
    public func introspect(
        _ form: TokenQueryForm,
        authorization: String?,
        proofs: PossessionProofs,
        trace: RequestTrace
    ) async throws -> Introspection {
        let now = clock.now  // the only clock read
        return try await unlessUnreadable(trace, logger) {
            let caller = try await self.callers.caller(
                form.credentials,
                authorization: authorization,
                proofs: proofs,
                at: now
            )
            try await self.ledger.claim(caller, at: now)
            // RFC 7662 §2.2, §4: every token that is none of the caller's business looks alike.
            guard let token = self.tokens.token(in: form.token, at: now),
                let facts = try await self.standing.facts(about: token, at: now)
            else { return .inactive(for: caller.client) }
            let owned = facts.scopes.filter { $0.scope?.owner == caller.organisation }.map(\.name)
            guard !owned.isEmpty else { return .inactive(for: caller.client) }
            return .active(token, scopes: owned, for: caller.client)
        }
    }

    /// The answer as a signed JWT (RFC 9701 §5).
    ///
    /// - Throws: `Unavailable.noSigningKey`.
    public func sign(_ introspection: Introspection) throws -> String {
        let now = clock.now
        return try documents.sign(
            introspection.signedPayload(issuer: issuer, at: now),
            type: Introspection.signedType,
            at: now
        )
    }
}

/// What the store throws becomes 503, as at `/token`; a refusal stays one.
func unlessUnreadable<Value>(
    _ trace: RequestTrace,
    _ logger: Logger,
    _ body: () async throws -> Value
) async throws -> Value {
    do {
        return try await body()
    } catch let refused as RefusedRequest {
        throw refused
    } catch let unavailable as Unavailable {
        throw unavailable
    } catch {
        logger.error("facts not readable", metadata: ["trace_id": "\(trace.traceID)", "cause": "\(error)"])
        throw Unavailable.storeUnavailable
    }
}
