public import Logging
public import Vocabulary

/// A request about one token, as it came; nothing in it is believed.
public struct TokenQuery: Sendable {
    /// Its form.
    public let form: TokenQueryForm
    /// The `Authorization` fields as they were sent, one element for each.
    public let authorization: [String]
    /// What the caller proves beside: its certificate, the key of its token.
    public let proofs: PossessionProofs
    /// What it is called in the log and the ledger.
    public let trace: RequestTrace

    /// A request.
    public init(form: TokenQueryForm, authorization: [String], proofs: PossessionProofs, trace: RequestTrace) {
        self.form = form
        self.authorization = authorization
        self.proofs = proofs
        self.trace = trace
    }
}

/// What both endpoints about tokens begin with: who asks, and which token is meant.
public struct TokenQueryReader: Sendable {
    let tokens: OwnTokenReader
    private let clock: any WallClock
    private let callers: CallerAuthenticator
    private let logger: Logger

    /// A reader made of its parts.
    public init(
        clock: any WallClock,
        callers: CallerAuthenticator,
        tokens: OwnTokenReader,
        logger: Logger = Logger(label: "portvakt.token-queries")
    ) {
        self.clock = clock
        self.callers = callers
        self.tokens = tokens
        self.logger = logger
    }

    /// The present time, for what is done beside a request.
    var now: Timestamp { clock.now }

    /// Answers a request to the endpoint at `url` once its caller is proved.
    ///
    /// - Throws: `RefusedRequest` for the caller's fault, `Unavailable`; what the store throws becomes that too.
    func answer<Value>(
        _ query: TokenQuery,
        at url: String,
        _ body: (EndpointCaller, Timestamp) async throws -> Value
    ) async throws -> Value {
        let now = clock.now  // the only clock read
        return try await unlessUnreadable(query.trace, logger) {
            try await body(try await self.callers.caller(of: query, at: url, now: now), now)
        }
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
