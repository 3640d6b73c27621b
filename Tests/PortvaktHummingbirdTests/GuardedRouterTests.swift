import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import LibCrypto
import Logging
import NIOCore
import PortvaktHummingbird
import PortvaktProvider
import Synchronization
import Testing

@Suite("Denied by default: a route without a rule answers nobody")
struct GuardedRouterTests {
    @Test(arguments: [("/forgotten", HTTPRequest.Method.get), ("/deep/er/forgotten", .put)])
    func `a route without a rule answers 501, with a good token too`(
        path: String,
        method: HTTPRequest.Method
    ) async throws {
        for fields in [[], ["Bearer \(try Sample.token())"]] {
            let response =
                try await fields.isEmpty
                ? Sample.call(path, method) : Sample.call(path, method, authorization: fields[0])
            #expect(response.status == .notImplemented)
            #expect(response.problem?["code"] == "access_rule_missing")
        }
    }

    @Test func `routes without a rule are listed, at the start in the log`() {
        let log = Lines()
        let router = Sample.router(logger: Logger(label: "test") { _ in LineHandler(lines: log) })
        #expect(router.undecidedRoutes == ["GET /forgotten", "PUT /deep/er/forgotten"])
        _ = router.buildResponder()
        #expect(
            log.all == ["route_without_access_rule GET /forgotten", "route_without_access_rule PUT /deep/er/forgotten"]
        )
    }

    @Test func `an unprotected route serves everybody, and looks at no token`() async throws {
        for fields in [[], ["Bearer x"]] {
            let response =
                try await fields.isEmpty
                ? Sample.call("/health") : Sample.call("/health", authorization: fields[0])
            #expect(response.status == .ok)
        }
    }

    @Test func `a group demands what the groups around it demand besides its own`() async throws {
        #expect(try await Sample.call("/admin/log", authorization: "Bearer \(Sample.token())").status == .ok)
        let other = try Sample.token { $0["scope"] = "exampledir:other" }
        let response = try await Sample.call("/admin/log", authorization: "Bearer \(other)")
        #expect(response.problem?["code"] == "insufficient_scope")
    }

    @Test func `a path without a route is not found`() async throws {
        #expect(try await Sample.call("/nowhere").status == .notFound)
    }

    @Test func `a rule added as middleware decides the routes after it, and no earlier ones`() async throws {
        let router = GuardedRouter(
            Sample.verifier,
            context: BasicTokenRequestContext.self,
            logger: Sample.silent
        )
        let group = router.group("a")
        group.get("before") { _, _ in "open" }
        group.add(middleware: TokenAuthentication(Sample.verifier)).add(middleware: Require(.scope(Sample.read)))
            .get("after") { _, _ in "in" }
        #expect(router.undecidedRoutes == ["GET /a/before"])
        try await Application(router: router, logger: Sample.silent).test(.router) { client in
            let token = try Sample.token()
            let headers: HTTPFields = [.authorization: "Bearer \(token)"]
            try await client.execute(uri: "/a/after", method: .get, headers: headers) { #expect($0.status == .ok) }
            try await client.execute(uri: "/a/after", method: .get) { #expect($0.status == .unauthorized) }
            try await client.execute(uri: "/a/before", method: .get, headers: headers) {
                #expect($0.status == .notImplemented)
            }
        }
    }

    @Test func `the middlewares serve a plain router too, where a route can ask for the token`() async throws {
        let router = Router(context: BasicTokenRequestContext.self)
        router.group().add(middleware: TokenAuthentication(Sample.verifier, onMissing: .pass))
            .get("who") { _, context in context.token?.consumer.identifier ?? "nobody" }
        router.get("careless") { _, context in try context.verifiedToken.clientID }
        router.group().add(middleware: Require(.scope(Sample.read))).get("alone") { _, _ in "in" }
        try await Application(router: router, logger: Sample.silent).test(.router) { client in
            let headers: HTTPFields = [.authorization: "Bearer \(try Sample.token())"]
            try await client.execute(uri: "/who", method: .get, headers: headers) {
                #expect(String(buffer: $0.body) == "0192:991825827")
            }
            try await client.execute(uri: "/who", method: .get) { #expect(String(buffer: $0.body) == "nobody") }
            // Where no middleware verified it, a token is none.
            for path in ["/careless", "/alone"] {
                try await client.execute(uri: path, method: .get, headers: headers) {
                    #expect($0.status == .unauthorized)
                    #expect($0.headers[.wwwAuthenticate]?.hasPrefix(#"Bearer realm="api""#) == true)
                }
            }
        }
    }

    @Test func `what another verifier has proved is proved again`() async throws {
        var policy = VerificationPolicy(issuer: Sample.issuer)
        policy.algorithms = [.es256]
        policy.audience = .required(["https://api.example.no/"])
        let keys = LocalKeySet(try JWKSet([JWK(Sample.key.publicKey, keyID: "k1", algorithm: .es256)]))
        let strict = TokenVerifier(policy: policy, keys: keys, clock: StoppedClock())
        policy.audience = .ignored
        let lenient = TokenVerifier(policy: policy, keys: keys, clock: StoppedClock())
        let router = Router(context: BasicTokenRequestContext.self)
        router.group().add(middleware: TokenAuthentication(lenient))
            .group("strict").add(middleware: TokenAuthentication(strict)).add(middleware: Require(.scope(Sample.read)))
            .get { _, _ in "in" }
        let guarded = GuardedRouter(strict, context: BasicTokenRequestContext.self, logger: Sample.silent)
        guarded.add(middleware: TokenAuthentication(lenient, onMissing: .pass))
        guarded.requiring(.scope(Sample.read)).get("strict") { _, _ in "in" }
        let call: @Sendable (any TestClientProtocol) async throws -> Void = { client in
            for (audience, status) in [
                (JSONValue.null, HTTPResponse.Status.unauthorized), ("https://api.example.no/", .ok),
            ] {
                let token = try Sample.token { $0["aud"] = audience == .null ? JSONValue?.none : audience }
                try await client.execute(uri: "/strict", method: .get, headers: [.authorization: "Bearer \(token)"]) {
                    #expect($0.status == status)
                }
            }
        }
        try await Application(router: router, logger: Sample.silent).test(.router, call)
        try await Application(router: guarded, logger: Sample.silent).test(.router, call)
    }

    @Test func `Hummingbird's own groups, collections and generated HEADs open nothing`() async throws {
        let router = GuardedRouter(
            Sample.verifier,
            context: BasicTokenRequestContext.self,
            options: [.autoGenerateHeadEndpoints, .caseInsensitive],
            logger: Sample.silent
        )
        let plain: RouterGroup<BasicTokenRequestContext> = router.group("plain")
        plain.get("x") { _, _ in "open" }
        let routes = RouteCollection(context: BasicTokenRequestContext.self)
        routes.get("x") { _, _ in "open" }
        router.addRoutes(routes, atPath: "collected")
        router.requiring(.scope(Sample.read)).addRoutes(routes, atPath: "guarded")
        let inner: RouterGroup<BasicTokenRequestContext> = router.requiring(.scope(Sample.read)).group("inner")
        inner.get("x") { _, _ in "in" }
        router.requiring(.scope(Sample.read)).get("*") { _, _ in "in" }
        router.group("late").requiring(.scope(Sample.read)).group("**").get { _, _ in "in" }
        try await Application(router: router, logger: Sample.silent).test(.router) { client in
            for method in [HTTPRequest.Method.get, .head] {
                for path in ["/plain/x", "/collected/x", "/PLAIN/X", "/plain/x/", "//plain//x"] {
                    try await client.execute(uri: path, method: method) { #expect($0.status == .notImplemented) }
                }
                for path in ["/guarded/x", "/inner/x", "/INNER/X/", "/anything", "/late/a/b", "/inner/x?access_token"] {
                    try await client.execute(uri: path, method: method) { #expect($0.status == .unauthorized) }
                }
            }
            for method in [HTTPRequest.Method.options, .post, .trace] {
                for path in ["/plain/x", "/guarded/x", "/anything"] {
                    try await client.execute(uri: path, method: method) {
                        #expect([.notFound, .methodNotAllowed].contains($0.status))
                    }
                }
            }
        }
    }

    @Test func `when the issuer's keys cannot be had it says when to come back, and no more`() async throws {
        let policy = VerificationPolicy(issuer: Sample.issuer)
        let router = GuardedRouter(
            TokenVerifier(policy: policy, keys: NoKeys()),
            context: BasicTokenRequestContext.self
        )
        router.requiring(.scope(Sample.read)).get("x") { _, _ in "in" }
        try await Application(router: router, logger: Sample.silent).test(.router) { client in
            var header: JSONObject = ["kid": "k1", "alg": "RS256"]
            header["typ"] = "JWT"
            let text = "\(Base64URL.encode(header.encoded())).e30.AAAA"
            try await client.execute(uri: "/x", method: .get, headers: [.authorization: "Bearer \(text)"]) {
                #expect($0.status == .serviceUnavailable)
                #expect($0.headers[.retryAfter] == "5")
                #expect($0.headers[.wwwAuthenticate] == nil)
                #expect(!$0.text.contains("keys.internal"))
            }
        }
    }
}

/// An issuer that is down.
private struct NoKeys: KeySource {
    func key(for header: JOSEHeader) async throws(KeySourceError) -> JWK {
        throw .unavailable("keys.internal: connection refused")
    }
}

/// Remembers what is logged.
private final class Lines: Sendable {
    private let stored = Mutex<[String]>([])

    var all: [String] { stored.withLock { $0 } }

    func add(_ line: String) { stored.withLock { $0.append(line) } }
}

private struct LineHandler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.add("\(event.message) \(event.metadata?["route"].map { "\($0)" } ?? "")")
    }
}
