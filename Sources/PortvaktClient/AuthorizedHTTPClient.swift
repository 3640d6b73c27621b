public import AsyncHTTPClient
public import CoreMetrics
import Foundation
public import NIOCore
import NIOHTTP1

/// Calls an API with an access token: adds it to each request, and on 401 sends once more with a new one.
///
/// With a token that is bound to a key (``ClientConfiguration/dpop``) each sending carries a proof of its own (RFC 9449 §7.1),
/// and an API that wants a nonce gets it with one more sending.
///
/// The token goes to the request's own host only: async-http-client, where it follows a redirect, leaves the field out for
/// another scheme, host or port. It goes over https, or to this machine.
///
/// ```swift
/// let api = AuthorizedHTTPClient(.shared, tokens: tokens, request: try TokenRequest(parsing: "skatteetaten:inntekt"))
/// let response = try await api.execute(HTTPClientRequest(url: "https://api.example/incomes"), timeout: .seconds(10))
/// ```
public struct AuthorizedHTTPClient: Sendable {
    /// Whether a body can be sent a second time.
    public enum BodyReplay: Sendable {
        /// It is held in memory, or there is none: made by `.bytes`.
        case replayable
        /// It is a stream that can be read once: a 401 is handed to the caller.
        case once
    }

    private let http: HTTPClient
    private let tokens: any TokenProvider
    private let request: TokenRequest
    private let allowsPlainHTTP: Bool
    private let resends: Counter

    /// A client for one API.
    ///
    /// `allowsPlainHTTP` lets the token go over http to other machines, as where a proxy beside the program adds TLS.
    public init(
        _ http: HTTPClient,
        tokens: any TokenProvider,
        request: TokenRequest,
        allowsPlainHTTP: Bool = false,
        metrics: (any MetricsFactory)? = nil
    ) {
        self.http = http
        self.tokens = tokens
        self.request = request
        self.allowsPlainHTTP = allowsPlainHTTP
        resends = Counter(label: "portvakt_client_resends_total", factory: metrics ?? MetricsSystem.factory)
    }

    /// Sends a request with the token in its `Authorization` field, in place of what stands there.
    ///
    /// When the API answers 401 another token is taken and the request sent once more, if its body can be: without a
    /// body it always can, with one only when `body` says so, for a request does not show whether its body is a stream.
    /// A token that was received less than five seconds ago is not replaced (``Freshness/replacing(_:)``): the 401 is handed
    /// to the caller. The time counts for each sending.
    ///
    /// - Throws: `TokenError` when there is no token, ``PlainHTTPError``, `SigningError` when the key of a bound token cannot
    ///   sign, and what the HTTP client throws.
    public func execute(
        _ request: HTTPClientRequest,
        body: BodyReplay = .once,
        timeout: TimeAmount
    ) async throws -> HTTPClientResponse {
        try check(request.url)
        let token = try await tokens.token(for: self.request, freshness: .cached)
        let canRepeat = request.body == nil || body == .replayable
        let first = try await send(request, token, timeout)
        var response = first.response
        if first.wantsNonce, canRepeat {
            // RFC 9449 §9: the same token with the nonce, once; an API that asks again is not followed.
            resends.increment()
            response = try await send(request, token, timeout).response
        }
        guard response.status == .unauthorized, canRepeat else { return response }
        // One resend with a new token: a second 401 is about something else.
        let new: AccessToken
        do throws(TokenError) {
            new = try await tokens.token(for: self.request, freshness: .replacing(token))
        } catch {
            // The API's answer says more than that there is no other token.
            return response
        }
        // So new that another would be refused too.
        guard new.value != token.value else { return response }
        // The first answer's body is not read: whoever refuses may send without end. Its connection is given up.
        resends.increment()
        return try await send(request, new, timeout).response
    }

    private func send(
        _ request: HTTPClientRequest,
        _ token: AccessToken,
        _ timeout: TimeAmount
    ) async throws -> (response: HTTPClientResponse, wantsNonce: Bool) {
        var request = request
        request.headers.replaceOrAdd(name: "Authorization", value: token.authorization)
        request.headers.remove(name: "DPoP")
        guard let prover = token.prover else {
            return (try await http.execute(request, timeout: timeout), false)
        }
        let proof = try await prover.proof(method: request.method.rawValue, url: request.url, token: token)
        request.headers.add(name: "DPoP", value: proof)
        let response = try await http.execute(request, timeout: timeout)
        let hasNewNonce = prover.remember(nonce: response.headers.first(name: "DPoP-Nonce"), from: request.url)
        return (response, hasNewNonce && Self.wantsNonce(response))
    }

    /// RFC 9449 §9: a challenge of the scheme `DPoP` whose error is `use_dpop_nonce`.
    private static func wantsNonce(_ response: HTTPClientResponse) -> Bool {
        response.status == .unauthorized
            && response.headers["WWW-Authenticate"].contains { challenge in
                challenge.lowercased().contains("dpop") && challenge.contains("use_dpop_nonce")
            }
    }

    private func check(_ url: String) throws(PlainHTTPError) {
        guard !allowsPlainHTTP else { return }
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased() else {
            throw PlainHTTPError(host: "")
        }
        if scheme == "https" { return }
        let host = parts.host?.lowercased() ?? ""
        // Loopback by its names and numbers (RFC 6890 §2.2.2); a unix socket is on this machine too.
        let isLocal = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(host) || scheme.hasSuffix("+unix")
        guard isLocal else { throw PlainHTTPError(host: host) }
    }
}

/// A token was to be sent without TLS to another machine.
public struct PlainHTTPError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The host that it was to be sent to.
    public let host: String

    /// What to mend.
    public var description: String {
        "a token is not sent without TLS to `\(host)`; use https, or allow plain http where a proxy adds TLS"
    }
}
