public import CoreMetrics
import Fetching
import LibCrypto
public import Logging
import Synchronization
public import Tracing
import Vocabulary

/// Whatever gives access tokens.
public protocol TokenProvider: Sendable {
    /// A token for a request.
    ///
    /// - Throws: `TokenError`.
    func token(for request: TokenRequest, freshness: Freshness) async throws(TokenError) -> AccessToken
}

/// Obtains access tokens from Maskinporten or Portvakt, caches them and renews them in time.
///
/// Make one for the whole process and ask it before each call of an API; a token in the cache costs about a microsecond.
///
/// ```swift
/// let tokens = TokenClient(try .fromEnvironment())
/// let token = try await tokens.token("skatteetaten:inntekt")
/// request.headers.add(name: "Authorization", value: token.authorization)
/// ```
public final class TokenClient: TokenProvider {
    let configuration: ClientConfiguration
    let cache: TokenCache
    let clock: any ClientClock
    private let fetcher: TokenFetcher
    private let draws: Draws
    private let telemetry: ClientTelemetry
    /// Of the first key: tokens stay good when the key is replaced, and the server gives the same to both.
    private let credential: String
    /// What names the server in cache keys.
    private let server: String
    private let prover: DPoPProver?
    private let logger: Logger
    private let named = Mutex<[[String]: TokenRequest]>([:])

    private static let rememberedTexts = 256

    /// A client.
    ///
    /// Without `metrics` and `tracer` those of the process are used. The logger takes `token_attempt_failed`,
    /// `revocation_attempt_failed`, `token_not_obtained`, `clock_corrected` and `metadata_unread`.
    public convenience init(
        _ configuration: ClientConfiguration,
        transport: any TokenTransport = HTTPTokenTransport(),
        cache: TokenCache = TokenCache(),
        clock: any ClientClock = SystemClientClock(),
        logger: Logger = Logger(label: "portvakt.client") { _ in SwiftLogNoOpLogHandler() },
        metrics: (any MetricsFactory)? = nil,
        tracer: (any Tracer)? = nil
    ) {
        self.init(
            configuration,
            transport: transport,
            cache: cache,
            clock: clock,
            draws: .system,
            logger: logger,
            metrics: metrics,
            tracer: tracer
        )
    }

    init(
        _ configuration: ClientConfiguration,
        transport: any TokenTransport,
        cache: TokenCache,
        clock: any ClientClock,
        draws: Draws,
        logger: Logger,
        metrics: (any MetricsFactory)?,
        tracer: (any Tracer)?
    ) {
        var logger = logger
        logger[metadataKey: "client_id"] = "\(configuration.clientID)"
        self.configuration = configuration
        self.cache = cache
        self.clock = clock
        self.draws = draws
        self.logger = logger
        telemetry = ClientTelemetry(metrics: metrics, tracer: tracer)
        credential = configuration.signer.keyReference.identity
        server = configuration.server.identity
        let serverClock = ServerClock(configuration.clockCorrection)
        // `iat` by the server's time, as far as this machine's clock is corrected for.
        prover = configuration.dpop.signer.map { signer in
            DPoPProver(signer, now: { serverClock.corrected(clock.now) }, identifier: draws.identifier)
        }
        fetcher = TokenFetcher(
            configuration: configuration,
            prover: prover,
            transport: transport,
            metadata: MetadataSource(
                configuration.server,
                transport: transport,
                clock: clock,
                timeout: configuration.retry.attemptTimeout,
                logger: logger
            ),
            clock: clock,
            serverClock: serverClock,
            draws: draws,
            telemetry: telemetry,
            logger: logger
        )
    }

    /// A token for scopes, as they are written in configuration: `token("prefix:read", "prefix:write")`.
    ///
    /// Without any, what the configuration's `defaultRequest` asks for.
    ///
    /// - Throws: `TokenError`; `.configuration` for a text that is no scope name.
    public func token(_ scopes: String...) async throws(TokenError) -> AccessToken {
        if scopes.isEmpty, let request = configuration.defaultRequest { return try await token(for: request) }
        return try await token(for: request(named: scopes))
    }

    /// The request that texts name; parsed once, because the same call is made before each call of an API.
    private func request(named scopes: [String]) throws(TokenError) -> TokenRequest {
        if let known = named.withLock({ $0[scopes] }) { return known }
        let text = scopes.joined(separator: " ")
        do throws(ScopeName.ParseError) {
            let request = try TokenRequest(parsing: text)
            named.withLock { named in
                if named.count >= Self.rememberedTexts { named = [:] }
                named[scopes] = request
            }
            return request
        } catch {
            throw TokenError(
                .configuration,
                "not the name of a scope: `\(text)`",
                attempts: 0,
                request: TokenRequest([]),
                server: configuration.server.name
            )
        }
    }

    /// A token for a request: from the cache while it is good, renewed behind the caller's back shortly before its end.
    ///
    /// A thousand callers with the same request cause one request to the server. When the calling task is cancelled it
    /// gets `.cancelled` at once, and the request goes on for the others.
    ///
    /// - Throws: `TokenError`.
    public func token(
        for request: TokenRequest,
        freshness: Freshness = .cached
    ) async throws(TokenError) -> AccessToken {
        let key = key(of: request)
        switch cache.lookup(key, freshness, at: clock.elapsed, configuration.refresh) {
        case .token(let token):
            telemetry.hits.increment()
            return token
        case .tokenAndRenewal(let token, let fetch):
            telemetry.hitsRenewing.increment()
            renew(fetch, for: key)
            return token
        case .wait(let fetch, let isNew):
            (isNew ? telemetry.misses : telemetry.joined).increment()
            if isNew { start(fetch, for: key) }
            return try await outcome(of: fetch, for: request)
        }
    }

    /// Forgets the token of a request, as after an API has answered 401.
    public func invalidate(_ request: TokenRequest) { cache.removeToken(of: key(of: request)) }

    /// Has the server end a token before its time (RFC 7009), as when a job is done or the token may have leaked.
    ///
    /// The client proves who it is by an assertion, or by its certificate where it has no other proof. The token is
    /// forgotten first, whatever the server answers. A server says the same of a token that it does not know, so success
    /// means that the token is of no use any more. Tried again as a request for a token is.
    ///
    /// - Throws: `TokenError`, whose `request` names the token's scopes; `.configuration` when the server's metadata name no
    ///   `revocation_endpoint`.
    public func revoke(_ token: AccessToken) async throws(TokenError) {
        cache.removeToken(token)
        try await fetcher.revoke(token)
    }

    private func key(of request: TokenRequest) -> TokenCache.Key {
        TokenCache.Key(
            request: request,
            client: configuration.clientID,
            server: server,
            style: configuration.grantStyle,
            credential: credential,
            proofKey: prover?.thumbprint
        )
    }

    /// Whether a key of the cache, which clients may share, is this client's.
    func isOwn(_ key: TokenCache.Key) -> Bool {
        key.client == configuration.clientID && key.credential == credential && key.server == server
            && key.style == configuration.grantStyle && key.proofKey == prover?.thumbprint
    }

    /// Fetches behind those who have a good token.
    func renew(_ fetch: TokenCache.Fetch, for key: TokenCache.Key) {
        telemetry.renewals.increment()
        start(fetch, for: key)
    }

    private func start(_ fetch: TokenCache.Fetch, for key: TokenCache.Key) {
        let context = ServiceContext.current
        fetch.run { [self] in
            await telemetry.fetch(begunIn: context) { await fetchAndFile(fetch, for: key) }
        }
    }

    private func fetchAndFile(
        _ fetch: TokenCache.Fetch,
        for key: TokenCache.Key
    ) async -> Result<FetchedToken, TokenError> {
        do throws(TokenError) {
            let fetched = try await fetcher.fetch(key.request)
            let lifetime = Duration.seconds(fetched.token.lifetime.count)
            let margin = configuration.refresh.margin(ofLifetime: lifetime, chance: draws.chance())
            cache.store(fetched, under: key, of: fetch, at: clock.elapsed, margin: margin)
            return .success(fetched)
        } catch {
            cache.fail(key, of: fetch, at: clock.elapsed, configuration.refresh)
            logger.notice(
                "token_not_obtained",
                metadata: [
                    "kind": "\(error.kind)", "code": "\(error.code ?? "-")", "trace_id": "\(error.traceID ?? "-")",
                    "attempts": "\(error.attempts)",
                ]
            )
            return .failure(error)
        }
    }

    private func outcome(
        of fetch: TokenCache.Fetch,
        for request: TokenRequest
    ) async throws(TokenError) -> AccessToken {
        switch await telemetry.waiting({ await fetch.outcome() }) {
        case .success(let fetched): return fetched.token
        case .failure(let error): throw error
        case nil:
            throw TokenError(
                .cancelled,
                "the caller was cancelled",
                attempts: 0,
                request: request,
                server: configuration.server.name
            )
        }
    }
}

extension DPoPMode {
    fileprivate var signer: (any ProofSigner)? {
        switch self {
        case .off: nil
        case .key(let signer): signer
        }
    }
}

extension KeyReference {
    /// What tells credentials apart in cache keys.
    fileprivate var identity: String {
        switch self {
        case .keyID(let keyID): "kid:" + keyID
        case .certificates(let chain):
            "x5c:" + HashFunction.sha256.digest(chain.first ?? []).map { String($0, radix: 16) }.joined(separator: ":")
        }
    }
}
