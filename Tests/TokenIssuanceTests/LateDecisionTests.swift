import AuditLedger
import Clients
import Delegations
import Dispatch
import EnterpriseCertificates
import JOSE
import LibCrypto
import Organisations
import Scopes
import TestAuthority
import TestSupport
import Testing
import Vocabulary

@testable import TokenIssuance

private let arrival = Timestamp(seconds: 1_795_000_000)
private let audience = "https://as.example.no/"

@Suite("A decision that waited long for the writer is taken again, at the writer's time", .timeLimit(.minutes(5)))
struct LateDecisionTests {
    private let store = JoinedStore()
    private let clock = FixedClock(arrival)
    private let writer: LedgerWriter<JoinedStore>
    private let issuer: TokenIssuer

    init() throws {
        let identifier = try Issuer(parsing: audience)
        writer = LedgerWriter(
            store: store,
            settings: LedgerWriterSettings(window: ReplayWindow(lifetime: 120, skew: GrantRules.skew)),
            clock: clock
        )
        let authority = try CertificateAuthority(.buypass, keys: .small, at: arrival)
        var files = [TrustStore.File(name: "root.pem", contents: Array(authority.root.pem.utf8))]
        files.append(try #require(BundledTrust.profile(for: .test)))
        let ring = SigningKeyRing([
            SigningKeyRing.Key(
                record: SigningKeyRecord(
                    id: try KeyID(parsing: "signing-1"),
                    algorithm: .rs256,
                    published: arrival,
                    activates: arrival
                ),
                privateKey: TestKeys.otherRSA
            )
        ])
        issuer = TokenIssuer(
            clock: clock,
            authenticator: ClientAuthenticator(
                registry: store.facts,
                certificates: try EnterpriseCertificateValidator(trust: TrustStore(files: files), revocation: .off),
                rules: GrantRules(issuer: identifier, acceptsSyntheticPersons: true),
                tokenIDs: CountingTokenIDs()
            ),
            registry: store.facts,
            policy: IssuancePolicy(issuer: identifier, administrationAudience: "https://admin.example.no/"),
            possession: PossessionRules(issuer: identifier),
            ledger: WriterIssuanceLedger(writer: writer, signer: TokenSigner(ring: ring))
        )
    }

    /// Asks for a token while the writer is held, lets so much time go by, and then lets the writer go on.
    private func issue(afterWaiting span: Seconds, expires: Seconds = 90) async throws -> IssuedToken {
        var mint = AssertionMint(client: "client-1", audience: audience, scope: "demo:a", at: arrival, kid: "key-1")
        mint.claims["exp"] = .integer((arrival + expires).seconds)
        let body =
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=\(try mint.signed(by: TestKeys.rsa))"
        let form = try TokenForm(parsing: Array(body.utf8), mediaType: "application/x-www-form-urlencoded")
        let trace = RequestTrace(traceID: TraceID(high: 0, low: 1), remoteAddress: "127.0.0.1")
        try await writer.start()
        let gate = DispatchSemaphore(value: 0)
        async let held: Void = writer.perform { _ in gate.wait() }
        while writer.queueLength < 1 { await Task.yield() }
        async let token = issuer.issue(form, proofs: PossessionProofs(), trace: trace)
        while writer.queueLength < 2 { await Task.yield() }
        clock.advance(by: span)
        gate.signal()
        try await held
        do {
            let issued = try await token
            await writer.stop()
            return issued
        } catch {
            await writer.stop()
            throw error
        }
    }

    private func times(of token: IssuedToken) throws -> [Int64?] {
        let claims = try CompactJWS(parsing: token.accessToken, maximumLength: 8_192).payloadObject()
        return [claims["iat"]?.integer, claims["exp"]?.integer]
    }

    /// A client whose key ends so long after the request came.
    private func fill(keyExpiringAfter span: Seconds = 1_000) throws {
        try store.fill(keyExpires: arrival + span)
    }

    @Test func `up to two seconds it stands as it was taken when the request came`() async throws {
        try fill()
        let token = try await issue(afterWaiting: IssuanceDecision.freshness)
        let times = try times(of: token)
        #expect(times == [arrival.seconds, arrival.seconds + token.expiresIn + 1])
        #expect(store.ledger.events.map(\.time) == [arrival])
    }

    @Test func `after that the token counts from the writer's time`() async throws {
        try fill()
        let late = arrival + 3
        let token = try await issue(afterWaiting: 3)
        let times = try times(of: token)
        #expect(times == [late.seconds, late.seconds + token.expiresIn + 1])
        #expect(store.ledger.events.map(\.kind) == [.tokenIssued])
        #expect(store.ledger.events.map(\.time) == [late])
    }

    @Test func `a key that ended meanwhile gives no token, and the ledger says when and why`() async throws {
        try fill(keyExpiringAfter: 3)
        let expired = Refusal.keyExpired(try KeyID(parsing: "key-1"), expired: arrival + 3)
        await #expect {
            try await issue(afterWaiting: 3)
        } throws: { error in
            (error as? RefusedRequest)?.refusal == expired
        }
        #expect(store.ledger.events.map(\.kind) == [.tokenRefused])
        #expect(store.ledger.events.map(\.time) == [arrival + 3])
    }

    @Test func `a key that ended within the two seconds was good when the request came`() async throws {
        try fill(keyExpiringAfter: 2)
        _ = try await issue(afterWaiting: 2)
        #expect(store.ledger.events.map(\.kind) == [.tokenIssued])
    }

    @Test func `an assertion that ended meanwhile, with the leeway of its end, gives no token`() async throws {
        try fill()
        await #expect {
            try await issue(afterWaiting: 11, expires: 1)
        } throws: { error in
            (error as? RefusedRequest)?.refusal == .assertionExpired(expires: arrival + 1, now: arrival + 11)
        }
        #expect(store.ledger.events.map(\.kind) == [.tokenRefused])
    }
}

/// Ledger and facts behind one transaction, as a database has them.
private final class JoinedStore: LedgerStore {
    let ledger = InMemoryLedgerStore()
    let facts = InMemoryFacts()

    func transaction<Result>(_ body: (JoinedTransaction) throws -> Result) throws -> Result {
        try ledger.transaction { try body(JoinedTransaction(ledger: $0, facts: facts)) }
    }

    /// One client that may have one scope.
    func fill(keyExpires: Timestamp) throws {
        let owner = try #require(OrganisationNumber(stem: 31_000_000))
        let scope = Scope(
            name: try ScopeName(parsing: "demo:a"),
            owner: try #require(OrganisationNumber(stem: 31_000_005)),
            description: "A",
            created: arrival - 1,
            origin: "cli"
        )
        var client = Client(
            id: try ClientID(parsing: "client-1"),
            owner: owner,
            name: "Client",
            scopes: [scope.name],
            created: arrival - 1
        )
        client.authentication = .registeredKey
        client.keys = [
            ClientKey(
                id: try KeyID(parsing: "key-1"),
                algorithm: .rs256,
                publicKey: TestKeys.rsa.publicKey,
                thumbprint: "thumb",
                created: arrival - 1,
                expires: keyExpires
            )
        ]
        facts.put(
            Organisation(number: owner, kind: .mainUnit, name: "FISK AS", form: .init(code: "AS", description: nil))
        )
        facts.put(scope)
        facts.put(ScopeAccess(scope: scope.name, consumer: owner, created: arrival - 1, origin: "cli"))
        facts.put(client)
    }
}

private struct JoinedTransaction: LedgerTransaction, FactsReader, DelegationUseStore, ConsentUseStore, StatusListStore {
    let ledger: InMemoryLedgerTransaction
    let facts: InMemoryFacts

    var revision: Int64 {
        get throws { facts.facts(for: FactsQuery(client: try ClientID(parsing: "client-1"), scopes: [])).revision }
    }

    var clockRecord: ClockRecord { ledger.clockRecord }

    func append(_ event: LedgerEvent, claiming claims: [ReplayClaim]) throws -> LedgerPosition {
        try ledger.append(event, claiming: claims)
    }

    func store(_ record: ClockRecord) { ledger.store(record) }

    func storeStray(_ claims: [HeldClaim]) { ledger.storeStray(claims) }

    func visitClaims(mark: Timestamp, window: ReplayWindow, _ visit: (HeldClaim) -> Void) throws {
        try ledger.visitClaims(mark: mark, window: window, visit)
    }

    func facts(for query: FactsQuery) throws -> IssuanceFacts { facts.facts(for: query) }

    // Tokens of these tests rest on no delegation and no consent, and have no place in a list.
    func noteUse(of delegations: [ScopeDelegation], at now: Timestamp) {}
    func noteUse(of consent: ConsentRequest, at now: Timestamp) {}
    func put(_ entry: StatusEntry, at place: StatusPlace) -> Bool { true }
}
