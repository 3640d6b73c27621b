import JOSE
import LibCrypto
import TestSupport
import Testing
import Vocabulary

@testable import TokenIssuance

private let now = Timestamp(seconds: 1_795_000_000)
private let mint = AssertionMint(
    client: "client-1",
    audience: "https://as.example.no/",
    scope: "demo:fish.read demo:fish.write",
    at: now,
    jti: "one",
    kid: "key-1"
)

private func parse(
    _ mint: AssertionMint,
    as kind: UnverifiedAssertion.Kind = .grant
) throws -> UnverifiedAssertion {
    try UnverifiedAssertion(parsing: mint.signed(by: TestKeys.rsa), as: kind)
}

@Suite("RFC 7515 §4, RFC 8725: the header of an assertion")
struct AssertionHeaderTests {
    @Test func `reads a registered key`() throws {
        let assertion = try parse(mint)
        #expect(assertion.credential == .key(try KeyID(parsing: "key-1")))
        #expect(assertion.algorithm == .rs256)
    }

    @Test func `reads certificates`() throws {
        let x5c: JSONValue = ["AQID", "BAU="]
        let assertion = try parse(mint.with(header: ["kid": JSONValue?.none, "x5c": x5c]))
        #expect(assertion.credential == .certificates([[1, 2, 3], [4, 5]]))
    }

    @Test(arguments: ["JWT", "jwt", "application/jwt", "Application/JWT"])
    func `takes the type of a JWT`(type: String) throws {
        #expect(try parse(mint.with(header: ["typ": .string(type)])).algorithm == .rs256)
    }

    @Test(arguments: [
        "at+jwt", "dpop+jwt", "oauth-authz-req+jwt", "logout+jwt", "token-introspection+jwt", "secevent+jwt",
        "client-authentication+jwt", "application/at+jwt", "", "JWT ",
    ])
    func `refuses the type of another kind of JWT`(type: String) {
        #expect(throws: Refusal.headerType(received: type)) { try parse(mint.with(header: ["typ": .string(type)])) }
    }

    @Test(arguments: ["client-authentication+jwt", "application/Client-Authentication+JWT", "JWT"])
    func `takes the type of a client assertion as that only`(type: String) throws {
        let client = AssertionMint(client: "c", audience: "a", scope: nil, at: now, kid: "k")
            .with(header: ["typ": .string(type)], claims: ["sub": "c"])
        #expect(try parse(client, as: .clientAuthentication).kind == .clientAuthentication)
    }

    @Test(arguments: ["jwk", "jku", "x5u", "crit", "b64", "enc", "zip", "epk", "p2c"])
    func `refuses by name what would let the sender choose key or meaning`(name: String) {
        #expect(throws: Refusal.headerMember(name, fault: .forbidden)) { try parse(mint.with(header: [name: ["x"]])) }
    }

    @Test(arguments: ["none", "None", "nOnE", "", "HS256", "RS256 ", "rs256", "ES256K", "RSA-OAEP"])
    func `refuses an algorithm that is not served`(name: String) {
        #expect(throws: Refusal.headerAlgorithm(received: name, expected: JWSAlgorithm.allCases.map(\.rawValue))) {
            try parse(mint.with(header: ["alg": .string(name)]))
        }
    }

    @Test(
        arguments: [
            (["alg": JSONValue?.none], Refusal.headerMember("alg", fault: .missing)),
            (["alg": 1], .headerMember("alg", fault: .malformed)),
            (["alg": ["RS256"]], .headerMember("alg", fault: .malformed)),
            (["typ": true], .headerMember("typ", fault: .malformed)),
            (["kid": 7], .headerMember("kid", fault: .malformed)),
            (["kid": ""], .headerMember("kid", fault: .malformed)),
            (["kid": "../../etc/passwd"], .headerMember("kid", fault: .malformed)),
            (["kid": "a' OR 1=1 --"], .headerMember("kid", fault: .malformed)),
            (["kid": "a\u{0}"], .headerMember("kid", fault: .malformed)),
            (["kid": .string(String(repeating: "k", count: 256))], .headerMember("kid", fault: .tooLong)),
            (["x5c": ["AQID"]], .credentialAmbiguous),
            (["kid": .none], .credentialMissing),
            (["kid": .none, "x5c": "AQID"], .x5cNotArray),
            (["kid": .none, "x5c": []], .x5cNotArray),
            (["kid": .none, "x5c": ["AQID", "not base64"]], .x5cElement(index: 1)),
            (["kid": .none, "x5c": ["AQID", 3]], .x5cElement(index: 1)),
            (["kid": .none, "x5c": [""]], .x5cElement(index: 0)),
            (
                ["kid": .none, "x5c": .array(Array(repeating: "AQID", count: 11))],
                .x5cElement(index: 10)
            ),
        ] as [([String: JSONValue?], Refusal)]
    )
    func `refuses a faulty header`(changes: [String: JSONValue?], refusal: Refusal) {
        #expect(throws: refusal) { try parse(mint.with(header: changes)) }
    }

    @Test func `refuses what is no signed JWT`() {
        #expect(throws: Refusal.assertionMalformed(.parts(2))) { try UnverifiedAssertion(parsing: "a.b", as: .grant) }
        #expect(throws: Refusal.assertionMalformed(.encryption)) {
            try UnverifiedAssertion(parsing: "a.b.c.d.e", as: .grant)
        }
        #expect(throws: Refusal.assertionMalformed(.tooLong(limit: UnverifiedAssertion.maximumLength))) {
            try UnverifiedAssertion(
                parsing: String(repeating: "a", count: UnverifiedAssertion.maximumLength + 1),
                as: .grant
            )
        }
    }
}

@Suite("Maskinporten JWT grant: the claims of an assertion")
struct AssertionClaimsTests {
    @Test func `reads the claims of a grant`() throws {
        let changes: [String: JSONValue?] = [
            "resource": ["https://a.no", "https://b.no"], "nbf": 1_795_000_000, "sub": "stray", "pid": "01013300050",
        ]
        let claims = try? parse(mint.with(claims: changes)).unverifiedClaims
        // The end user's number has its own suite; here it may be refused for its digits only.
        if let claims { #expect(claims.scopes.map(\.rawValue) == ["demo:fish.read", "demo:fish.write"]) }
        let plain = try parse(mint.with(claims: changes.merging(["pid": JSONValue?.none]) { $1 })).unverifiedClaims
        #expect(plain.client.rawValue == "client-1")
        #expect(plain.audience == ["https://as.example.no/"])
        #expect(plain.issuedAt == now)
        #expect(plain.expires == now + 90)
        #expect(plain.notBefore == now)
        #expect(plain.tokenID == "one")
        #expect(plain.resource == .many(["https://a.no", "https://b.no"]))
    }

    @Test(arguments: ["1795000000.9", "1.795e9", "1795000000.0"])
    func `floors a fractional NumericDate`(source: String) throws {
        let value = try JSONValue(parsing: Array(source.utf8))
        #expect(try parse(mint.with(claims: ["iat": value])).unverifiedClaims.issuedAt == now)
    }

    @Test(
        arguments: [
            (["iss": JSONValue?.none], Refusal.claim("iss", fault: .missing)),
            (["iss": 7], .claim("iss", fault: .malformed)),
            (["iss": ""], .claim("iss", fault: .malformed)),
            (["iss": "a b"], .claim("iss", fault: .malformed)),
            (["iss": "cafe\u{301}"], .claim("iss", fault: .malformed)),
            (["aud": .none], .claim("aud", fault: .missing)),
            (["aud": []], .claim("aud", fault: .malformed)),
            (["aud": [1]], .claim("aud", fault: .malformed)),
            (["iat": .none], .claim("iat", fault: .missing)),
            (["iat": "1795000000"], .claim("iat", fault: .malformed)),
            (["iat": -1], .claim("iat", fault: .malformed)),
            (["exp": 9_007_199_254_740_993], .claim("exp", fault: .malformed)),
            (["exp": .none], .claim("exp", fault: .missing)),
            (["exp": 1_795_000_000], .assertionEndsBeforeItBegins),
            (["nbf": true], .claim("nbf", fault: .malformed)),
            (["jti": ""], .claim("jti", fault: .malformed)),
            (["jti": 1], .claim("jti", fault: .malformed)),
            (["jti": .string(String(repeating: "j", count: 256))], .claim("jti", fault: .tooLong)),
            (["scope": .none], .claim("scope", fault: .missing)),
            (["scope": ""], .claim("scope", fault: .malformed)),
            (["scope": "demo:a  demo:b"], .claim("scope", fault: .malformed)),
            (["scope": " demo:a"], .claim("scope", fault: .malformed)),
            (["scope": "demo:a demo:a"], .claim("scope", fault: .malformed)),
            (["scope": "demo"], .claim("scope", fault: .malformed)),
            (["scope": "demo:a\u{200B}"], .claim("scope", fault: .malformed)),
            (["scope": ["demo:a"]], .claim("scope", fault: .malformed)),
            (["resource": "not a uri"], .resource("not a uri", .malformed)),
            (["resource": "/relative"], .resource("/relative", .malformed)),
            (["resource": "https://a.no/#x"], .resource("https://a.no/#x", .malformed)),
            (["resource": ["https://a.no", 1]], .claim("resource", fault: .malformed)),
            (["resource": 1], .claim("resource", fault: .malformed)),
            (["consumer_org": "310000001"], .claim("consumer_org", fault: .malformed)),
            (["consumer_org": "99182582"], .claim("consumer_org", fault: .malformed)),
            (["consumer_org": "0192:991825827"], .claim("consumer_org", fault: .malformed)),
            (["consumer_org": 991_825_827], .claim("consumer_org", fault: .malformed)),
            (["iss_onbehalfof": ""], .claim("iss_onbehalfof", fault: .malformed)),
            (["iss_onbehalfof": "two words"], .claim("iss_onbehalfof", fault: .malformed)),
            (["iss_onbehalfof": ["x"]], .claim("iss_onbehalfof", fault: .malformed)),
            (
                ["iss_onbehalfof": .string(String(repeating: "x", count: 256))],
                .claim("iss_onbehalfof", fault: .tooLong)
            ),
            (
                ["consumer_org": "991825827", "iss_onbehalfof": "x"],
                .claimsExclusive(["consumer_org", "iss_onbehalfof"])
            ),
            (["pid": "12345678901"], .claim("pid", fault: .malformed)),
            (["authorization_details": [["type": "urn:x"]]], .authorizationDetailsType("urn:x")),
            (["authorization_details": []], .claim("authorization_details", fault: .malformed)),
            (["consumer_orgno": "310000001"], .claimUnknown("consumer_orgno", suggestion: "consumer_org")),
            (["Scope": "demo:a"], .claimUnknown("Scope", suggestion: "scope")),
            (["vis": "x"], .claimUnknown("vis", suggestion: "iss")),
            (["colour": "red"], .claimUnknown("colour", suggestion: nil)),
        ] as [([String: JSONValue?], Refusal)]
    )
    func `refuses a faulty claim by name`(changes: [String: JSONValue?], refusal: Refusal) {
        #expect(throws: refusal) { try parse(mint.with(claims: changes)) }
    }

    @Test func `takes the longest jti and a hundred scopes, and not one more`() throws {
        let jti = String(repeating: "j", count: 255)
        #expect(try parse(mint.with(claims: ["jti": .string(jti)])).unverifiedClaims.tokenID == jti)
        let scopes = (1...100).map { "demo:s\($0)" }
        let all = try parse(mint.with(claims: ["scope": .string(scopes.joined(separator: " "))]))
        #expect(all.unverifiedClaims.scopes.count == 100)
        #expect(throws: Refusal.claim("scope", fault: .tooLong)) {
            try parse(mint.with(claims: ["scope": .string((scopes + ["demo:x"]).joined(separator: " "))]))
        }
    }

    @Test(arguments: ["scope", "resource", "consumer_org", "iss_onbehalfof", "pid"])
    func `refuses in a client assertion what only a grant may hold`(name: String) {
        let client = AssertionMint(client: "c", audience: "a", scope: nil, at: now, kid: "k")
            .with(claims: ["sub": "c", name: "x"])
        #expect(throws: Refusal.claim(name, fault: .forbidden)) { try parse(client, as: .clientAuthentication) }
    }

    @Test func `demands that a client assertion names the client twice`() {
        let client = AssertionMint(client: "c", audience: "a", scope: nil, at: now, kid: "k")
        #expect(throws: Refusal.claim("sub", fault: .missing)) { try parse(client, as: .clientAuthentication) }
        #expect(throws: Refusal.claim("sub", fault: .malformed)) {
            try parse(client.with(claims: ["sub": "d"]), as: .clientAuthentication)
        }
    }

    @Test func `uses up the jti, or the whole assertion when there is none`() throws {
        let first = try parse(mint)
        let again = try parse(mint.with(claims: ["exp": 1_795_000_100]))
        #expect(first.replayKey == again.replayKey)
        let other = try parse(mint.with(claims: ["jti": "two"]))
        #expect(first.replayKey != other.replayKey)
        let without = try parse(mint.with(claims: ["jti": JSONValue?.none]))
        let withoutLater = try parse(mint.with(claims: ["jti": JSONValue?.none, "exp": 1_795_000_100]))
        #expect(without.replayKey != withoutLater.replayKey)
        #expect(without.replayKey.count == 32)
    }
}
