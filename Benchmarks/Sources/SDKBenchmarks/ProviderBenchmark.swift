import JOSE
import LibCrypto
import PortvaktProvider
import Vocabulary

/// What verifying a token costs beside its signature check alone.
enum ProviderBenchmark {
    /// DESIGN budget: verification against the bare signature check.
    static let mostRatio = 1.3

    static func rows() async throws -> [Row] {
        var rows = try await rows(.rs256, key: .generate(.rsa(bits: 2048)))
        rows += try await self.rows(.es256, key: .generate(.ec(.p256)))
        return rows
    }

    private static func rows(_ algorithm: JWSAlgorithm, key: PrivateKey) async throws -> [Row] {
        let issuer = try Issuer(parsing: "https://maskinporten.no/")
        let now = SystemClock().now
        let text = try token(of: issuer, algorithm: algorithm, key: key, at: now)
        let transport = OneAnswer(keys: [JWK(key.publicKey, keyID: "signing-1", algorithm: algorithm)])
        let keys = try await RemoteKeySet(loading: .keys(url: "https://maskinporten.no/jwk"), transport: transport)
        var policy = VerificationPolicy(issuer: issuer)
        policy.algorithms = [algorithm]
        let verifier = TokenVerifier(policy: policy, keys: keys)
        let rule = AccessRule.scope(try ScopeName(parsing: "exampledir:register.read"))

        let jws = try CompactJWS(parsing: text)
        let (bare, whole) = (
            { guard jws.isSigned(by: key.publicKey, algorithm: algorithm) else { throw NotVerified() } },
            { try await verifier.verifyBearer(text).require(rule) }
        )
        let times = try await Measurement.microseconds(bare, whole)
        let name = "Provider SDK, \(algorithm.rawValue)"
        return [
            Row("\(name): signature check alone", times[0], "µs"),
            Row("\(name): verification of a token", times[1], "µs"),
            Row("\(name): verification / signature check", times[1] / times[0], "ratio", atMost: mostRatio),
        ]
    }

    /// A token as Maskinporten issues it, good for an hour.
    private static func token(
        of issuer: Issuer,
        algorithm: JWSAlgorithm,
        key: PrivateKey,
        at now: Timestamp
    ) throws -> String {
        let claims: JSONObject = [
            "scope": "exampledir:register.read exampledir:register.write", "iss": .string(issuer.rawValue),
            "client_amr": "virksomhetssertifikat", "token_type": "Bearer", "exp": .integer((now + 3600).seconds),
            "iat": .integer(now.seconds), "client_id": "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11",
            "jti": "k3Yx0y0l0mJm0pGx5Jr2h0v1qk7sE2b8QmN4cTzWb1A",
            "consumer": ["authority": "iso6523-actorid-upis", "ID": "0192:991825827"],
        ]
        return try CompactJWS.sign(
            header: ["kid": "signing-1", "alg": .string(algorithm.rawValue)],
            payload: claims.encoded(),
            with: key,
            algorithm: algorithm
        )
    }

    private struct NotVerified: Error {}
}

/// Serves a key set that never changes.
private struct OneAnswer: KeyTransport {
    let body: [UInt8]

    init(keys: [JWK]) {
        body = JSONObject(dictionaryLiteral: ("keys", .array(keys.map { .object($0.object) }))).encoded()
    }

    func fetch(_ request: KeyRequest) async throws(KeyTransportError) -> KeyResponse {
        KeyResponse(status: 200, headers: [("Cache-Control", "max-age=3600")], body: body)
    }
}
