import JOSE
import LibCrypto
import Testing
import Vocabulary

@testable import PortvaktProvider

@Suite("Token verifier: every check, both sides of every boundary")
struct TokenVerifierTests {
    let clock = FakeClock()

    private func verifier(_ change: (inout VerificationPolicy) -> Void = { _ in }) throws -> TokenVerifier {
        var policy = VerificationPolicy(issuer: Sample.issuer)
        change(&policy)
        let keys = LocalKeySet(try JWKSet([Sample.jwk("k1", Sample.rsa), Sample.jwk("e1")]))
        return TokenVerifier(policy: policy, keys: keys, clock: clock)
    }

    private func changed(_ change: (inout JSONObject) -> Void) throws -> String {
        var claims = Sample.claims
        change(&claims)
        return try Sample.token(claims)
    }

    @Test func `a good token gives its facts`() async throws {
        let token = try await verifier().verifyBearer(Sample.token())
        #expect(token.clientID == "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11")
        #expect(token.consumer.organisation == (try OrganisationNumber(parsing: "991825827")))
        #expect(token.scopes.map(\.rawValue).sorted() == ["exampledir:register.read", "exampledir:register.write"])
        #expect(token.supplier == nil)
        #expect(token.audience.isEmpty)
        #expect(token.expiresAt - token.issuedAt == 120)
        #expect(token.tokenID == "k3Yx0y0l0mJm0pGx5Jr2h0v1qk7sE2b8QmN4cTzWb1A")
        #expect(token.clientAMR == "virksomhetssertifikat")
    }

    @Test func `a supplier and the delegation's source are told apart from the consumer`() async throws {
        let text = try changed { claims in
            claims["supplier"] = ["authority": "iso6523-actorid-upis", "ID": "0192:310000124"]
            claims["delegation_source"] = "https://tt02.altinn.no/"
        }
        let token = try await verifier().verifyBearer(text)
        #expect(token.consumer.organisation?.description == "991825827")
        #expect(token.supplier?.identifier == "0192:310000124")
        #expect(token.delegationSource == "https://tt02.altinn.no/")
    }

    @Test(arguments: ["etsi-en-319-412", "iso6523-actorid-upis"])
    func `a party of another scheme or form has no organisation number`(authority: String) async throws {
        let text = try changed { $0["consumer"] = ["authority": .string(authority), "ID": "0192:991825827:ER//1:1"] }
        let token = try await verifier().verifyBearer(text)
        #expect(token.consumer.authority == authority)
        #expect(token.consumer.organisation == nil)
    }

    // MARK: Form, type, algorithm

    @Test(arguments: [
        ("", CompactJWSError.parts(1)), ("a.b", .parts(2)), ("a.b.c.d.e", .encryption), ("a.b.c.d", .parts(4)),
        ("{\"payload\":\"\"}", .jsonSerialisation),
    ])
    func `what is no JWS is refused for its form`(text: String, error: CompactJWSError) async throws {
        await #expect(throws: VerificationError.malformed(error)) { try await verifier().verifyBearer(text) }
    }

    @Test func `a token beyond the limit is not looked at`() async throws {
        let text = String(repeating: "a", count: TokenVerifier.maximumTokenLength + 1)
        await #expect(throws: VerificationError.malformed(.tooLong(limit: 32_768))) {
            try await verifier().verifyBearer(text)
        }
    }

    @Test(arguments: [
        (String?.none, true), ("JWT", true), ("jwt", true), ("at+jwt", true), ("application/at+jwt", true),
        ("dpop+jwt", false), ("client-authentication+jwt", false), ("", false),
    ])
    func `only the types of access tokens are taken`(type: String?, isTaken: Bool) async throws {
        var header: JSONObject = ["kid": "k1", "alg": "RS256"]
        if let type { header["typ"] = .string(type) }
        let text = try Sample.token(header: header)
        if isTaken {
            _ = try await verifier().verifyBearer(text)
        } else {
            await #expect(throws: VerificationError.type(type)) { try await verifier().verifyBearer(text) }
        }
    }

    @Test func `a missing type can be refused`() async throws {
        let text = try Sample.token()
        await #expect(throws: VerificationError.type(nil)) {
            try await verifier { $0.acceptsMissingType = false }.verifyBearer(text)
        }
    }

    @Test(arguments: ["crit", "b64"]) func `members that change what is signed are refused`(name: String) async throws {
        let text = try Sample.token(header: ["kid": "k1", "alg": "RS256", "\(name)": ["b64"]])
        await #expect(throws: VerificationError.criticalHeader(name)) { try await verifier().verifyBearer(text) }
    }

    @Test func `an algorithm that was not chosen is refused, though its key is known`() async throws {
        let text = try Sample.token(header: ["kid": "e1", "alg": "ES256"], by: Sample.elliptic, algorithm: .es256)
        await #expect(throws: VerificationError.algorithm("ES256")) { try await verifier().verifyBearer(text) }
        _ = try await verifier { $0.algorithms = [.es256] }.verifyBearer(text)
    }

    @Test(arguments: ["none", "None", "HS256", "RS256 ", ""])
    func `none and shared secrets are no algorithms`(name: String) async throws {
        let header: JSONObject = ["kid": "k1", "alg": .string(name)]
        let text = Base64URL.encode(header.encoded()) + "." + Base64URL.encode(Sample.claims.encoded()) + "."
        await #expect(throws: VerificationError.algorithm(name)) { try await verifier().verifyBearer(text) }
    }

    @Test func `the public key as the secret of an HMAC is refused (algorithm confusion)`() async throws {
        let header: JSONObject = ["kid": "k1", "alg": "HS256"]
        let input = Base64URL.encode(header.encoded()) + "." + Base64URL.encode(Sample.claims.encoded())
        let secret = Array(Sample.rsa.publicKey.pem.utf8)
        let forged = HashFunction.sha256.authenticationCode(of: Array(input.utf8), key: secret)
        await #expect(throws: VerificationError.algorithm("HS256")) {
            try await verifier().verifyBearer(input + "." + Base64URL.encode(forged))
        }
    }

    @Test func `an algorithm that is not that of the key is refused`() async throws {
        let keys = LocalKeySet(try JWKSet([Sample.jwk("k1", Sample.rsa, algorithm: .ps256), Sample.jwk("e1")]))
        var policy = VerificationPolicy(issuer: Sample.issuer)
        policy.algorithms = [.rs256, .ps256, .es256]
        let verifier = TokenVerifier(policy: policy, keys: keys, clock: clock)
        let text = try Sample.token()
        await #expect(throws: VerificationError.algorithm("RS256")) { try await verifier.verifyBearer(text) }
        let crossed = try Sample.token(header: ["kid": "e1", "alg": "RS256"])
        await #expect(throws: VerificationError.algorithm("RS256")) { try await verifier.verifyBearer(crossed) }
    }

    // MARK: Key and signature

    @Test func `a token by an unknown key is refused with its name`() async throws {
        let text = try Sample.token(header: ["kid": "k9", "alg": "RS256"])
        await #expect(throws: VerificationError.key(.unknownKey("k9"))) { try await verifier().verifyBearer(text) }
    }

    @Test func `without kid the only key that fits is taken, and none of two`() async throws {
        let text = try Sample.token(header: ["alg": "RS256"])
        _ = try await verifier().verifyBearer(text)
        let two = LocalKeySet(try JWKSet([Sample.jwk("a", Sample.rsa), Sample.jwk("b", Sample.rsa)]))
        let verifier = TokenVerifier(policy: VerificationPolicy(issuer: Sample.issuer), keys: two, clock: clock)
        await #expect(throws: VerificationError.key(.unknownKey(nil))) { try await verifier.verifyBearer(text) }
    }

    @Test func `keys that the token brings along are never used`() async throws {
        let thief = try PrivateKey.generate(.rsa(bits: 2048))
        let jwk = JSONValue.object(JWK(thief.publicKey, keyID: "k1", algorithm: nil).object)
        for (name, value) in [
            ("jwk", jwk), ("jku", "https://evil.example.no/jwk"), ("x5u", "https://evil.example.no/c"),
        ] {
            let text = try Sample.token(header: ["kid": "k1", "alg": "RS256", "\(name)": value], by: thief)
            await #expect(throws: VerificationError.signature) { try await verifier().verifyBearer(text) }
        }
    }

    @Test func `one changed bit anywhere is refused`() async throws {
        let verifier = try verifier()
        let text = Array(try Sample.token().utf8)
        for index in stride(from: 0, to: text.count, by: 7) where text[index] != UInt8(ascii: ".") {
            var changed = text
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            await #expect(throws: VerificationError.self) {
                try await verifier.verifyBearer(String(decoding: changed, as: UTF8.self))
            }
        }
    }

    // MARK: Issuer and times

    @Test(arguments: ["https://test.maskinporten.no", "https://TEST.maskinporten.no/", "https://evil.example.no/"])
    func `another issuer, also by a slash, is refused`(issuer: String) async throws {
        let text = try changed { $0["iss"] = .string(issuer) }
        await #expect(throws: VerificationError.issuer(issuer)) { try await verifier().verifyBearer(text) }
        let none = try changed { $0["iss"] = nil }
        await #expect(throws: VerificationError.issuer(nil)) { try await verifier().verifyBearer(none) }
    }

    @Test func `a token ends in the second of its exp, without leeway unless one is set`() async throws {
        let text = try Sample.token()
        clock.advance(by: .seconds(119))
        _ = try await verifier().verifyBearer(text)
        clock.advance(by: .seconds(1))
        let end = FakeClock.start + 120
        await #expect(throws: VerificationError.expired(at: end, now: end)) { try await verifier().verifyBearer(text) }
        clock.advance(by: .seconds(4))
        _ = try await verifier { $0.expiryLeeway = 5 }.verifyBearer(text)
        clock.advance(by: .seconds(1))
        await #expect(throws: VerificationError.expired(at: end, now: end + 5)) {
            try await verifier { $0.expiryLeeway = 5 }.verifyBearer(text)
        }
    }

    @Test(arguments: ["iat", "nbf"]) func `a start up to ten seconds ahead is taken`(name: String) async throws {
        let fitting = try changed { $0[name] = 1_795_000_010 }
        _ = try await verifier().verifyBearer(fitting)
        let ahead = try changed { $0[name] = 1_795_000_011 }
        let error = VerificationError.notYetValid(claim: name, at: FakeClock.start + 11, now: FakeClock.start)
        await #expect(throws: error) { try await verifier().verifyBearer(ahead) }
    }

    @Test func `a token's age can be limited`() async throws {
        let text = try changed { $0["exp"] = 1_795_007_200 }
        clock.advance(by: .seconds(60))
        _ = try await verifier { $0.maximumAge = 60 }.verifyBearer(text)
        clock.advance(by: .seconds(1))
        await #expect(throws: VerificationError.tooOld(issuedAt: FakeClock.start, limit: 60)) {
            try await verifier { $0.maximumAge = 60 }.verifyBearer(text)
        }
    }

    @Test(arguments: ["exp", "iat", "client_id", "scope", "consumer"])
    func `a claim that is demanded must be there`(name: String) async throws {
        let text = try changed { $0[name] = nil }
        await #expect(throws: VerificationError.claim(name)) { try await verifier().verifyBearer(text) }
    }

    static let malformed: [(String, JSONValue)] = [
        ("exp", "1795000120"), ("exp", -1), ("exp", .array([])), ("iat", nil), ("nbf", "x"), ("aud", 1), ("aud", [1]),
        ("client_id", ""), ("scope", ["a:b"]), ("scope", "nocolon"), ("consumer", "0192:991825827"),
        ("consumer", ["ID": "0192:991825827"]), ("consumer", ["authority": "a", "ID": ""]), ("supplier", "x"),
        ("delegation_source", 1), ("client_amr", true), ("jti", 7),
    ]

    @Test(arguments: malformed.indices) func `a malformed claim is refused by name`(index: Int) async throws {
        let (name, value) = Self.malformed[index]
        let text = try changed { $0[name] = value }
        await #expect(throws: VerificationError.claim(name)) { try await verifier().verifyBearer(text) }
    }

    // MARK: Audience and binding

    static let mine = "https://api.example.no/income"

    static let audiences: [(JSONValue?, VerificationPolicy.Audience, Bool)] = [
        (nil, .mineIfPresent([mine]), true), (nil, .required([mine]), false), (nil, .ignored, true),
        ("unspecified", .mineIfPresent([mine]), true), ("unspecified", .required([mine]), false),
        (.string(mine), .mineIfPresent([mine]), true), (.string(mine), .required([mine]), true),
        (.strings(["https://other.example.no", mine]), .required([mine]), true),
        (.strings(["https://other.example.no"]), .mineIfPresent([mine]), false),
        (.string(mine + "/"), .mineIfPresent([mine]), false), (.string(mine), .mineIfPresent([]), false),
        ("https://other.example.no", .ignored, true), (.array([]), .required([mine]), false),
        (.array([]), .mineIfPresent([mine]), true),
    ]

    @Test(arguments: audiences.indices) func `a token for another API is refused`(index: Int) async throws {
        let (audience, rule, isTaken) = Self.audiences[index]
        let text = try changed { $0["aud"] = audience }
        let verifier = try verifier { $0.audience = rule }
        if isTaken {
            _ = try await verifier.verifyBearer(text)
        } else {
            let error = await #expect(throws: VerificationError.self) { try await verifier.verifyBearer(text) }
            #expect(error?.check == .audience)
        }
    }

    static let bindings: [JSONValue] = [
        ["jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"],
        ["x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"],
        [:],
    ]

    @Test(arguments: bindings.indices) func `a token that is bound to a key is refused as bearer`(
        index: Int
    ) async throws {
        let text = try changed { $0["cnf"] = Self.bindings[index] }
        await #expect(throws: VerificationError.bound) { try await verifier().verifyBearer(text) }
    }

    @Test func `a binding that says nothing is refused as malformed`() async throws {
        let text = try changed { $0["cnf"] = JSONValue.null }
        let error = await #expect(throws: VerificationError.self) { try await verifier().verifyBearer(text) }
        #expect(error?.check == .claims)
    }

    @Test func `a token that says to be of another type than bearer is refused`() async throws {
        let dpop = try changed { $0["token_type"] = "DPoP" }
        await #expect(throws: VerificationError.bound) { try await verifier().verifyBearer(dpop) }
        let none = try changed { $0["token_type"] = nil }
        _ = try await verifier().verifyBearer(none)
    }

    @Test func `a payload with a member twice is refused`() async throws {
        let payload = Array(#"{"iss":"https://test.maskinporten.no/","iss":"x"}"#.utf8)
        let text = try CompactJWS.sign(
            header: ["kid": "k1", "alg": "RS256"],
            payload: payload,
            with: Sample.rsa,
            algorithm: .rs256
        )
        let error = await #expect(throws: VerificationError.self) { try await verifier().verifyBearer(text) }
        #expect(error?.check == .form)
    }

    @Test func `no description holds a national identity number`() async throws {
        let text = try changed { $0["pid"] = "25886999479" }
        let token = try await verifier().verifyBearer(text)
        var dumped = ""
        dump(token, to: &dumped)
        #expect(!"\(token) \(dumped)".contains("25886999479"))
        #expect(token.claims["pid"] == "25886999479")
    }
}
