import JOSE
import LibCrypto
import StatusLists
import Testing
import Vocabulary

@testable import PortvaktProvider

@Suite("Token verifier: what is done about ended tokens")
struct StatusPolicyTests {
    /// Says one thing of every token, and counts how often it was asked.
    struct FixedStatus: StatusSource {
        let answer: Result<UInt8, StatusListError>

        func status(of reference: StatusReference) async throws(StatusListError) -> UInt8 { try answer.get() }
    }

    private func verify(
        _ policy: StatusPolicy,
        _ answer: Result<UInt8, StatusListError>,
        claim: JSONValue? = StatusReference(index: 3, uri: RemoteStatusListTests.uri).claim
    ) async throws(VerificationError) {
        var claims = Sample.claims
        claims["status"] = claim
        var rules = VerificationPolicy(issuer: Sample.issuer)
        rules.status = policy
        let verifier = TokenVerifier(
            policy: rules,
            keys: LocalKeySet(made { try JWKSet([Sample.jwk("k1", Sample.rsa)]) }),
            statuses: FixedStatus(answer: answer),
            clock: FakeClock()
        )
        let text = made { try Sample.token(claims) }
        _ = try await verifier.verifyBearer(text)
    }

    @Test(arguments: [StatusPolicy.whenPresent, .whenAvailable, .required])
    func `an ended token is refused, a living one passes`(policy: StatusPolicy) async throws {
        try await verify(policy, .success(0))
        await #expect(throws: VerificationError.revoked(status: 1)) { try await verify(policy, .success(1)) }
        await #expect(throws: VerificationError.revoked(status: 2)) { try await verify(policy, .success(2)) }
    }

    @Test func `without a policy nothing is looked up`() async throws {
        try await verify(.ignored, .success(1))
        try await verify(.ignored, .failure(.unavailable("down")), claim: "nonsense")
    }

    @Test func `a token without a status passes unless one is demanded`() async throws {
        for claim in [JSONValue?.none, .some(["other_mechanism": [:]])] {
            try await verify(.whenPresent, .success(1), claim: claim)
            try await verify(.whenAvailable, .success(1), claim: claim)
            await #expect(throws: VerificationError.statusMissing) {
                try await verify(.required, .success(0), claim: claim)
            }
        }
    }

    @Test func `a status that cannot be read is no good status`() async throws {
        for policy in [StatusPolicy.whenPresent, .whenAvailable, .required] {
            await #expect(throws: VerificationError.status(.claim)) {
                try await verify(policy, .success(0), claim: ["status_list": ["idx": -1, "uri": "https://a.example"]])
            }
            await #expect(throws: VerificationError.status(.claim)) {
                try await verify(policy, .success(0), claim: "revoked")
            }
        }
    }

    @Test func `what cannot be had fails closed, but where the provider chose otherwise`() async throws {
        let down = StatusListError.unavailable("down")
        for policy in [StatusPolicy.whenPresent, .required] {
            await #expect(throws: VerificationError.status(down)) { try await verify(policy, .failure(down)) }
        }
        try await verify(.whenAvailable, .failure(down))
        // Only an outage: a list that was tampered with is none.
        let refused = StatusListError.refused("its signature does not hold")
        await #expect(throws: VerificationError.status(refused)) { try await verify(.whenAvailable, .failure(refused)) }
    }

    @Test func `the challenge tells an ended token from a list that cannot be had`() {
        let ended = Challenge(.revoked(status: 1))
        #expect(ended.status == 401)
        #expect(
            ended.authenticate
                == #"Bearer realm="api", error="invalid_token", error_description="it was ended before its time (status 1)""#
        )
        #expect(ended.problem["code"] == "token_revoked")
        let unknown = Challenge(.status(.unavailable("10.0.0.1 does not answer")))
        #expect(unknown.status == 503)
        #expect(unknown.authenticate == nil)
        #expect(unknown.retryAfter == 5)
        #expect(unknown.problem["code"] == "token_status_unavailable")
        #expect(unknown.problem["detail"] == "whether the token was ended cannot be known at present")
        #expect(Challenge(.statusMissing).status == 401)
    }
}
