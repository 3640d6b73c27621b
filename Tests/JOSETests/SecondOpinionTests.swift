import JOSE
import JWTKit
import LibCrypto
import Testing

/// The same tokens in another implementation (BoringSSL underneath).
@Suite("Second opinion: jwt-kit")
struct SecondOpinionTests {
    struct Claims: JWTPayload, Equatable {
        let iss: String
        let scope: String

        func verify(using _: some JWTKit.JWTAlgorithm) async throws {}
    }

    private let claims = Claims(iss: "0192:991825827", scope: "a:b \"quoted\" æøå")

    /// The other's key ring with our key, private to sign or public to check.
    private func keys(_ algorithm: JWSAlgorithm, canSign: Bool) async throws -> JWTKeyCollection {
        let keys = JWTKeyCollection()
        let key = SampleKey.fitting(algorithm)
        let pem = canSign ? try key.pem() : key.publicKey.pem
        switch (algorithm, canSign) {
        case (.rs256, true): await keys.add(rsa: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha256)
        case (.rs256, false): await keys.add(rsa: try Insecure.RSA.PublicKey(pem: pem), digestAlgorithm: .sha256)
        case (.rs512, true): await keys.add(rsa: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha512)
        case (.rs512, false): await keys.add(rsa: try Insecure.RSA.PublicKey(pem: pem), digestAlgorithm: .sha512)
        case (.ps256, true): await keys.add(pss: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha256)
        case (.ps256, false): await keys.add(pss: try Insecure.RSA.PublicKey(pem: pem), digestAlgorithm: .sha256)
        case (.es256, true): await keys.add(ecdsa: try ES256PrivateKey(pem: pem))
        case (.es256, false): await keys.add(ecdsa: try ES256PublicKey(pem: pem))
        case (.es384, true): await keys.add(ecdsa: try ES384PrivateKey(pem: pem))
        case (.es384, false): await keys.add(ecdsa: try ES384PublicKey(pem: pem))
        case (.es512, true): await keys.add(ecdsa: try ES512PrivateKey(pem: pem))
        case (.es512, false): await keys.add(ecdsa: try ES512PublicKey(pem: pem))
        case (.edDSA, true): await keys.add(eddsa: try EdDSA.PrivateKey(pem: pem))
        case (.edDSA, false): await keys.add(eddsa: try EdDSA.PublicKey(pem: pem))
        default: Issue.record("\(algorithm) is not set up")
        }
        return keys
    }

    static let algorithms: [JWSAlgorithm] = [.rs256, .rs512, .ps256, .es256, .es384, .es512, .edDSA]

    @Test(arguments: algorithms) func `it accepts what we sign`(algorithm: JWSAlgorithm) async throws {
        let payload: JSONObject = ["iss": .string(claims.iss), "scope": .string(claims.scope)]
        let token = try CompactJWS.sign(
            header: ["alg": .string(algorithm.rawValue), "typ": "JWT"],
            payload: payload.encoded(),
            with: SampleKey.fitting(algorithm),
            algorithm: algorithm
        )
        let keys = try await keys(algorithm, canSign: false)
        #expect(try await keys.verify(token, as: Claims.self) == claims)
        // And it is a judge: another payload under the same signature is refused.
        var parts = token.split(separator: ".").map(String.init)
        parts[1] = Base64URL.encode(utf8(#"{"iss":"x","scope":"y"}"#))
        let forged = parts.joined(separator: ".")
        await #expect(throws: JWTError.self) { try await keys.verify(forged, as: Claims.self) }
    }

    @Test(arguments: algorithms) func `we accept what it signs`(algorithm: JWSAlgorithm) async throws {
        let token = try await keys(algorithm, canSign: true).sign(claims)
        let jws = try CompactJWS(parsing: token)
        #expect(jws.isSigned(by: SampleKey.fitting(algorithm).publicKey, algorithm: algorithm))
        #expect(try jws.payloadObject() == ["iss": .string(claims.iss), "scope": .string(claims.scope)])
        #expect(try JOSEHeader(jws.header).algorithm == algorithm)
    }
}
