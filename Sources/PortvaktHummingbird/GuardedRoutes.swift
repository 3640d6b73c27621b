public import HTTPTypes
public import Hummingbird
import JOSE
public import PortvaktProvider
import Synchronization

/// A group of routes of a ``GuardedRouter``.
public final class GuardedRoutes<Context: TokenRequestContext>: RouterMethods {
    private let base: RouterGroup<Context>
    private let path: RouterPath
    private let verifier: TokenVerifier
    private let realm: String
    /// Whether a rule or an explicit want of one stands before these routes.
    private let isDecided: Mutex<Bool>
    /// Shared by all groups of a router.
    let undecided: UndecidedRoutes

    convenience init(_ base: RouterGroup<Context>, verifier: TokenVerifier, realm: String) {
        self.init(
            base,
            path: "",
            verifier: verifier,
            realm: realm,
            isDecided: false,
            undecided: UndecidedRoutes()
        )
    }

    private init(
        _ base: RouterGroup<Context>,
        path: RouterPath,
        verifier: TokenVerifier,
        realm: String,
        isDecided: Bool,
        undecided: UndecidedRoutes
    ) {
        self.base = base
        self.path = path
        self.verifier = verifier
        self.realm = realm
        self.isDecided = Mutex(isDecided)
        self.undecided = undecided
    }

    /// Routes that demand a token and a rule of it, besides what this group demands.
    public func requiring(_ rule: AccessRule) -> GuardedRoutes<Context> {
        inner(
            base.group()
                .add(middleware: TokenAuthentication(verifier, onMissing: .pass, realm: realm))
                .add(middleware: Require(rule, realm: realm)),
            path: path,
            isDecided: true
        )
    }

    /// Routes that demand no more than this group does: of a group without rules, anybody may call them.
    ///
    /// A token that somebody sends is not looked at, so that a bad one does no harm.
    public func unprotected() -> GuardedRoutes<Context> { inner(base.group(), path: path, isDecided: true) }

    /// Routes below a path.
    public func group(_ path: RouterPath = "") -> GuardedRoutes<Context> {
        inner(base.group(path), path: self.path.appendingPath(path), isDecided: isDecided.withLock { $0 })
    }

    /// Adds a middleware for the routes that are added after it.
    ///
    /// One that decides about access by itself is not recognised as such: say ``unprotected()`` first.
    @discardableResult public func add(middleware: any MiddlewareProtocol<Request, Response, Context>) -> Self {
        base.add(middleware: middleware)
        return self
    }

    /// Adds a rule for the routes that are added after it; ``TokenAuthentication`` must stand before it.
    @discardableResult public func add(middleware: Require<Context>) -> Self {
        base.add(middleware: middleware)
        isDecided.withLock { $0 = true }
        return self
    }

    /// Adds a route, which is closed unless a rule or ``unprotected()`` stands before it.
    @discardableResult public func on<Responder: HTTPResponder>(
        _ path: RouterPath,
        method: HTTPRequest.Method,
        responder: Responder
    ) -> Self where Responder.Context == Context {
        if isDecided.withLock({ $0 }) {
            base.on(path, method: method, responder: responder)
        } else {
            undecided.add("\(method) \(self.path.appendingPath(path))")
            base.on(path, method: method, responder: ClosedRoute<Context>())
        }
        return self
    }

    private func inner(_ base: RouterGroup<Context>, path: RouterPath, isDecided: Bool) -> GuardedRoutes<Context> {
        GuardedRoutes(
            base,
            path: path,
            verifier: verifier,
            realm: realm,
            isDecided: isDecided,
            undecided: undecided
        )
    }
}

/// The names of routes for which nobody has said who may call them.
final class UndecidedRoutes: Sendable {
    private let all = Mutex<[String]>([])

    /// In the order they were added.
    var names: [String] { all.withLock { $0 } }

    func add(_ name: String) { all.withLock { $0.append(name) } }
}

/// Answers where a rule was forgotten.
private struct ClosedRoute<Context: RequestContext>: HTTPResponder {
    func respond(to request: Request, context: Context) async throws -> Response {
        problemResponse(
            .notImplemented,
            [
                "title": "Not Implemented", "status": 501, "code": "access_rule_missing",
                "detail": "nobody has said who may call this route; the API's owner adds a rule, or `unprotected()`",
            ]
        )
    }
}
