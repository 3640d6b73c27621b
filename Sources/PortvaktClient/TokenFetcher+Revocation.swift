import Logging
import Vocabulary

/// Ending tokens (RFC 7009).
extension TokenFetcher {
    /// Has the server end a token, as often as the retry policy allows.
    func revoke(_ token: AccessToken) async throws(TokenError) {
        try await repeating("revocation_attempt_failed", for: TokenRequest(token.scopes)) { deadline throws(Failure) in
            try await revoke(token, until: deadline)
        }
    }

    private func revoke(_ token: AccessToken, until deadline: Duration) async throws(Failure) {
        let server = try await server()
        guard let endpoint = server.revocationEndpoint else {
            throw Failure(
                kind: .configuration,
                message: "no `revocation_endpoint` is known; give the server by metadata that name one"
            )
        }
        let style = configuration.grantStyle.ofAuthentication
        let (assertion, key) = try await signed(TokenRequest([]), in: style, for: server, until: deadline)
        let sentAt = clock.now
        let response = try await send(
            TransportRequest(
                method: .post,
                url: endpoint,
                headers: [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")],
                body: FormEncoding.body(
                    of: [("token", token.value), ("token_type_hint", "access_token")]
                        + style.authentication(of: configuration.clientID, assertion: assertion)
                ),
                timeout: max(.milliseconds(1), min(configuration.retry.attemptTimeout, deadline - clock.elapsed)),
                maximumResponseSize: Self.maximumResponseSize
            )
        )
        if let date = response.header("Date") { serverClock.observe(date: date, sent: sentAt, received: clock.now) }
        // RFC 7009 §2.2: the status says it all; what the body holds is not read.
        guard response.status != 200 else { return }
        throw failure(of: TokenResponse(response), status: response.status, signedBy: key)
    }
}
