import Clients
import JOSE
import LibCrypto
import Testing
import Vocabulary

/// Things that many tests of this target begin with; keys are made once.
enum Sample {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let owner = number(31_000_012)
    static let other = number(31_420_077)
    static let p256 = key(.ec(.p256))
    static let otherP256 = key(.ec(.p256))
    static let rsa = key(.rsa(bits: 2_048))

    static func number(_ stem: Int) -> OrganisationNumber { OrganisationNumber(stem: stem) ?? number(stem + 1) }

    static func key(_ kind: KeyKind) -> PrivateKey {
        do { return try PrivateKey.generate(kind) } catch { preconditionFailure("libcrypto makes no key: \(error)") }
    }

    static func id(_ text: String) -> ClientID {
        do { return try ClientID(parsing: text) } catch { preconditionFailure("`\(text)` is no client identifier") }
    }

    static func kid(_ text: String) -> KeyID {
        do { return try KeyID(parsing: text) } catch { preconditionFailure("`\(text)` is no key identifier") }
    }

    static func scope(_ text: String) -> ScopeName {
        do { return try ScopeName(parsing: text) } catch { preconditionFailure("`\(text)` is no scope name") }
    }

    static func client(_ scopes: String...) -> Client {
        Client(
            id: id("0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11"),
            owner: owner,
            name: "payroll-batch",
            scopes: scopes.map(scope),
            created: now
        )
    }

    static func jwk(
        _ kid: String? = "k1",
        _ key: PrivateKey = p256,
        _ algorithm: JWSAlgorithm? = .es256,
        expires: Timestamp? = nil
    ) -> JWK {
        JWK(key.publicKey, keyID: kid, algorithm: algorithm, expires: expires)
    }

    static func registered(_ kid: String, _ key: PrivateKey = p256, at time: Timestamp = now) throws -> ClientKey {
        try ClientKey(registering: jwk(kid, key), at: time)
    }
}
