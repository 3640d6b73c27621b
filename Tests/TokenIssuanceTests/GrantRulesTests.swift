import AuditLedger
import Clients
import JOSE
import LibCrypto
import TestSupport
import Testing
import Vocabulary

@testable import TokenIssuance

private let now = Timestamp(seconds: 1_795_000_000)

private func claims(issuedAt: Int64, expires: Int64, notBefore: Int64? = nil) throws -> AssertionClaims {
    let mint = AssertionMint(client: "c", audience: "a", scope: "demo:a", at: now, kid: "k")
        .with(claims: [
            "iat": .integer(now.seconds + issuedAt), "exp": .integer(now.seconds + expires),
            "nbf": notBefore.map { .integer(now.seconds + $0) },
        ])
    return try UnverifiedAssertion(parsing: mint.signed(by: TestKeys.p256), as: .grant).unverifiedClaims
}

@Suite("RFC 7523 §3 items 4 to 6: times of the assertion")
struct AssertionTimeTests {
    private let rules: GrantRules

    init() throws {
        rules = GrantRules(issuer: try Issuer(parsing: "https://as.example.no/"), acceptsSyntheticPersons: true)
    }

    @Test(
        arguments: [
            (0, 120, nil), (-110, 10, nil), (10, 20, nil), (-60, -9, nil), (0, 60, 10),
        ] as [(Int64, Int64, Int64?)]
    )
    func `accepts to the last second`(issuedAt: Int64, expires: Int64, notBefore: Int64?) throws {
        try rules.checkTimes(of: claims(issuedAt: issuedAt, expires: expires, notBefore: notBefore), at: now)
    }

    @Test func `refuses a life of one second too many`() throws {
        let claims = try claims(issuedAt: 0, expires: 121)
        #expect(throws: Refusal.assertionLifetime(121, limit: 120)) { try rules.checkTimes(of: claims, at: now) }
    }

    @Test func `accepts a longer life where it is configured`() throws {
        let longer = GrantRules(issuer: rules.issuer, maximumLifetime: 180, acceptsSyntheticPersons: true)
        try longer.checkTimes(of: claims(issuedAt: 0, expires: 180), at: now)
        let beyond = try claims(issuedAt: 0, expires: 181)
        #expect(throws: Refusal.assertionLifetime(181, limit: 180)) { try longer.checkTimes(of: beyond, at: now) }
    }

    @Test func `refuses an assertion issued eleven seconds ahead`() throws {
        let claims = try claims(issuedAt: 11, expires: 60)
        #expect(throws: Refusal.assertionNotYetValid(claim: "iat", value: now + 11, now: now)) {
            try rules.checkTimes(of: claims, at: now)
        }
    }

    @Test func `refuses an assertion that is not to be used for eleven seconds`() throws {
        let claims = try claims(issuedAt: 0, expires: 60, notBefore: 11)
        #expect(throws: Refusal.assertionNotYetValid(claim: "nbf", value: now + 11, now: now)) {
            try rules.checkTimes(of: claims, at: now)
        }
    }

    @Test func `refuses an assertion in the very second its leeway ends`() throws {
        let claims = try claims(issuedAt: -60, expires: -10)
        #expect(throws: Refusal.assertionExpired(expires: now - 10, now: now)) {
            try rules.checkTimes(of: claims, at: now)
        }
    }

    @Test func `never refuses for a past iat alone`() throws {
        try rules.checkTimes(of: claims(issuedAt: -119, expires: 1), at: now)
    }
}

@Suite("RFC 7523 §3 item 3, RFC 10070: the audience is the issuer, byte for byte")
struct AssertionAudienceTests {
    private let rules: GrantRules
    private var client: Client

    init() throws {
        rules = GrantRules(issuer: try Issuer(parsing: "https://as.example.no/"), acceptsSyntheticPersons: true)
        client = Client(
            id: try ClientID(parsing: "c"),
            owner: try OrganisationNumber(parsing: "991825827"),
            name: "c",
            scopes: [],
            created: now
        )
    }

    @Test(arguments: [UnverifiedAssertion.Kind.grant, .clientAuthentication])
    func `accepts the issuer`(kind: UnverifiedAssertion.Kind) throws {
        try rules.checkAudience(["https://as.example.no/"], of: kind, from: client)
    }

    @Test(arguments: [
        ["https://as.example.no"], ["https://as.example.no//"], ["https://AS.example.no/"],
        ["https://as.example.no:443/"], ["http://as.example.no/"], ["https://as.example.no/token"],
        ["https://as.example.no/", "https://other.no/"], ["https://as.example.no/", "https://as.example.no/"],
        ["https://xn--s-1fa.example.no/"], ["https://as.example.no\u{FF0F}"], [""], ["unspecified"],
    ])
    func `refuses everything else`(audience: [String]) {
        #expect(throws: Refusal.audience(received: audience, expected: "https://as.example.no/")) {
            try rules.checkAudience(audience, of: .grant, from: client)
        }
    }

    /// Swift's `==` takes U+212A for `K`; an issuer is compared as bytes.
    @Test func `refuses a spelling that is only canonically equivalent`() throws {
        let kelvin = GrantRules(issuer: try Issuer(parsing: "https://as.example.no/K"), acceptsSyntheticPersons: true)
        let received = ["https://as.example.no/\u{212A}"]
        #expect(throws: Refusal.audience(received: received, expected: "https://as.example.no/K")) {
            try kelvin.checkAudience(received, of: .grant, from: client)
        }
    }

    @Test mutating func `accepts the token endpoint in a grant of a client with the compatibility switch`() throws {
        client.acceptsTokenEndpointAudience = true
        let endpoint = ["https://as.example.no/token"]
        try rules.checkAudience(endpoint, of: .grant, from: client)
        #expect(throws: Refusal.audience(received: endpoint, expected: "https://as.example.no/")) {
            try rules.checkAudience(endpoint, of: .clientAuthentication, from: client)
        }
    }
}

@Suite("RFC 9449 §11.1: how long used proofs are remembered")
struct ProofMemoryTests {
    @Test func `the walk back through the ledger reaches every proof that could still be accepted`() {
        #expect(DPoPNonces.lifetime <= ReplayWindow.longestProof)
        // Without a nonce: made up to a window ahead, and good for a window after that.
        #expect(UnverifiedDPoPProof.window + UnverifiedDPoPProof.window <= ReplayWindow.longestProof)
    }
}
