import AuditLedger
import HTTPServer
import Logging
import SQLiteStorage
import TokenIssuance
import Vocabulary

/// What issues tokens and answers for those that were issued: one set of rules and one writer behind all of it.
struct IssuancePipeline: Sendable {
    /// Answers token requests.
    let tokenIssuer: TokenIssuer

    private let opened: OpenedInstallation
    private let configuration: ServerConfiguration
    private let writer: LedgerWriter<SQLiteStore>
    private let authenticator: ClientAuthenticator
    /// The rules of issuance.
    let policy: IssuancePolicy
    private let documents: DocumentSigner
    private let clock: any WallClock

    init(
        _ opened: OpenedInstallation,
        _ configuration: ServerConfiguration,
        certificates: RevocationParts,
        writer: LedgerWriter<SQLiteStore>,
        admission: Admission,
        register: RegisterSight,
        clock: any WallClock
    ) {
        self.opened = opened
        self.configuration = configuration
        self.writer = writer
        self.clock = clock
        let registry = SQLiteFactsRegistry(store: opened.store)
        authenticator = ClientAuthenticator(
            registry: registry,
            certificates: certificates.validator,
            seals: certificates.seals,
            rules: GrantRules(
                issuer: configuration.issuer,
                maximumLifetime: configuration.maximumAssertionLifetime,
                acceptsSyntheticPersons: configuration.environment == .test
            ),
            tokenIDs: RandomTokenIDs(),
            admission: admission
        )
        policy = configuration.issuancePolicy(pseudonyms: opened.pseudonyms)
        documents = DocumentSigner(ring: opened.keys.ring, algorithm: configuration.signingAlgorithm)
        tokenIssuer = TokenIssuer(
            clock: clock,
            authenticator: authenticator,
            registry: registry,
            policy: policy,
            possession: PossessionRules(
                issuer: configuration.issuer,
                nonces: opened.proofNonces,
                isNonceRequired: configuration.proofNonce == .required
            ),
            ledger: WriterIssuanceLedger(writer: writer, signer: TokenSigner(ring: opened.keys.ring)),
            // Said before the assertion's times are judged by a clock that is wrong: they would get the blame.
            obstacle: { writer.isClockBehind ? .clockBehind : register.obstacle(at: $0) }
        )
    }

    /// Whether tokens that were issued still stand.
    var standing: TokenStanding {
        TokenStanding(registry: SQLiteTokenStanding(store: opened.store), policy: policy)
    }

    /// What answers questions about tokens that were issued.
    func tokenQueries(publishing lists: PublishedStatusLists) -> TokenQueries {
        let issuer = configuration.issuer
        let registry = SQLiteTokenStanding(store: opened.store)
        let standing = standing
        let tokens = OwnTokenReader(keys: opened.keys.ring, issuer: issuer)
        let callers = CallerAuthenticator(
            clients: authenticator,
            tokens: tokens,
            standing: standing,
            audiences: [
                issuer.rawValue, issuer.endpoint("introspect"), issuer.endpoint("revoke"), configuration.adminURL,
            ],
            bound: BoundTokenRules(
                nonces: opened.proofNonces,
                isNonceRequired: configuration.proofNonce == .required
            )
        )
        let reader = TokenQueryReader(clock: clock, callers: callers, tokens: tokens)
        let ledger = WriterCallerLedger(writer: writer)
        return TokenQueries(
            introspector: TokenIntrospector(
                reader: reader,
                issuer: issuer,
                standing: standing,
                ledger: ledger,
                documents: documents
            ),
            revoker: TokenRevoker(reader: reader, issuer: issuer, standing: registry, ledger: ledger),
            statusLists: lists
        )
    }

    /// What keeps the published status lists true while the server runs.
    func statusListPublisher(publishing lists: PublishedStatusLists, logger: Logger) -> StatusListPublisher {
        StatusListPublisher(
            store: opened.store,
            writer: writer,
            policy: policy,
            // A signer of its own: lists and signed answers do not wait for each other.
            documents: DocumentSigner(ring: opened.keys.ring, algorithm: configuration.signingAlgorithm),
            published: lists,
            issuer: configuration.issuer,
            settings: StatusListPublisher.Settings(timeToLive: configuration.statusListTimeToLive),
            clock: clock,
            logger: logger
        )
    }
}
