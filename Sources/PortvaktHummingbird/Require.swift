public import Hummingbird
import Logging
public import PortvaktProvider

/// Lets through who has a verified token that fulfils a rule.
///
/// A request without a token is answered by 401 and the scopes to ask for, one whose token does not suffice by
/// `403 insufficient_scope` (RFC 6750 §3.1). ``TokenAuthentication`` stands before it; without it nobody gets through.
public struct Require<Context: TokenRequestContext>: RouterMiddleware {
    private let rule: AccessRule
    private let realm: String

    /// A middleware that demands a rule.
    ///
    /// - Parameters:
    ///   - rule: What is demanded.
    ///   - realm: The name of what is protected, for the challenge.
    public init(_ rule: AccessRule, realm: String = Challenge.defaultRealm) {
        self.rule = rule
        self.realm = realm
    }

    /// Lets the request through, or answers by a challenge.
    public func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let token = context.token else {
            return TokenRefusal(.tokenMissing(for: rule, realm: realm)).response()
        }
        do throws(VerificationError) {
            try token.require(rule)
        } catch {
            // The token is good, so that its owner is worth a line: somebody will ask why.
            context.logger.notice("access_refused", metadata: ["code": "\(error.code)", "reason": "\(error)"])
            return TokenRefusal(error, realm: realm).response()
        }
        return try await next(request, context)
    }
}
