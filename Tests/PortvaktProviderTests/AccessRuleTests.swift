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
        return try policy.checkClaims(claims, at: FakeClock.start)
    }

    private static let read = made { try ScopeName(parsing: "exampledir:register.read") }
    private static let other = made { try ScopeName(parsing: "exampledir:register.delete") }
    private static let consumer = made { try OrganisationNumber(parsing: "991825827") }
    private static let stranger = made { try OrganisationNumber(parsing: "310000124") }
    private static let supplied: @Sendable (inout JSONObject) -> Void = {
        $0["supplier"] = ["authority": "iso6523-actorid-upis", "ID": "0192:310000124"]
    }

    static let rules: [(AccessRule, AccessRule.Denial?, isSupplied: Bool)] = [
        (.scope(read), nil, false), (.scope(other), .scope([other]), false), (.anyScope([other, read]), nil, false),
        (.anyScope([other]), .scope([other]), false), (.anyScope([]), .scope([]), false),
        (.scopePrefix(read.prefix), nil, false), (.consumer(in: [consumer]), nil, false),
        (.consumer(in: [stranger]), .consumer, false), (.consumer(in: []), .consumer, false),
        (.noSupplier, nil, false), (.noSupplier, .supplier, true), (.supplier(in: [stranger]), nil, true),
        (.supplier(in: [consumer]), .supplier, true), (.supplier(in: []), nil, false), (.allOf([]), nil, false),
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

    static let challenges: [(VerificationError, Int, String?)] = [
        (.access(.scope([read])), 403, #"Bearer error="insufficient_scope", scope="exampledir:register.read""#),
        (
            .access(.scope([read, other])), 403,
            #"Bearer error="insufficient_scope", scope="exampledir:register.read exampledir:register.delete""#
        ),
        (
            .access(.consumer), 403,
            #"Bearer error="insufficient_scope", error_description="the consumer is not admitted here""#
        ),
        (.signature, 401, #"Bearer error="invalid_token", error_description="the signature does not hold""#),
        (.key(.unavailable("down")), 503, nil),
        (
            .issuer("https://evil\"\r\nSet-Cookie: \u{E5}"), 401,
            #"Bearer error="invalid_token", error_description="`iss` is `https://evil???Set-Cookie: ?`, another issuer""#
        ),
    ]

    @Test(arguments: challenges.indices) func `an error becomes a challenge that holds no more than it must`(index: Int)
    {
        let (error, status, authenticate) = Self.challenges[index]
        let challenge = Challenge(error)
        #expect(challenge.status == status)
        #expect(challenge.authenticate == authenticate)
    }

    @Test func `a request without a token is told no error`() {
        #expect(Challenge.tokenMissing.authenticate == "Bearer")
        #expect(Challenge.tokenMissing.status == 401)
    }

    @Test func `each check has an error that names it`() {
        let now = FakeClock.start
        let errors: [VerificationError] = [
            .malformed(.parts(1)), .malformedHeader("kid"), .type(nil), .criticalHeader("crit"), .algorithm(nil),
            .key(.unknownKey("k")), .key(.unavailable("x")), .signature, .issuer(nil), .expired(at: now, now: now),
            .notYetValid(claim: "nbf", at: now, now: now), .tooOld(issuedAt: now, limit: 1), .audience([]), .bound,
            .claim("scope"), .access(.consumer), .access(.scope([])),
        ]
        #expect(Set(errors.map(\.check)) == Set(VerificationError.Check.allCases))
        #expect(Set(errors.map(\.code)).count == errors.count - 1)
        #expect(errors.allSatisfy { !$0.description.isEmpty && !$0.description.hasSuffix(".") })
    }
}
