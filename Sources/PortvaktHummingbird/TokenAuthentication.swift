import HTTPTypes
public import Hummingbird
import Logging
public import PortvaktProvider

/// Verifies the token of each request, and the proof of its key where it is bound to one, and hands it on in the context.
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
    private let peer: @Sendable (Context) -> String?
    private let certificate: (@Sendable (Request, Context) async -> String?)?

    /// A middleware that verifies tokens.
    ///
    /// - Parameters:
    ///   - verifier: Verifies them.
    ///   - onMissing: What happens to a request without one.
    ///   - realm: The name of what is protected, for the challenge (RFC 9110 §11.5).
    ///   - certificate: The SHA-256 of the client certificate that the peer has shown, for tokens that are bound to one (RFC 8705
    ///     §3): ``CertificateThumbprint/ofConnection(_:)``, or behind a proxy ``CertificateThumbprint/handedOn(in:)``; nil where
    ///     such tokens are refused.
    ///   - peer: The address of the peer, which a context of your own may hold; only for ``ExternalURL/forwarded(base:hosts:trusts:)``.
    public init(
        _ verifier: TokenVerifier,
        onMissing: MissingToken = .challenge,
        realm: String = Challenge.defaultRealm,
        certificate: (@Sendable (Request, Context) async -> String?)? = nil,
        peer: @escaping @Sendable (Context) -> String? = { _ in nil }
    ) {
        self.verifier = verifier
        self.onMissing = onMissing
        self.realm = realm
        self.peer = peer
        self.certificate = certificate
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
            verified = try await verifiedToken(of: request, context)
        } catch {
            // Anybody can send a bad token: not worth a line by default.
            context.logger.debug("token_refused", metadata: ["code": "\(error.code)", "reason": "\(error)"])
            return withNonce(TokenRefusal(error, realm: realm, dpop: verifier.dpop).response(), for: request)
        }
        guard let token = verified else {
            guard onMissing == .pass else {
                return TokenRefusal(.tokenMissing(realm: realm, dpop: verifier.dpop)).response()
            }
            return try await next(request, context)
        }
        var context = context
        context.token = token
        context.logger[metadataKey: "client_id"] = "\(token.clientID)"
        context.logger[metadataKey: "token_id"] = token.tokenID.map { "\($0)" }
        return withNonce(try await next(request, context), for: request)
    }

    private func verifiedToken(
        of request: Request,
        _ context: Context
    ) async throws(VerificationError) -> VerifiedToken? {
        let authorization = request.headers[values: .authorization]
        guard verifier.dpop.mode != .off || certificate != nil else {
            guard let text = try BearerCredentials.token(authorization: authorization, query: request.uri.query) else {
                return nil
            }
            return try await verifier.verifyBearer(text)
        }
        var incoming = IncomingRequest(
            method: request.method.rawValue,
            path: request.uri.path,
            query: request.uri.query,
            authorization: authorization,
            dpop: request.headers[values: .dpop],
            certificateThumbprint: await certificate?(request, context),
            peer: peer(context)
        )
        incoming.forwardedScheme = request.headers[values: .forwardedScheme]
        incoming.forwardedHost = request.headers[values: .forwardedHost]
        return try await verifier.verify(incoming)
    }

    /// RFC 9449 §8.2, §9: the next nonce with every answer to a request that had a proof.
    private func withNonce(_ response: Response, for request: Request) -> Response {
        guard request.headers.contains(.dpop), let nonce = verifier.nextNonce else { return response }
        var response = response
        response.headers[.dpopNonce] = nonce
        return response
    }
}
