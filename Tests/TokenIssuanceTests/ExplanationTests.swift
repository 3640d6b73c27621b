import Clients
import EnterpriseCertificates
import JOSE
import LibCrypto
import Scopes
import TestAuthority
import TestSupport
import Testing
import Vocabulary

@testable import TokenIssuance

private let now = ExplanationWorld.now

/// Gives what was decided and keeps nothing.
private struct DecisionOnly: IssuanceLedger {
    func settle(_ decision: IssuanceDecision) async throws -> IssuedToken {
        switch decision.outcome {
        case .success(let claims):
            IssuedToken(
                accessToken: "",
                tokenID: claims.tokenID,
                client: claims.client,
                tokenType: claims.tokenType,
                expiresIn: claims.lifetime.count,
                scopes: claims.scopes
            )
        case .failure(let refusal): throw RefusedRequest(refusal, isAuthenticated: true)
        }
    }
}

/// Real requests, from the form on, against generated worlds.
private struct Requests {
    let authority: CertificateAuthority
    let trust: TrustStore
    var certificates: [OrganisationNumber: IssuedCertificate] = [:]

    init() throws {
        authority = try CertificateAuthority(.buypass, keys: .small, at: now)
        var files = [
            TrustStore.File(name: "root.pem", contents: Array(authority.root.pem.utf8)),
            TrustStore.File(name: "issuing.pem", contents: Array(authority.issuing.pem.utf8)),
        ]
        files.append(try #require(BundledTrust.profile(for: .test)))
        trust = try TrustStore(files: files)
        for number in [ExplanationWorld.owner, ExplanationWorld.supplier] {
            certificates[number] = try authority.issue(
                EnterpriseCertificateRequest(organisation: number, name: "FISK AS", key: TestKeys.otherRSA)
            )
        }
    }

    /// What a real request with these facts ends in: the life of the token, or the refusal.
    func outcome(in world: ExplanationWorld) async throws -> Result<Int64, Refusal> {
        let issuer = try Issuer(parsing: ExplanationWorld.issuer)
        let tokens = TokenIssuer(
            clock: FixedClock(now),
            authenticator: ClientAuthenticator(
                registry: world,
                certificates: try EnterpriseCertificateValidator(trust: trust, revocation: .off),
                rules: GrantRules(issuer: issuer, acceptsSyntheticPersons: true),
                tokenIDs: CountingTokenIDs()
            ),
            registry: world,
            policy: try world.policy,
            possession: PossessionRules(issuer: issuer),
            ledger: DecisionOnly()
        )
        let body = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=\(try assertion(in: world))"
        let form = try TokenForm(parsing: Array(body.utf8), mediaType: "application/x-www-form-urlencoded")
        let trace = RequestTrace(traceID: TraceID(high: 0, low: 1), remoteAddress: "127.0.0.1")
        do {
            return .success(try await tokens.issue(form, proofs: try proofs(in: world), trace: trace).expiresIn)
        } catch let refused as RefusedRequest {
            return .failure(refused.refusal)
        }
    }

    private func assertion(in world: ExplanationWorld) throws -> String {
        let question = world.question
        let client = world.clients[question.client]
        var mint = AssertionMint(
            client: question.client.rawValue,
            audience: ExplanationWorld.issuer,
            scope: question.scopes.map(\.rawValue).joined(separator: " "),
            at: now,
            algorithm: .es256
        )
        switch question.actingFor {
        case .owner: break
        case .consumer(let number): mint.claims["consumer_org"] = .string("\(number)")
        case .onBehalfOf(let value): mint.claims["iss_onbehalfof"] = .string(value)
        }
        if let resource = question.resource { mint.claims["resource"] = resource.claim }
        if question.namesPerson { mint.claims["pid"] = "01019010046" }
        if let detail = world.detailClaim { mint.claims["authorization_details"] = detail }
        let longest = client?.keys.max { $0.expires < $1.expires }?.id
        if let kid = question.key ?? longest {
            mint.header["kid"] = .string(kid.rawValue)
            return try mint.signed(by: TestKeys.p256)
        }
        // The client, or whoever invents one, shows the certificate of its organisation.
        let certificate = try #require(certificates[client?.holder ?? ExplanationWorld.owner])
        mint.header["alg"] = "RS256"
        mint.header["x5c"] = .array(certificate.chain.map { .string(Base64.encode($0)) })
        return try mint.signed(by: TestKeys.otherRSA)
    }

    private func proofs(in world: ExplanationWorld) throws -> PossessionProofs {
        var proofs = PossessionProofs()
        if world.question.provesKey {
            let key = TestKeys.ed25519
            let draft = DPoPProofDraft(
                method: "POST",
                url: ExplanationWorld.issuer + "token",
                identifier: "proof-1",
                issuedAt: now
            )
            let jwk = JWK(key.publicKey, keyID: nil, algorithm: nil)
            proofs.dpop = [
                try CompactJWS.sign(
                    header: DPoPProofDraft.header(key: jwk, algorithm: .preferred(for: key.kind)),
                    payload: draft.claims.encoded(),
                    with: key,
                    algorithm: .preferred(for: key.kind)
                )
            ]
        }
        if world.question.showsCertificate { proofs.clientCertificate = ClientCertificate(chain: [[0x30, 0x00]]) }
        return proofs
    }
}

@Suite("Explain: the conditions of the decision, one by one", .timeLimit(.minutes(5)))
struct ExplanationTests {
    private func explanation(in world: ExplanationWorld) throws -> IssuanceExplanation {
        try world.policy.explain(world.question, given: world.facts(for: world.question.query), at: now)
    }

    @Test func `says yes exactly when a real request gives a token, and else names the same refusal`() async throws {
        let requests = try Requests()
        var answers: [String: Int] = [:]
        for seed in UInt64(0)..<3_000 {
            let world = try ExplanationWorld(seed: seed)
            let explanation = try explanation(in: world)
            switch try await requests.outcome(in: world) {
            case .success(let lifetime):
                #expect(explanation.refusal == nil, "seed \(seed)")
                #expect(explanation.lifetime?.count == lifetime, "seed \(seed)")
                #expect(!explanation.conditions.contains { $0.result.isNo }, "seed \(seed)")
                answers["yes", default: 0] += 1
            case .failure(let refusal):
                #expect(explanation.refusal == refusal, "seed \(seed)")
                let first = explanation.conditions.first { $0.result.isNo }
                #expect(first?.isTold == true, "seed \(seed)")
                answers[refusal.reason, default: 0] += 1
            }
        }
        // The worlds are worth something only when they end in many ways.
        #expect(answers["yes", default: 0] > 100)
        #expect(answers.count > 25, "\(answers)")
    }

    @Test func `every condition of a yes holds, and of a no somebody can mend each that fails`() throws {
        for seed in UInt64(0)..<1_000 {
            let explanation = try explanation(in: ExplanationWorld(seed: seed))
            for condition in explanation.conditions {
                #expect(condition.result.isNo != condition.menders.isEmpty, "seed \(seed): \(condition.name)")
            }
        }
    }

    @Test func `a scope's owner sees its own rules and grants, and nothing that names the client's side`() throws {
        var hasShown: Set<String> = []
        for seed in UInt64(0)..<1_000 {
            let world = try ExplanationWorld(seed: seed)
            let explanation = try explanation(in: world)
            let viewer = ExplanationViewer.organisation(
                ExplanationWorld.provider,
                readsClients: true,
                readsScopes: true
            )
            guard let view = ExplanationView(of: explanation, for: viewer) else { continue }
            let text = JSONValue.object(view.json).text()
            for number in [ExplanationWorld.owner, ExplanationWorld.supplier, ExplanationWorld.consumer] {
                #expect(!text.contains("\(number)"), "seed \(seed)")
            }
            #expect(["no", "not_shown"].contains(view.answer))
            for row in view.rows where row["result"]?.string != "not_shown" {
                hasShown.insert(try #require(row["condition"]?.string))
            }
        }
        let own: Set<String> = [
            "scope_exists", "scope_active", "scope_integration_type", "scope_delegable", "scope_without_delegation",
            "scope_unproven_supplier", "consumer_access", "supplier_access", "scopes_together", "person",
            "token_header_typ", "resource", "token_signing_alg",
        ]
        #expect(hasShown == own)
    }

    @Test func `the client's holder sees of others' data what a token request tells, and no more`() throws {
        var hidden: Set<String> = []
        for seed in UInt64(0)..<1_500 {
            let world = try ExplanationWorld(seed: seed)
            guard let client = world.clients[world.question.client] else { continue }
            let explanation = try explanation(in: world)
            let view = try #require(
                ExplanationView(
                    of: explanation,
                    for: .organisation(client.holder, readsClients: true, readsScopes: false)
                )
            )
            #expect(view.answer == (explanation.isYes ? "yes" : "no"))
            for condition in explanation.conditions where !view.isShown(condition) {
                hidden.insert(condition.name)
                #expect(!condition.isTold)
            }
        }
        #expect(hidden.contains("consumer_access"))
        #expect(!hidden.contains("client_active"))
    }

    @Test func `a stranger sees nothing, whatever its token lets it read`() throws {
        let world = try ExplanationWorld(seed: 1)
        let explanation = try explanation(in: world)
        let stranger = ExplanationWorld.number(31_999_999)
        #expect(
            ExplanationView(of: explanation, for: .organisation(stranger, readsClients: true, readsScopes: true)) == nil
        )
        let owner = ExplanationViewer.organisation(ExplanationWorld.owner, readsClients: false, readsScopes: true)
        #expect(ExplanationView(of: explanation, for: owner) == nil)
    }

    @Test func `an unknown client is told apart from nobody's business`() throws {
        var world = try ExplanationWorld(seed: 1)
        world.clients = [:]
        let explanation = try explanation(in: world)
        #expect(explanation.refusal == .clientUnknown("client-1"))
        #expect(explanation.conditions.first?.result.isNo == true)
        #expect(explanation.conditions.dropFirst().allSatisfy { $0.result == .notJudged })
    }

    // MARK: The question

    @Test func `reads a question by the names of a grant`() throws {
        let question = try ExplanationQuestion(reading: [
            "client_id": "client-1", "scope": "demo:a demo:b", "consumer_org": .string("\(ExplanationWorld.consumer)"),
            "resource": ["https://a.no/"],
            "pid": true, "dpop": true, "mtls": true, "kid": "key-1", "at": "2027-01-01T00:00:00Z",
        ])
        #expect(question.scopes.map(\.rawValue) == ["demo:a", "demo:b"])
        #expect(question.namesPerson && question.provesKey && question.showsCertificate)
        #expect(question.resource == .many(["https://a.no/"]))
        #expect(question.time == Timestamp(parsing: "2027-01-01T00:00:00Z"))
    }

    @Test(
        arguments: [
            (.object(["scope": "demo:a"]), Refusal.claim("client_id", fault: .missing)),
            (.object(["client_id": "c"]), .claim("scope", fault: .missing)),
            (.object(["client_id": "c", "scope": "demo:a demo:a"]), .claim("scope", fault: .malformed)),
            (.object(["client_id": "c", "scope": "demo:a  demo:b"]), .claim("scope", fault: .malformed)),
            (.object(["client_id": "c", "scope": "demo:a", "pid": "01019010046"]), .claim("pid", fault: .malformed)),
            (.object(["client_id": "c", "scope": "demo:a", "at": "soon"]), .claim("at", fault: .malformed)),
            (
                .object([
                    "client_id": "c", "scope": "demo:a", "consumer_org": .string("\(ExplanationWorld.consumer)"),
                    "authorization_details": [
                        [
                            "type": "urn:altinn:systemuser",
                            "systemuser_org": [
                                "authority": "iso6523-actorid-upis", "ID": .string(ExplanationWorld.consumer.iso6523),
                            ],
                        ]
                    ],
                ]), .claimsExclusive(["authorization_details", "consumer_org", "iss_onbehalfof"])
            ),
            (
                .object(["client_id": "c", "scope": "demo:a", "assertion": "x"]),
                .claimUnknown("assertion", suggestion: nil)
            ),
        ] as [(JSONValue, Refusal)]
    )
    func `refuses what is no question`(value: JSONValue, refusal: Refusal) throws {
        let object = try #require(value.object)
        #expect(throws: refusal) { try ExplanationQuestion(reading: object) }
    }
}
