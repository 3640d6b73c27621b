import HTTPTypes
import Hummingbird
import JOSE
import Logging
import PortvaktProvider
import Server
import NIOCore
import UnixSignals
import Vocabulary

/// The API of an invented fisheries authority, which shows a provider's side: a rule for each route, and the answers of
/// RFC 6750 to those who do not fulfil it.
struct DemoProviderAPI: Sendable {
    private let address: ListenAddress
    private let verifier: TokenVerifier

    /// The API at an address, for tokens of one issuer.
    init(address: ListenAddress, issuer: Issuer, keys: any KeySource) throws {
        var policy = VerificationPolicy(issuer: issuer)
        policy.algorithms = [.rs256, .es256]
        policy.audience = .mineIfPresent(["http://\(address)/"])
        self.address = address
        verifier = TokenVerifier(policy: policy, keys: keys)
    }

    /// Serves until it is told to stop.
    func run(logger: Logger, whenReady: @escaping @Sendable () -> Void) async throws {
        let application = Application(
            router: try router(),
            configuration: .init(address: .hostname(address.host, port: address.port), serverName: "demo-provider"),
            onServerRunning: { _ in whenReady() },
            logger: logger
        )
        try await application.runService(gracefulShutdownSignals: [.sigterm, .sigint])
    }

    /// The routes, each with what it demands.
    func router() throws -> Router<BasicRequestContext> {
        let router = Router()
        router.get("fangst", use: guarded(by: .scope(try ScopeName(parsing: "demo:fangst.read"))) { _ in Self.catches })
        router.post(
            "fangst",
            use: guarded(
                by: .allOf([
                    .scope(try ScopeName(parsing: "demo:fangst.write")), .audience("http://\(address)/"),
                ])
            ) { token in ["received_from": .string(token.consumer.identifier)] }
        )
        router.get(
            "landinger",
            use: guarded(by: .scope(try ScopeName(parsing: "demo:landing.es256"))) { _ in Self.landings }
        )
        router.get("kvoter", use: guarded(by: .scope(try ScopeName(parsing: "demo:kvoter.read"))) { _ in Self.quotas })
        return router
    }

    private typealias Handler = @Sendable (Request, BasicRequestContext) async throws -> Response

    private func guarded(
        by rule: AccessRule,
        _ answer: @escaping @Sendable (VerifiedToken) -> JSONObject
    ) -> Handler {
        { [verifier] request, _ in
            guard let token = Self.bearerToken(of: request) else {
                return Self.refusal(.tokenMissing, error: nil, description: "no bearer token")
            }
            do throws(VerificationError) {
                let verified = try await verifier.verifyBearer(token)
                try verified.require(rule)
                return Self.response(.ok, Self.facts(of: verified, and: answer(verified)))
            } catch {
                return Self.refusal(Challenge(error), error: error.code, description: error.description)
            }
        }
    }

    /// RFC 6750 §2.1: the scheme without case, one space, the token.
    private static func bearerToken(of request: Request) -> String? {
        guard let field = request.headers[.authorization] else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// Who asked, as the token says: an API decides by consumer and scope, never by the client.
    private static func facts(of token: VerifiedToken, and answer: JSONObject) -> JSONObject {
        var object: JSONObject = [
            "consumer": .string(token.consumer.identifier),
            "scopes": .strings(token.scopes.map(\.rawValue).sorted()),
        ]
        object["supplier"] = token.supplier.map { .string($0.identifier) }
        for member in answer.members { object[member.name] = member.value }
        return object
    }

    private static func refusal(_ challenge: Challenge, error: String?, description: String) -> Response {
        var object: JSONObject = ["error_description": .string(description)]
        object["error"] = error.map { .string($0) }
        var response = response(HTTPResponse.Status(code: challenge.status), object)
        response.headers[.wwwAuthenticate] = challenge.authenticate
        return response
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
