import HTTPTypes
public import Hummingbird
import Logging
public import PortvaktProvider

/// Verifies the bearer token of each request and hands it on in the context.
///
/// A bad token is refused here, whatever the route demands. What a good one may do is decided by ``Require``.
public struct TokenAuthentication<Context: TokenRequestContext>: RouterMiddleware {
    /// What happens to a request without a token.
    public enum MissingToken: Sendable, Hashable {
        /// It is answered by a challenge.
        case challenge
        /// It goes on without one: ``Require`` challenges it and names the scope, other routes serve it.
        case pass
    }

    private let verifier: TokenVerifier
    private let onMissing: MissingToken
    private let realm: String

    /// A middleware that verifies tokens.
    ///
    /// - Parameters:
    ///   - verifier: Verifies them.
    ///   - onMissing: What happens to a request without one.
    ///   - realm: The name of what is protected, for the challenge (RFC 9110 §11.5).
    public init(
        _ verifier: TokenVerifier,
        onMissing: MissingToken = .challenge,
        realm: String = Challenge.defaultRealm
    ) {
        self.verifier = verifier
        self.onMissing = onMissing
        self.realm = realm
    }

    /// Verifies the token and lets the request go on, or answers by a challenge.
    public func handle(
        _ request: Request,
        context: Context,
        next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // Groups inside groups verify once; what another verifier has proved says nothing of this one's policy.
        if let token = context.token, token.verifier == verifier.identity { return try await next(request, context) }
        let verified: VerifiedToken?
        do throws(VerificationError) {
            verified = try await verifiedToken(of: request)
        } catch {
            // Anybody can send a bad token: not worth a line by default.
            context.logger.debug("token_refused", metadata: ["code": "\(error.code)", "reason": "\(error)"])
            return TokenRefusal(error, realm: realm).response()
        }
        guard let token = verified else {
            guard onMissing == .pass else { return TokenRefusal(.tokenMissing(realm: realm)).response() }
            return try await next(request, context)
        }
        var context = context
        context.token = token
        context.logger[metadataKey: "client_id"] = "\(token.clientID)"
        context.logger[metadataKey: "token_id"] = token.tokenID.map { "\($0)" }
        return try await next(request, context)
    }

    private func verifiedToken(of request: Request) async throws(VerificationError) -> VerifiedToken? {
        let authorization = request.headers[values: .authorization]
        guard let text = try BearerCredentials.token(authorization: authorization, query: request.uri.query) else {
            return nil
        }
        return try await verifier.verifyBearer(text)
    }
}
