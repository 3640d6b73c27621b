import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import LibCrypto
import Logging
import NIOCore
import PortvaktHummingbird
import PortvaktProvider
import Testing
import Vocabulary

/// A clock that stands still.
struct StoppedClock: WallClock {
    let now = Timestamp(seconds: 1_795_000_000)
}

/// What the tests have in common: an issuer, its key, tokens, an API.
enum Sample {
    static let issuer = made { try Issuer(parsing: "https://test.maskinporten.no/") }
    static let key = made { try PrivateKey.generate(.ec(.p256)) }
    static let read = made { try ScopeName(parsing: "exampledir:register.read") }
    static let delete = made { try ScopeName(parsing: "exampledir:register.delete") }

    static let verifier = made {
        var policy = VerificationPolicy(issuer: issuer)
        policy.algorithms = [.es256]
        let keys = LocalKeySet(try JWKSet([JWK(key.publicKey, keyID: "k1", algorithm: .es256)]))
        return TokenVerifier(policy: policy, keys: keys, clock: StoppedClock())
    }

    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A good token, or one whose claims were changed before it was signed.
    static func token(_ change: (inout JSONObject) -> Void = { _ in }) throws -> String {
        var claims: JSONObject = [
            "iss": .string(issuer.rawValue), "client_id": "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11",
            "consumer": ["authority": "iso6523-actorid-upis", "ID": "0192:991825827"],
            "scope": "exampledir:register.read", "iat": 1_795_000_000, "exp": 1_795_000_120, "jti": "one",
        ]
        change(&claims)
        return try CompactJWS.sign(
            header: ["kid": "k1", "alg": "ES256"],
            payload: claims.encoded(),
            with: key,
            algorithm: .es256
        )
    }

    /// An API with a route of each kind, and the consumer as its answer.
    static func router(logger: Logger = silent) -> GuardedRouter<BasicTokenRequestContext> {
        let router = GuardedRouter(verifier, realm: "register", logger: logger)
        let answer: @Sendable (Request, BasicTokenRequestContext) throws -> String = { _, context in
            try context.verifiedToken.consumer.identifier
        }
        router.unprotected().get("health") { _, _ in "up" }
        router.requiring(.scope(read)).group("units").get(":id", use: answer).delete(":id", use: answer)
        router.group("admin").requiring(.scope(read)).requiring(.noSupplier).get("log", use: answer)
        router.requiring(.anyOf([.scope(read), .scope(delete)])).get("either", use: answer)
        router.requiring(.scope(delete)).post("units", use: answer)
        router.get("forgotten", use: answer)
        router.group("deep").group("er").put("forgotten", use: answer)
        return router
    }

    /// Sends one request to the API.
    static func call(
        _ path: String,
        _ method: HTTPRequest.Method = .get,
        authorization: String...,
        body: String? = nil
    ) async throws -> TestResponse {
        var headers: HTTPFields = [:]
        for value in authorization { headers.append(HTTPField(name: .authorization, value: value)) }
        if body != nil { headers[.contentType] = "application/x-www-form-urlencoded" }
        let fields = headers
        return try await Application(router: router(), logger: silent).test(.router) { client in
            try await client.execute(
                uri: path,
                method: method,
                headers: fields,
                body: body.map { ByteBuffer(string: $0) }
            )
        }
    }
}

extension TestResponse {
    /// The problem document.
    var problem: JSONObject? {
        headers[.contentType] == "application/problem+json"
            ? try? JSONValue(parsing: Array(body.readableBytesView)).object : nil
    }

    var challenge: String? { headers[.wwwAuthenticate] }

    var text: String { String(buffer: body) }
}

/// A sample that cannot fail to be made.
func made<Value>(_ make: () throws -> Value) -> Value {
    do { return try make() } catch { preconditionFailure("a sample is wrong: \(error)") }
}
