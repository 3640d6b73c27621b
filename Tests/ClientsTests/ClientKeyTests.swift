import Clients
import JOSE
import LibCrypto
import TestAuthority
import Testing
import Vocabulary

@Suite("Spec §5.4: what a key must be to be registered")
struct ClientKeyRegistrationTests {
    private let now = Sample.now
    private let year = Seconds.days(365)

    @Test func `a key lives a year from the moment of posting unless it wishes less`() throws {
        #expect(try ClientKey(registering: Sample.jwk(), at: now).expires == now + year)
        #expect(try ClientKey(registering: Sample.jwk(expires: now + 1), at: now).expires == now + 1)
        #expect(try ClientKey(registering: Sample.jwk(expires: now + year), at: now).expires == now + year)
    }

    @Test func `a key that is over, or wishes more than a year, is refused`() {
        #expect(throws: ClientKeyFault.over(expires: now, now: now)) {
            try ClientKey(registering: Sample.jwk(expires: now), at: now)
        }
        let late = now + year + 1
        #expect(throws: ClientKeyFault.tooLong(expires: late, latest: now + year)) {
            try ClientKey(registering: Sample.jwk(expires: late), at: now)
        }
    }

    @Test func `a key is over in the second in which it ends`() throws {
        let key = try ClientKey(registering: Sample.jwk(expires: now + 10), at: now)
        #expect(!key.isExpired(at: now + 9))
        #expect(key.isExpired(at: now + 10))
    }

    @Test func `kid, alg and use are required`() throws {
        #expect(throws: ClientKeyFault.missing("kid")) { try ClientKey(registering: Sample.jwk(nil), at: now) }
        #expect(throws: ClientKeyFault.missing("alg")) {
            try ClientKey(registering: Sample.jwk("k1", Sample.p256, nil), at: now)
        }
        let withoutUse = try JWK(parsing: Sample.jwk().object.removing(["use"]))
        #expect(throws: ClientKeyFault.missing("use")) { try ClientKey(registering: withoutUse, at: now) }
    }

    @Test(arguments: ["", "a b", "../x", "a/b", "æ", String(repeating: "k", count: 256)])
    func `a kid has letters, digits, dot, underscore and hyphen alone`(kid: String) {
        #expect(throws: ClientKeyFault.keyID(kid)) { try ClientKey(registering: Sample.jwk(kid), at: now) }
    }

    @Test(arguments: ["Payroll_2026-10.v1", "0", String(repeating: "k", count: 255)])
    func `such a kid is taken`(kid: String) throws {
        #expect(try ClientKey(registering: Sample.jwk(kid), at: now).id.rawValue == kid)
    }

    @Test(arguments: [
        (KeyKind.ec(.p256), JWSAlgorithm.es256), (.ec(.p384), .es384), (.ec(.p521), .es512), (.ed25519, .edDSA),
    ])
    func `keys of every kind that we use can be registered`(kind: KeyKind, algorithm: JWSAlgorithm) throws {
        let jwk = Sample.jwk("k1", Sample.key(kind), algorithm)
        let key = try ClientKey(registering: JWK(parsing: jwk.object), at: now)
        #expect(key.algorithm == algorithm)
        #expect(key.publicKey == jwk.publicKey)
        #expect(key.thumbprint == jwk.thumbprint())
        #expect(key.certificateThumbprint == nil)
    }

    @Test(arguments: JWSAlgorithm.allCases.filter { $0.fits(.rsa(bits: 2_048)) })
    func `an RSA key is registered for the one algorithm that it names`(algorithm: JWSAlgorithm) throws {
        let key = try ClientKey(registering: Sample.jwk("k1", Sample.rsa, algorithm), at: now)
        #expect(key.algorithm == algorithm)
    }

    @Test func `private members, weak keys and algorithms of other keys do not even become a JWK`() throws {
        let secret = try JWK.Private(Sample.p256, keyID: "k1", algorithm: .es256).secretObject()
        #expect(throws: JWKError.privateMembers(["d"])) { try JWK(parsing: secret) }
        var wrong = Sample.jwk().object
        wrong["alg"] = "RS256"
        #expect(throws: JWKError.algorithmDoesNotFit(.rs256, .ec(.p256))) { try JWK(parsing: wrong) }
        let short: JSONObject = [
            "kty": "RSA", "n": .string(Base64URL.encode([UInt8](repeating: 0xC5, count: 128))), "e": "AQAB",
            "alg": "RS256", "use": "sig", "kid": "k1",
        ]
        #expect(throws: JWKError.weakKey(.modulusTooShort(bits: 1_024))) {
            try JWK(parsing: short)
        }
    }

    @Test func `what is answered can be posted again`() throws {
        let key = try ClientKey(registering: Sample.jwk(), at: now)
        let again = try ClientKey(registering: JWK(parsing: key.jwk.object), at: now)
        #expect(again == key)
        #expect(key.jwk.object["exp"]?.integer == key.expires.seconds)
    }

    @Test(arguments: [
        (ClientKeyFault.missing("use"), "`use` is missing: `kid`, `alg` and `use` are required"),
        (.keyID("a b"), "`a b` is no `kid`: 1 to 255 of letters, digits, `.`, `_`, `-`"),
        (.tooMany(limit: 5), "a client holds at most 5 keys, expired ones too: remove one"),
        (.keyIDTaken(Sample.kid("k1")), "another key of the client has the `kid` `k1`"),
        (.unknown(Sample.kid("k1")), "the client has no key `k1`"),
    ])
    func `a fault says what to mend`(fault: ClientKeyFault, text: String) {
        #expect(fault.description == text)
    }
}

@Suite("Spec §5.4: a key with x5c is bound to its certificate")
struct CertificateKeyTests {
    private static let now = Sample.now
    private static let authority = try? CertificateAuthority(
        .buypass,
        keys: .init(authority: .rsa(bits: 2_048), enterprise: .rsa(bits: 2_048)),
        at: now
    )

    private func issue(notAfter: Timestamp? = nil, notBefore: Timestamp? = nil) throws -> IssuedCertificate {
        let authority = try #require(Self.authority)
        var request = EnterpriseCertificateRequest(organisation: Sample.owner, name: "DEMO", key: Sample.rsa)
        request.notAfter = notAfter
        request.notBefore = notBefore
        return try authority.issue(request)
    }

    private func jwk(_ key: PrivateKey, _ chain: [[UInt8]], expires: Timestamp? = nil) -> JWK {
        JWK(key.publicKey, keyID: "k1", algorithm: .rs256, certificateChain: chain, expires: expires)
    }

    @Test func `the thumbprint and the chain are kept`() throws {
        let certificate = try issue()
        let key = try ClientKey(registering: jwk(Sample.rsa, certificate.chain), at: Self.now)
        let digest = HashFunction.sha256.digest(certificate.der)
        let digits = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(key.certificateThumbprint == digits)
        #expect(key.certificateChain == certificate.chain)
        #expect(key.jwk.certificateChain == certificate.chain)
        #expect(key.expires == Self.now + .days(365))
    }

    @Test func `the key ends with the certificate, whose last second counts`() throws {
        let certificate = try issue(notAfter: Self.now + 100)
        #expect(try ClientKey(registering: jwk(Sample.rsa, certificate.chain), at: Self.now).expires == Self.now + 101)
        let sooner = jwk(Sample.rsa, certificate.chain, expires: Self.now + 50)
        #expect(try ClientKey(registering: sooner, at: Self.now).expires == Self.now + 50)
    }

    @Test func `a certificate of another key is refused`() throws {
        let other = Sample.key(.rsa(bits: 2_048))
        let certificate = try issue()
        #expect(throws: ClientKeyFault.certificateOfAnotherKey) {
            try ClientKey(registering: jwk(other, certificate.chain), at: Self.now)
        }
        // The chain in reverse: its first certificate is the authority's.
        #expect(throws: ClientKeyFault.certificateOfAnotherKey) {
            try ClientKey(registering: jwk(Sample.rsa, certificate.chain.reversed()), at: Self.now)
        }
    }

    @Test func `a certificate outside its days is refused`() throws {
        let over = try issue(notAfter: Self.now - 1)
        let overDays = try Certificate(der: over.der)
        #expect(
            throws: ClientKeyFault.certificateNotValid(from: overDays.notBefore, until: Self.now - 1)
        ) {
            try ClientKey(registering: jwk(Sample.rsa, over.chain), at: Self.now)
        }
        let early = try issue(notAfter: Self.now + 100, notBefore: Self.now + 1)
        #expect(
            throws: ClientKeyFault.certificateNotValid(from: Self.now + 1, until: Self.now + 100)
        ) {
            try ClientKey(registering: jwk(Sample.rsa, early.chain), at: Self.now)
        }
        #expect(throws: Never.self) { try ClientKey(registering: jwk(Sample.rsa, early.chain), at: Self.now + 1) }
    }

    @Test func `what is no certificate is refused, also behind the first`() throws {
        let certificate = try issue()
        for chain in [[[0x30, 0x00]], [certificate.der, [0x30, 0x00]]] as [[[UInt8]]] {
            do {
                _ = try ClientKey(registering: jwk(Sample.rsa, chain), at: Self.now)
                Issue.record("taken")
            } catch {
                guard case .certificate = error else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
    }
}

@Suite("Spec §5.4, DESIGN §2.2: the keys of a client")
struct ClientKeySetTests {
    @Test func `the first key turns certificates off, and no removal turns them on`() throws {
        var client = Sample.client()
        #expect(client.authentication == .certificate)
        #expect(try client.add(Sample.registered("k1")) == .added)
        #expect(client.authentication == .registeredKey)
        #expect(try client.removeKey(Sample.kid("k1")).id.rawValue == "k1")
        #expect(client.keys.isEmpty)
        #expect(client.authentication == .registeredKey)
        client.resetToCertificate()
        #expect(client.authentication == .certificate)
    }

    @Test func `the way back takes all keys along`() throws {
        var client = Sample.client()
        try client.add(Sample.registered("k1"))
        client.resetToCertificate()
        #expect(client.keys.isEmpty)
    }

    @Test func `a client holds five keys and not one more`() throws {
        var client = Sample.client()
        for index in 1...5 { try client.add(Sample.registered("k\(index)")) }
        let full = client
        let sixth = try Sample.registered("k6")
        #expect(throws: ClientKeyFault.tooMany(limit: 5)) { try client.add(sixth) }
        #expect(client == full)
        // Renewal needs no room.
        let again = try Sample.registered("k3", at: Sample.now + 10)
        #expect(try client.add(again) == .renewed)
        #expect(client.keys.count == 5)
    }

    @Test func `the same key under the same kid begins a new year`() throws {
        var client = Sample.client()
        try client.add(Sample.registered("k1"))
        let later = Sample.now + .days(300)
        #expect(try client.add(Sample.registered("k1", at: later)) == .renewed)
        #expect(client.keys.map(\.expires) == [later + .days(365)])
    }

    @Test func `another key under the same kid is refused`() throws {
        var client = Sample.client()
        try client.add(Sample.registered("k1"))
        let other = try Sample.registered("k1", Sample.otherP256)
        #expect(throws: ClientKeyFault.keyIDTaken(Sample.kid("k1"))) { try client.add(other) }
        #expect(client.keys.map(\.publicKey) == [Sample.p256.publicKey])
    }

    @Test func `a key that is not there cannot be removed`() {
        var client = Sample.client()
        #expect(throws: ClientKeyFault.unknown(Sample.kid("k1"))) { try client.removeKey(Sample.kid("k1")) }
    }

    @Test func `a set replaces all keys`() throws {
        var client = Sample.client()
        try client.add(Sample.registered("k1"))
        try client.replaceKeys(with: [Sample.registered("k2"), Sample.registered("k3", Sample.otherP256)])
        #expect(client.keys.map(\.id.rawValue) == ["k2", "k3"])
        #expect(client.authentication == .registeredKey)
        #expect(client.key(Sample.kid("k3"))?.publicKey == Sample.otherP256.publicKey)
        #expect(client.key(Sample.kid("k1")) == nil)
    }

    @Test func `an empty set, one of six, and one with a kid twice replace nothing`() throws {
        var client = Sample.client()
        try client.add(Sample.registered("k1"))
        let before = client
        #expect(throws: ClientKeyFault.emptySet) { try client.replaceKeys(with: []) }
        let six = try (1...6).map { try Sample.registered("k\($0)") }
        #expect(throws: ClientKeyFault.tooMany(limit: 5)) { try client.replaceKeys(with: six) }
        let twice = try [Sample.registered("k2"), Sample.registered("k2", Sample.otherP256)]
        #expect(throws: ClientKeyFault.keyIDTaken(Sample.kid("k2"))) { try client.replaceKeys(with: twice) }
        #expect(client == before)
    }
}
