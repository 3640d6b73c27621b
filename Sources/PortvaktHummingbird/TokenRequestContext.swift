public import Hummingbird
public import PortvaktProvider

/// A request context that carries the verified token from the middleware to the route.
///
/// ```swift
/// struct APIContext: TokenRequestContext {
///     var coreContext: CoreRequestContextStorage
///     var token: VerifiedToken?
///     init(source: Source) { coreContext = .init(source: source) }
/// }
/// ```
public protocol TokenRequestContext: RequestContext {
    /// The token of this request, nil until ``TokenAuthentication`` has verified one.
    var token: VerifiedToken? { get set }
}

extension TokenRequestContext {
    /// The token of this request, for routes that cannot be reached without one.
    ///
    /// - Throws: ``TokenRefusal``, a 401, on a route that no token was demanded for.
    public var verifiedToken: VerifiedToken {
        get throws {
            guard let token else { throw TokenRefusal(.tokenMissing()) }
            return token
        }
    }
}

/// A request context that carries a verified token and nothing else of its own.
public struct BasicTokenRequestContext: TokenRequestContext {
    /// What Hummingbird itself needs.
    public var coreContext: CoreRequestContextStorage
    /// The token of this request.
    public var token: VerifiedToken?

    /// A context of a request that has just come.
    public init(source: Source) { coreContext = CoreRequestContextStorage(source: source) }
}
