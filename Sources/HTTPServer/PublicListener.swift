import CoreMetrics
public import Hummingbird
public import JOSE
public import Logging
import TokenIssuance
public import Vocabulary

/// The public listener: tokens, keys, metadata, error pages and health (DESIGN §1).
public struct PublicListener: ListenerResponder {
    /// What the listener answers from.
    public struct Parts: Sendable {
        /// The server's identifier, from which all its URLs are made.
        public var issuer: Issuer
        /// Answers token requests.
        public var tokens: any TokenIssuing
        /// Answers what is asked about tokens; nil where nothing is asked.
        public var queries: TokenQueries?
        /// The key set.
        public var keySet: PublishedDocument
        /// The metadata.
        public var metadata: PublishedDocument
        /// The newest checkpoint of the ledger; nil where none is published.
        public var checkpoint: PublishedCheckpoint?
        /// Whether the server should get new requests.
        public var readiness: Readiness
        /// Takes what was refused before the client had proved who it is.
        public var earlyRefusals: any EarlyRefusals
        /// Where client certificates come from.
        public var clientCertificates: ClientCertificateReading
        /// Says who may go on.
        public var admission: Admission
        /// The nonces of DPoP proofs; nil where none are given.
        public var proofNonces: DPoPNonces?
        /// Dates the answers.
        public var clock: any WallClock
        /// Draws trace ids.
        public var traceIDs: any TraceIDSource

        /// The parts of a listener.
        public init(
            issuer: Issuer,
            tokens: any TokenIssuing,
            queries: TokenQueries? = nil,
            keySet: PublishedDocument,
            metadata: PublishedDocument,
            checkpoint: PublishedCheckpoint? = nil,
            readiness: Readiness,
            earlyRefusals: any EarlyRefusals,
            admission: Admission = Admission(),
            clientCertificates: ClientCertificateReading = .off,
            proofNonces: DPoPNonces? = nil,
            clock: any WallClock,
            traceIDs: any TraceIDSource = RandomTraceIDs()
        ) {
            self.issuer = issuer
            self.tokens = tokens
            self.queries = queries
            self.keySet = keySet
            self.metadata = metadata
            self.checkpoint = checkpoint
            self.readiness = readiness
            self.earlyRefusals = earlyRefusals
            self.admission = admission
            self.clientCertificates = clientCertificates
            self.proofNonces = proofNonces
            self.clock = clock
            self.traceIDs = traceIDs
        }
    }

    private let front: ListenerFront
    private let routes: Routes

    /// A listener made of its parts.
    ///
    /// - Throws: when an embedded template is broken, which a test would have found.
    public init(_ parts: Parts, logger: Logger) throws {
        // Endpoints are the issuer, one slash, and the name: an issuer with a path has them below that path.
        let base = parts.issuer.path.hasSuffix("/") ? parts.issuer.path : parts.issuer.path + "/"
        var routes = Routes()
        let ignoredAuthorization = Counter(label: "portvakt_token_authorization_ignored_total")
        routes.add(
            TokenEndpoint(
                issuer: parts.tokens,
                earlyRefusals: parts.earlyRefusals,
                admission: parts.admission,
                nextNonce: NextProofNonce(nonces: parts.proofNonces, clock: parts.clock),
                ignoredAuthorization: { ignoredAuthorization.increment() },
                logger: logger
            ),
            at: base + "token"
        )
        if let queries = parts.queries { Self.add(queries, to: &routes, base: base, parts: parts, logger: logger) }
        routes.add(PublishedDocumentEndpoint(name: .keySet, document: parts.keySet), at: base + "jwk")
        for path in ServerMetadata.paths(of: parts.issuer) {
            routes.add(PublishedDocumentEndpoint(name: .metadata, document: parts.metadata), at: path)
        }
        if let checkpoint = parts.checkpoint {
            routes.add(CheckpointEndpoint(checkpoint: checkpoint), at: base + "audit/checkpoint")
        }
        let pages = try ErrorPagesEndpoint(issuer: parts.issuer, base: base + "errors")
        routes.add(pages, at: base + "errors")
        routes.add(pages, below: base + "errors/")
        // Load balancers know the host and not the issuer: health stands at the root.
        routes.add(LiveEndpoint(), at: "/health/live")
        routes.add(ReadyEndpoint(readiness: parts.readiness), at: "/health/ready")
        self.routes = routes
        front = ListenerFront(
            issuer: parts.issuer,
            traceIDs: parts.traceIDs,
            date: DateField(clock: parts.clock),
            metrics: ListenerMetrics(listener: "public", endpoints: routes.names),
            logger: logger,
            clientCertificates: parts.clientCertificates,
            admission: parts.admission,
            earlyRefusals: parts.earlyRefusals
        )
    }

    /// The endpoints about tokens that were issued.
    private static func add(
        _ queries: TokenQueries,
        to routes: inout Routes,
        base: String,
        parts: Parts,
        logger: Logger
    ) {
        let nextNonce = NextProofNonce(nonces: parts.proofNonces, clock: parts.clock)
        routes.add(
            TokenQueryEndpoint.introspection(
                queries.introspector,
                earlyRefusals: parts.earlyRefusals,
                admission: parts.admission,
                nextNonce: nextNonce
            ),
            at: base + "introspect"
        )
        routes.add(
            TokenQueryEndpoint.revocation(
                queries.revoker,
                earlyRefusals: parts.earlyRefusals,
                admission: parts.admission,
                nextNonce: nextNonce,
                logger: logger
            ),
            at: base + "revoke"
        )
        let lists = queries.statusLists
        routes.add(
            PublishedDocumentEndpoint(name: .statusLists, document: lists.aggregation),
            at: base + "statuslists"
        )
        let prefix = base + "statuslists/"
        routes.add(StatusListEndpoint(lists: lists, prefix: prefix), below: prefix)
    }

    /// Whether an endpoint is there that wants the body.
    public func readsBody(of request: Request) -> Bool { routes.readsBody(of: request) }

    /// Answers one request.
    public func respond(to request: Request, context: ListenerContext) async throws -> Response {
        try await front.respond(to: request, on: context.channel) { request in
            let path = request.uri.path
            guard let endpoint = routes.endpoint(at: path) else {
                throw Refusal.notFound(path: String(path.prefix(200)))
            }
            return endpoint
        }
    }
}

/// What answers questions about tokens that were issued.
public struct TokenQueries: Sendable {
    /// Answers introspection requests.
    public let introspector: any TokenIntrospecting
    /// Answers revocation requests.
    public let revoker: any TokenRevoking
    /// The status lists.
    public let statusLists: PublishedStatusLists

    /// What answers them.
    public init(
        introspector: any TokenIntrospecting,
        revoker: any TokenRevoking,
        statusLists: PublishedStatusLists
    ) {
        self.introspector = introspector
        self.revoker = revoker
        self.statusLists = statusLists
    }
}
