import HTTPTypes
import Hummingbird
import JOSE
import Logging
import NIOCore
import PortvaktHummingbird
import PortvaktProvider
import Server
import UnixSignals
import Vocabulary

/// The API of an invented fisheries authority, which shows a provider's side: each route says who may call it, and
/// those who may not are answered as RFC 6750 says.
struct DemoProviderAPI: Sendable {
    private let address: ListenAddress
    private let keys: RemoteKeySet
    private let verifier: TokenVerifier

    /// The API at an address, for tokens of one issuer.
    init(address: ListenAddress, issuer: Issuer, keys: RemoteKeySet) throws {
        var policy = VerificationPolicy(issuer: issuer)
        policy.algorithms = [.rs256, .es256]
        policy.audience = .mineIfPresent(["http://\(address)/"])
        policy.dpop = .acceptIfBound(at: "http://\(address)")
        self.address = address
        self.keys = keys
        verifier = TokenVerifier(policy: policy, keys: keys)
    }

    /// Serves until it is told to stop.
    func run(logger: Logger, whenReady: @escaping @Sendable () -> Void) async throws {
        var application = Application(
            router: try router(logger: logger),
            configuration: .init(address: .hostname(address.host, port: address.port), serverName: "demo-provider"),
            onServerRunning: { _ in whenReady() },
            logger: logger
        )
        application.addServices(keys)
        try await application.runService(gracefulShutdownSignals: [.sigterm, .sigint])
    }

    /// The routes, each with what it demands.
    func router(logger: Logger) throws -> GuardedRouter<BasicTokenRequestContext> {
        let router = GuardedRouter(verifier, realm: "fiskeri", logger: logger)
        router.unprotected().get("health/ready") { [keys] _, _ in
            let snapshot = keys.snapshot()
            return Self.response(snapshot.health == .unavailable ? .serviceUnavailable : .ok, snapshot.json)
        }
        router.requiring(.scope(try ScopeName(parsing: "demo:fangst.read")))
            .get("fangst") { _, context in try Self.answer(context, Self.catches) }
        let mine = AccessRule.audience("http://\(address)/")
        router.requiring(.allOf([.scope(try ScopeName(parsing: "demo:fangst.write")), mine]))
            .post("fangst") { _, context in
                try Self.answer(context, ["received_from": .string(context.verifiedToken.consumer.identifier)])
            }
        router.requiring(.scope(try ScopeName(parsing: "demo:landing.es256")))
            .get("landinger") { _, context in try Self.answer(context, Self.landings) }
        router.requiring(.scope(try ScopeName(parsing: "demo:kvoter.read")))
            .get("kvoter") { _, context in try Self.answer(context, Self.quotas) }
        return router
    }

    /// The answer, and who asked, as the token says: an API decides by consumer and scope, never by the client.
    private static func answer(_ context: BasicTokenRequestContext, _ answer: JSONObject) throws -> Response {
        let token = try context.verifiedToken
        var object: JSONObject = [
            "consumer": .string(token.consumer.identifier),
            "scopes": .strings(token.scopes.map(\.rawValue).sorted()),
        ]
        object["supplier"] = token.supplier.map { .string($0.identifier) }
        for member in answer.members { object[member.name] = member.value }
        return response(.ok, object)
    }

    private static func response(_ status: HTTPResponse.Status, _ object: JSONObject) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: object.encoded()))
        )
    }

    // MARK: Invented data

    private static var catches: JSONObject {
        [
            "catches": [
                ["vessel": "LK5063", "species": "torsk", "kilograms": 4_120, "date": "2026-11-20"],
                ["vessel": "LK5063", "species": "hyse", "kilograms": 880, "date": "2026-11-20"],
            ]
        ]
    }

    private static var landings: JSONObject {
        ["landings": [["port": "SVOLVÆR", "species": "torsk", "kilograms": 3_900, "date": "2026-11-21"]]]
    }

    private static var quotas: JSONObject {
        ["quotas": [["species": "torsk", "tonnes": 200_000], ["species": "sild", "tonnes": 401_000]]]
    }
}
