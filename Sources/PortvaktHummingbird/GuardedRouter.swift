public import HTTPTypes
public import Hummingbird
public import Logging
public import PortvaktProvider

/// A router on which every route says who may call it: one that does not is answered by 501, and listed at the start.
///
/// ```swift
/// let router = GuardedRouter(verifier, context: BasicTokenRequestContext.self)
/// router.unprotected().get("health") { _, _ in HTTPResponse.Status.ok }
/// router.requiring(.scope(read)).get("catches") { _, context in
///     try await store.catches(of: context.verifiedToken.consumer)
/// }
/// let application = Application(router: router)
/// ```
///
/// A forgotten rule then closes a route instead of opening it.
public struct GuardedRouter<Context: TokenRequestContext>: RouterMethods, HTTPResponderBuilder {
    private let router: Router<Context>
    private let routes: GuardedRoutes<Context>
    private let logger: Logger

    /// A router for tokens of one verifier.
    ///
    /// - Parameters:
    ///   - verifier: Verifies the tokens.
    ///   - context: The type of the context of requests.
    ///   - options: Those of Hummingbird's router.
    ///   - realm: The name of what is protected, for challenges.
    ///   - logger: Takes `route_without_access_rule` for each route that is closed for want of a rule.
    public init(
        _ verifier: TokenVerifier,
        context: Context.Type = BasicTokenRequestContext.self,
        options: RouterOptions = [],
        realm: String = Challenge.defaultRealm,
        logger: Logger = Logger(label: "portvakt.provider")
    ) {
        router = Router(context: context, options: options)
        self.logger = logger
        routes = GuardedRoutes(router.group(), verifier: verifier, realm: realm)
    }

    /// Routes that demand a token, and a rule of it.
    public func requiring(_ rule: AccessRule) -> GuardedRoutes<Context> { routes.requiring(rule) }

    /// Routes that anybody may call.
    public func unprotected() -> GuardedRoutes<Context> { routes.unprotected() }

    /// Routes below a path; whether they are guarded is for each of them to say.
    public func group(_ path: RouterPath = "") -> GuardedRoutes<Context> { routes.group(path) }

    /// Adds a route, which is closed: neither a rule nor ``unprotected()`` stands before it.
    @discardableResult public func on<Responder: HTTPResponder>(
        _ path: RouterPath,
        method: HTTPRequest.Method,
        responder: Responder
    ) -> Self where Responder.Context == Context {
        routes.on(path, method: method, responder: responder)
        return self
    }

    /// Adds a middleware for all routes that are added after it, for paths without a route too.
    @discardableResult public func add(middleware: any MiddlewareProtocol<Request, Response, Context>) -> Self {
        router.add(middleware: middleware)
        return self
    }

    /// The routes that say nothing of who may call them, as `GET /catches`, in the order they were added.
    public var undecidedRoutes: [String] { routes.undecided.names }

    /// What answers requests; lists the closed routes in the log.
    public func buildResponder() -> RouterResponder<Context> {
        for route in undecidedRoutes { logger.error("route_without_access_rule", metadata: ["route": "\(route)"]) }
        return router.buildResponder()
    }
}
