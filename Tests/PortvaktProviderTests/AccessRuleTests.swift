import JOSE
import Testing
import Vocabulary

@testable import PortvaktProvider

@Suite("Access rules, and what is answered when they do not hold (RFC 6750 §3)")
struct AccessRuleTests {
    private func token(_ change: (inout JSONObject) -> Void = { _ in }) throws -> VerifiedToken {
        var claims = Sample.claims
        change(&claims)
        var policy = VerificationPolicy(issuer: Sample.issuer)
        policy.audience = .ignored
        return try policy.checkClaims(claims, shown: .bearer, at: FakeClock.start)
    }

    private static let read = made { try ScopeName(parsing: "exampledir:register.read") }
    private static let other = made { try ScopeName(parsing: "exampledir:register.delete") }
    private static let consumer = made { try OrganisationNumber(parsing: "991825827") }
    private static let stranger = made { try OrganisationNumber(parsing: "310000124") }
    private static let supplied: @Sendable (inout JSONObject) -> Void = {
        $0["supplier"] = ["authority": "iso6523-actorid-upis", "ID": "0192:310000124"]
        $0["delegation_source"] = "https://tt02.altinn.no/"
    }

    static let rules: [(AccessRule, AccessRule.Denial?, isSupplied: Bool)] = [
        (.scope(read), nil, false), (.scope(other), .scope([other]), false), (.anyScope([other, read]), nil, false),
        (.anyScope([other]), .scope([other]), false), (.anyScope([]), .scope([]), false),
        (.scopePrefix(read.prefix), nil, false), (.consumer(in: [consumer]), nil, false),
        (.consumer(in: [stranger]), .consumer, false), (.consumer(in: []), .consumer, false),
        (.noSupplier, nil, false), (.noSupplier, .supplier, true), (.supplier(in: [stranger]), nil, true),
        (.supplier(in: [consumer]), .supplier, true), (.supplier(in: []), nil, false), (.allOf([]), nil, false),
        (.supplierAllowed, nil, true), (.supplierAllowed, nil, false), (.delegationSource([]), nil, false),
        (.delegationSource(["https://tt02.altinn.no/"]), nil, true),
        (.delegationSource(["https://tt02.altinn.no"]), .delegationSource, true),
        (.delegationSource([]), .delegationSource, true),
        (.allOf([.scope(read), .consumer(in: [stranger])]), .consumer, false),
        (.anyOf([.scope(other), .scope(read)]), nil, false), (.anyOf([]), AccessRule.Denial.none([]), false),
        (.anyOf([.scope(other), .noSupplier]), AccessRule.Denial.none([.scope([other]), .supplier]), true),
        (.audience("https://a.example.no"), .audience, false), (.custom("office hours") { _ in true }, nil, false),
        (.custom("office hours") { _ in false }, .custom("office hours"), false),
    ]

    @Test(arguments: rules.indices) func `a rule holds or names what is missing`(index: Int) throws {
        let (rule, denial, isSupplied) = Self.rules[index]
        let token = try token(isSupplied ? Self.supplied : { _ in })
        if let denial {
            #expect(throws: VerificationError.access(denial)) { try token.require(rule) }
        } else {
            try token.require(rule)
        }
    }

    @Test func `a consumer of another scheme is in no set of organisations`() throws {
        let token = try token { $0["consumer"] = ["authority": "etsi-en-319-412", "ID": "0192:991825827"] }
        #expect(throws: VerificationError.access(.consumer)) { try token.require(.consumer(in: [Self.consumer])) }
    }

    @Test func `a supplier whose token names no register is refused where one is demanded`() throws {
        let token = try token {
            Self.supplied(&$0)
            $0["delegation_source"] = nil
        }
        #expect(throws: VerificationError.access(.delegationSource)) {
            try token.require(.delegationSource(["https://tt02.altinn.no/"]))
        }
        try token.require(.supplierAllowed)
    }

    static let challenges: [(VerificationError, Int, String?)] = [
        (
            .access(.scope([read])), 403,
            #"Bearer realm="api", error="insufficient_scope", "#
                + #"error_description="the scope `exampledir:register.read` is missing", scope="exampledir:register.read""#
        ),
        (
            .access(.none([.scope([read, other]), .supplier, .scope([read])])), 403,
            #"Bearer realm="api", error="insufficient_scope", error_description="one of the scopes "#
                + #"`exampledir:register.read`, `exampledir:register.delete` is missing, and the supplier is not "#
                + #"admitted here, and the scope `exampledir:register.read` is missing", "#
                + #"scope="exampledir:register.read exampledir:register.delete""#
        ),
        (
            .access(.consumer), 403,
            #"Bearer realm="api", error="insufficient_scope", error_description="the consumer is not admitted here""#
        ),
        (
            .signature, 401,
            #"Bearer realm="api", error="invalid_token", error_description="the signature does not hold""#
        ),
        (
            .request(.repeated), 400,
            #"Bearer realm="api", error="invalid_request", "#
                + #"error_description="the `Authorization` field stands more than once""#
        ),
        (.key(.unavailable("down")), 503, nil),
        (
            .issuer("https://evil\"\r\nSet-Cookie: \u{E5}"), 401,
            #"Bearer realm="api", error="invalid_token", "#
                + #"error_description="`iss` is `https://evil???Set-Cookie: ?`, another issuer""#
        ),
    ]

    @Test(arguments: challenges.indices) func `an error becomes a challenge, and a problem with the same facts`(
        index: Int
    ) throws {
        let (error, status, authenticate) = Self.challenges[index]
        let challenge = Challenge(error)
        #expect(challenge.status == status)
        #expect(challenge.authenticate == authenticate)
        #expect(challenge.retryAfter == (status == 503 ? 5 : nil))
        #expect(challenge.problem["status"] == .integer(Int64(status)))
        #expect(challenge.problem["code"]?.string == error.code)
        for member in ["error", "scope"] {
            guard let text = challenge.problem[member]?.string else { continue }
            #expect(authenticate?.contains("\(member)=\"\(text)\"") == true)
        }
    }

    @Test func `what a token brought along does not blow up the answer`() throws {
        let challenge = Challenge(.key(.unknownKey(String(repeating: "\u{1F511}", count: 20_000))))
        #expect(try #require(challenge.authenticate).utf8.count < 600)
        #expect(try #require(challenge.problem["detail"]?.string).count == 403)
    }

    @Test func `why the issuer does not answer is not told`() {
        let challenge = Challenge(.key(.unavailable("keys.internal: connection refused")))
        #expect(challenge.problem["detail"] == "the keys of the tokens' issuer cannot be had at present")
        #expect(challenge.problem["error"] == nil)
    }

    @Test func `a request without a token is told no error, but the scopes to ask for`() {
        #expect(Challenge.tokenMissing().authenticate == #"Bearer realm="api""#)
        let rule = AccessRule.allOf([.scope(Self.read), .noSupplier, .anyOf([.scope(Self.other), .scope(Self.read)])])
        let challenge = Challenge.tokenMissing(for: rule, realm: "register")
        #expect(challenge.status == 401)
        #expect(
            challenge.authenticate
                == #"Bearer realm="register", scope="exampledir:register.read exampledir:register.delete""#
        )
        #expect(challenge.problem["error"] == nil)
    }

    @Test func `each check has an error that names it`() {
        let now = FakeClock.start
        let errors: [VerificationError] = [
            .request(.inQuery), .malformed(.parts(1)), .malformedHeader("kid"), .type(nil), .criticalHeader("crit"),
            .algorithm(nil),
            .key(.unknownKey("k")), .key(.unavailable("x")), .signature, .issuer(nil), .expired(at: now, now: now),
            .notYetValid(claim: "nbf", at: now, now: now), .tooOld(issuedAt: now, limit: 1), .audience([]), .bound,
            .claim("scope"), .revoked(status: 1), .statusMissing, .status(.claim), .status(.unavailable("x")),
            .proofRequired, .notBound, .proof(.signature), .proof(.nonceMissing), .proofMemory, .access(.consumer),
            .access(.scope([])),
        ]
        #expect(Set(errors.map(\.check)) == Set(VerificationError.Check.allCases))
        #expect(Set(errors.map(\.code)) == Set(VerificationError.codes))
        #expect(VerificationError.codes == VerificationError.codes.sorted())
        #expect(errors.allSatisfy { !$0.description.isEmpty && !$0.description.hasSuffix(".") })
    }
}
