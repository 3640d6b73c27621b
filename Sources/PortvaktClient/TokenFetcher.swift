import CoreMetrics
import Logging
import Vocabulary

/// Asks the server for one token, as often as the retry policy allows; each attempt is a new assertion.
struct TokenFetcher: Sendable {
    let configuration: ClientConfiguration
    let prover: DPoPProver?
    let transport: any TokenTransport
    let metadata: MetadataSource
    let clock: any ClientClock
    let serverClock: ServerClock
    let draws: Draws
    let telemetry: ClientTelemetry
    let logger: Logger
    private let signerCalls = SignerCalls()

    static let maximumResponseSize = 1024 * 1024

    /// What one attempt came to, if not to a token.
    struct Failure: Error {
        /// Whether another attempt makes sense.
        enum Remedy {
            /// No: the request or the configuration is at fault.
            case none
            /// After a pause, which the server may have named.
            case later(Duration?)
            /// At once, if the clock turns out to be wrong.
            case clock
            /// At once, if there is another key than this one.
            case key(KeyReference)
            /// At once, with the nonce that came with the refusal.
            case nonce
        }

        let kind: TokenError.Kind
        let message: String
        var refusal: ServerRefusal?
        var status: Int?
        var remedy = Remedy.none
    }

    /// Fetches a token.
    func fetch(_ request: TokenRequest) async throws(TokenError) -> FetchedToken {
        if let fault = configuration.grantStyle.fault(of: request) {
            throw error(from: Failure(kind: .configuration, message: fault), after: 0, for: request)
        }
        return try await repeating("token_attempt_failed", for: request) { deadline throws(Failure) in
            try await attempt(request, until: deadline)
        }
    }

    /// Attempts until one succeeds, nothing more can be done, or the policy's deadline is near, which attempts are told.
    ///
    /// - Parameters:
    ///   - event: What the log calls an attempt that is followed by another.
    ///   - request: What errors name.
    ///   - attempt: One attempt, each with an assertion of its own.
    /// - Throws: `TokenError`.
    /// - Returns: What the attempt that succeeded gives.
    func repeating<Value: Sendable>(
        _ event: Logger.Message,
        for request: TokenRequest,
        _ attempt: (_ deadline: Duration) async throws(Failure) -> Value
    ) async throws(TokenError) -> Value {
        let deadline = clock.elapsed + configuration.retry.deadline
        var attempts = 0
        var clockWasCorrected = false
        var keyWasRenewed = false
        var nonceWasTaken = false
        while true {
            attempts += 1
            let failure: Failure
            do throws(Failure) {
                return try await attempt(deadline)
            } catch {
                failure = error
            }
            let final = error(from: failure, after: attempts, for: request)
            switch failure.remedy {
            case .none: throw final
            case .clock:
                guard !clockWasCorrected else { throw final }
                clockWasCorrected = true
                switch serverClock.correctAfterRefusal() {
                case .leave: throw final
                case .tooFar(let offset): throw skewed(by: offset, failure, after: attempts, for: request)
                case .corrected(let offset):
                    telemetry.clockCorrections.increment()
                    logger.warning("clock_corrected", metadata: ["skew_seconds": "\(-offset.count)"])
                }
            case .key(let refused):
                guard !keyWasRenewed else { throw final }
                keyWasRenewed = true
                guard await renewKey(after: refused, until: deadline) else { throw final }
            case .nonce:
                // RFC 9449 §8: once; a server that asks again and again is not followed.
                guard !nonceWasTaken else { throw final }
                nonceWasTaken = true
            case .later(let asked):
                let drawn = configuration.retry.pause(afterAttempts: attempts, chance: draws.chance())
                let pause = max(drawn, asked ?? .zero)
                guard attempts < configuration.retry.attempts, clock.elapsed + pause < deadline else { throw final }
                logger.info(event, metadata: ["attempt": "\(attempts)", "fault": "\(failure.message)"])
                guard (try? await clock.sleep(for: pause)) != nil else { throw final }
            }
        }
    }

    private func attempt(_ request: TokenRequest, until deadline: Duration) async throws(Failure) -> FetchedToken {
        let server = try await server()
        let (assertion, key) = try await signed(
            request,
            in: configuration.grantStyle,
            for: server,
            until: deadline
        )
        var headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
        if let proof = try await proof(for: server, until: deadline) { headers.append(("DPoP", proof)) }
        telemetry.attempts.increment()
        let sentAt = clock.elapsed
        let sentAtWall = clock.now
        let response = try await send(
            TransportRequest(
                method: .post,
                url: server.tokenEndpoint,
                headers: headers,
                body: FormEncoding.body(
                    of:
                        configuration.grantStyle.form(
                            for: request,
                            of: configuration.clientID,
                            assertion: assertion
                        )
                ),
                // What metadata and signature have taken is no longer left.
                timeout: max(.milliseconds(1), min(configuration.retry.attemptTimeout, deadline - sentAt)),
                maximumResponseSize: Self.maximumResponseSize
            )
        )
        let receivedAt = clock.now
        if let date = response.header("Date") {
            serverClock.observe(date: date, sent: sentAtWall, received: receivedAt)
        }
        // From a failed attempt too: the next request needs it all the same.
        let hasNewNonce = prover?.remember(nonce: response.header("DPoP-Nonce"), from: server.tokenEndpoint) ?? false
        do throws(Failure) {
            return try read(response, for: request, signedBy: key, sentAt: sentAt, receivedAt: receivedAt)
        } catch {
            guard hasNewNonce, error.refusal?.error == "use_dpop_nonce" else { throw error }
            var failure = error
            failure.remedy = .nonce
            throw failure
        }
    }

    /// The proof of the key that the token shall be bound to (RFC 9449 §5); nil for a bearer token.
    private func proof(for server: ServerMetadata, until deadline: Duration) async throws(Failure) -> String? {
        guard let prover else { return nil }
        let made = await signerCalls.run(within: deadline - clock.elapsed) {
            let outcome: Result<String, SigningError>
            do throws(SigningError) {
                outcome = .success(try await prover.proof(method: "POST", url: server.tokenEndpoint))
            } catch {
                outcome = .failure(error)
            }
            return outcome
        }
        switch made {
        case .success(let proof): return proof
        case .failure(let error):
            throw Failure(kind: .signing, message: "the DPoP proof could not be signed: \(error)")
        case nil:
            throw Failure(kind: .signing, message: "the DPoP key did not sign in time; check its module or service")
        }
    }

    /// An assertion in a style, and the key that signed it.
    func signed(
        _ request: TokenRequest,
        in style: GrantStyle,
        for server: ServerMetadata,
        until deadline: Duration
    ) async throws(Failure) -> (assertion: String, key: KeyReference) {
        let assertion = Assertion(
            style: style,
            client: configuration.clientID,
            audience: server.issuer,
            issuedAt: serverClock.corrected(clock.now),
            lifetime: configuration.assertionLifetime,
            identifier: draws.identifier()
        )
        // The handshake proves the key of the certificate, and nothing is signed here.
        if case .clientCertificate = style { return ("", configuration.signer.keyReference) }
        let signed = await signerCalls.run(within: deadline - clock.elapsed) { [signer = configuration.signer] in
            // One signer for header and signature, though the key may be replaced meanwhile.
            let signer = await signer.current()
            let outcome: Result<String, SigningError>
            do throws(SigningError) {
                outcome = .success(try await assertion.signed(for: request, by: signer))
            } catch {
                outcome = .failure(error)
            }
            return (outcome: outcome, key: signer.keyReference)
        }
        guard let signed else {
            throw Failure(kind: .signing, message: "the key did not sign in time; check its module or service")
        }
        switch signed.outcome {
        case .success(let assertion): return (assertion, signed.key)
        case .failure(let error):
            throw Failure(
                kind: .signing,
                message: "the assertion could not be signed: \(error)",
                remedy: .key(signed.key)
            )
        }
    }

    private func renewKey(after refused: KeyReference, until deadline: Duration) async -> Bool {
        let isRenewed = await signerCalls.run(within: deadline - clock.elapsed) { [signer = configuration.signer] in
            await signer.renew(after: refused)
        }
        return isRenewed ?? false
    }

    private func read(
        _ response: TransportResponse,
        for request: TokenRequest,
        signedBy key: KeyReference,
        sentAt: Duration,
        receivedAt: Timestamp
    ) throws(Failure) -> FetchedToken {
        let answer = TokenResponse(response)
        guard case .token(let value, let kind, let lifetime, let scopes, let traceID) = answer else {
            throw failure(of: answer, status: response.status, signedBy: key)
        }
        // RFC 9449 §5: a token that is not bound though a proof was sent is thrown away, and one of a kind that was not
        // asked for could not be used.
        guard kind == (prover == nil ? .bearer : .dpop) else {
            let expected = prover == nil ? "Bearer" : "DPoP"
            throw Failure(kind: .invalidResponse, message: "`token_type` is not `\(expected)`", status: 200)
        }
        let token = AccessToken(
            value: value,
            kind: kind,
            scopes: scopes ?? request.scopes,
            receivedAt: receivedAt,
            expiresAt: receivedAt + (lifetime ?? 0),
            traceID: traceID,
            prover: prover
        )
        // Counted from sending: the answer's way back is no part of the lifetime.
        return FetchedToken(token: token, validUntil: lifetime.map { sentAt + .seconds($0.count) })
    }

    /// What an answer that is not the one hoped for comes to.
    func failure(of answer: TokenResponse, status: Int, signedBy key: KeyReference) -> Failure {
        switch answer {
        case .refused(let refusal):
            Failure(
                kind: .refused,
                message: refusal.description ?? "the server refused: `\(refusal.error)`",
                refusal: refusal,
                status: status,
                remedy: refusal.concernsTime ? .clock : refusal.concernsKey ? .key(key) : .none
            )
        case .rateLimited(let pause, let refusal):
            Failure(
                kind: .rateLimited(retryAfter: pause),
                message: "the server limits the rate of requests",
                refusal: refusal,
                status: 429,
                remedy: .later(pause)
            )
        case .unavailable(let pause, let refusal):
            Failure(
                kind: .serverUnavailable,
                message: refusal?.description ?? "the server answered \(status)",
                refusal: refusal,
                status: status,
                remedy: .later(pause)
            )
        case .invalid(let reason): Failure(kind: .invalidResponse, message: reason, status: status)
        case .token: Failure(kind: .invalidResponse, message: "a token that was not asked for", status: status)
        }
    }

    func send(_ request: TransportRequest) async throws(Failure) -> TransportResponse {
        do throws(TransportError) {
            return try await transport.send(request)
        } catch {
            throw Failure(error)
        }
    }

    func server() async throws(Failure) -> ServerMetadata {
        do throws(MetadataSource.Fault) {
            return try await metadata.metadata()
        } catch {
            throw Failure(error, configuration.server.name)
        }
    }

    private func error(from failure: Failure, after attempts: Int, for request: TokenRequest) -> TokenError {
        TokenError(
            failure.kind,
            failure.message,
            refusal: failure.refusal,
            httpStatus: failure.status,
            attempts: attempts,
            request: request,
            server: configuration.server.name
        )
    }

    private func skewed(
        by offset: Seconds,
        _ failure: Failure,
        after attempts: Int,
        for request: TokenRequest
    ) -> TokenError {
        // The server is ahead by the offset, so this clock is off by its opposite.
        TokenError(
            .clockSkew(.seconds(-offset.count)),
            "this machine's clock is \(abs(offset.count)) s \(offset.count > 0 ? "behind" : "ahead of") the server's",
            refusal: failure.refusal,
            httpStatus: failure.status,
            attempts: attempts,
            request: request,
            server: configuration.server.name
        )
    }
}

extension TokenFetcher.Failure {
    fileprivate init(_ error: TransportError) {
        switch error {
        case .network(let reason): self.init(kind: .network, message: reason, remedy: .later(nil))
        case .timedOut: self.init(kind: .timedOut, message: "no answer came in time", remedy: .later(nil))
        case .tooLarge: self.init(kind: .invalidResponse, message: "the answer is too large")
        case .invalidURL: self.init(kind: .configuration, message: "the token endpoint's URL cannot be used")
        case .redirected:
            self.init(
                kind: .configuration,
                message: "the answer came by a redirect; give a HTTP client that follows none (`redirectConfiguration`)"
            )
        case .cancelled: self.init(kind: .cancelled, message: "cancelled")
        }
    }

    fileprivate init(_ fault: MetadataSource.Fault, _ url: String) {
        switch fault {
        case .transport(let error): self.init(error)
        case .status(let status) where status >= 500 || status == 429:
            self.init(
                kind: .serverUnavailable,
                message: "the metadata at `\(url)` answered \(status)",
                status: status,
                remedy: .later(nil)
            )
        case .status(let status):
            self.init(kind: .invalidResponse, message: "the metadata at `\(url)` answered \(status)", status: status)
        case .document(.form(let reason)):
            self.init(kind: .invalidResponse, message: "the metadata at `\(url)` are not usable: \(reason)")
        case .document(.issuer(let found)):
            self.init(
                kind: .invalidResponse,
                message: "the metadata at `\(url)` name another issuer, `\(found)` (RFC 8414 §3.3)"
            )
        case .document(.tokenEndpoint):
            self.init(kind: .invalidResponse, message: "the metadata at `\(url)` name a token endpoint without TLS")
        }
    }
}
