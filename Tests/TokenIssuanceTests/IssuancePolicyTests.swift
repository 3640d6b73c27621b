import Clients
import JOSE
import LibCrypto
import Organisations
import Scopes
import TestSupport
import Testing
import Vocabulary

@testable import TokenIssuance

private let now = Timestamp(seconds: 1_795_000_000)

/// One client with one key, one scope with an access grant; each test changes one thing.
private struct World {
    let owner: OrganisationNumber
    let provider: OrganisationNumber
    var client: Client
    var organisation: Organisation
    var mainUnit: Organisation?
    var scopes: [Scope]
    var accesses: [ScopeName: ScopeAccess]
    var resource: ResourceIndicator?
    var pid: NationalIdentityNumber?
    var distress = DistressPolicy.warn
    var usedKey: ClientKey
    var isAddressedToEndpoint = false
    var consumerPrefixes: [ScopePrefix] = []
    var actingFor = ActingFor.owner

    init() throws {
        owner = try #require(OrganisationNumber(stem: 31_000_000))
        provider = try #require(OrganisationNumber(stem: 31_000_005))
        let read = Scope(
            name: try ScopeName(parsing: "demo:fish.read"),
            owner: provider,
            description: "Read",
            created: now,
            origin: "cli"
        )
        client = Client(
            id: try ClientID(parsing: "client-1"),
            owner: owner,
            name: "Client",
            scopes: [read.name],
            created: now
        )
        usedKey = ClientKey(
            id: try KeyID(parsing: "key-1"),
            algorithm: .es256,
            publicKey: TestKeys.p256.publicKey,
            thumbprint: JWK(TestKeys.p256.publicKey, keyID: "key-1", algorithm: .es256).thumbprint(),
            created: now,
            expires: now + .days(365)
        )
        client.keys = [usedKey]
        client.authentication = .registeredKey
        organisation = Organisation(
            number: owner,
            kind: .mainUnit,
            name: "FISK AS",
            form: Organisation.Form(code: "AS", description: nil)
        )
        scopes = [read]
        accesses = [read.name: ScopeAccess(scope: read.name, consumer: owner, created: now, origin: "cli")]
    }

    /// Another scope of the provider, on the client and granted.
    mutating func addScope(_ name: String, _ change: (inout Scope) -> Void = { _ in }) throws {
        var scope = Scope(
            name: try ScopeName(parsing: name),
            owner: provider,
            description: "",
            created: now,
            origin: "cli"
        )
        change(&scope)
        scopes.append(scope)
        client.scopes.append(scope.name)
        accesses[scope.name] = ScopeAccess(scope: scope.name, consumer: owner, created: now, origin: "cli")
    }

    func decide(asking names: [String]? = nil, at time: Timestamp = now) throws -> AccessTokenClaims {
        let asked = try names?.map { try ScopeName(parsing: $0) } ?? scopes.map(\.name)
        let grant = AuthenticatedGrant(
            requester: .client(client),
            credential: .key(usedKey),
            isClientCredentials: false,
            scopes: asked,
            resource: resource,
            pid: pid,
            actingFor: actingFor,
            detail: nil,
            claims: [],
            certificates: [],
            tokenID: TokenID("token-1"),
            isAddressedToEndpoint: isAddressedToEndpoint
        )
        let facts = IssuanceFacts(
            revision: 7,
            client: client,
            consumer: OrganisationStanding(of: organisation, mainUnit: mainUnit),
            consumerPrefixes: consumerPrefixes,
            scopes: asked.map { name in
                IssuanceFacts.ScopeFacts(
                    name: name,
                    scope: scopes.first { $0.name == name },
                    access: accesses[name]
                )
            }
        )
        let policy = IssuancePolicy(
            issuer: try Issuer(parsing: "https://as.example.no/"),
            distress: distress,
            administrationAudience: "http://127.0.0.1:7081/"
        )
        return try policy.decide(grant, given: facts, at: time)
    }

    func refusal(asking names: [String]? = nil, at time: Timestamp = now) throws -> Refusal? {
        do {
            _ = try decide(asking: names, at: time)
            return nil
        } catch let refusal as Refusal {
            return refusal
        }
    }

    func scopeFault(asking names: [String]? = nil, at time: Timestamp = now) throws -> Refusal.ScopeFault? {
        guard case .scopes(let refusals) = try refusal(asking: names, at: time) else { return nil }
        return refusals.first?.fault
    }
}

@Suite("DESIGN §2.5: the decision")
struct IssuancePolicyTests {
    @Test func `gives what was asked for`() throws {
        let claims = try World().decide()
        #expect(claims.scopes.map(\.rawValue) == ["demo:fish.read"])
        #expect(claims.lifetime == 120)
        #expect(claims.issuedAt == now)
        #expect(claims.headerType == "JWT")
        #expect(claims.algorithm == .rs256)
        #expect(claims.audience == nil)
        #expect(claims.clientAMR == .privateKeyJWT)
        #expect(!claims.isConsumerDistressed)
    }

    // MARK: Client

    @Test func `refuses a disabled client`() throws {
        var world = try World()
        world.client.isActive = false
        #expect(try world.refusal() == .clientDisabled(world.client.id))
    }

    @Test func `refuses a key that was removed since it was checked`() throws {
        var world = try World()
        world.client.keys = []
        #expect(try world.refusal() == .keyUnknown(world.usedKey.id))
    }

    @Test func `refuses another key under the same identifier`() throws {
        var world = try World()
        world.client.keys = [
            ClientKey(
                id: world.usedKey.id,
                algorithm: .es256,
                publicKey: TestKeys.p256.publicKey,
                thumbprint: "another",
                created: now,
                expires: now + 1
            )
        ]
        #expect(try world.refusal() == .keyUnknown(world.usedKey.id))
    }

    @Test func `refuses a key in the second it ends`() throws {
        let world = try World()
        let end = world.usedKey.expires
        #expect(try world.refusal(at: end) == .keyExpired(world.usedKey.id, expired: end))
        #expect(try world.refusal(at: end - 1) == nil)
    }

    @Test func `refuses the token endpoint as audience once the switch is off again`() throws {
        var world = try World()
        world.isAddressedToEndpoint = true
        let refusal = Refusal.audience(
            received: ["https://as.example.no/token"],
            expected: "https://as.example.no/"
        )
        #expect(try world.refusal() == refusal)
        world.client.acceptsTokenEndpointAudience = true
        #expect(try world.refusal() == nil)
    }

    // MARK: Organisation

    @Test func `refuses a deleted organisation`() throws {
        var world = try World()
        let day = try #require(CalendarDate(parsing: "2026-05-01"))
        world.organisation.deleted = day
        #expect(try world.refusal() == .organisation(world.owner, .impeded(.deleted(day))))
    }

    @Test func `marks, allows or refuses a bankrupt organisation as it is set`() throws {
        var world = try World()
        world.organisation.distress.bankrupt = true
        #expect(try world.decide().isConsumerDistressed)
        world.distress = .allow
        #expect(try !world.decide().isConsumerDistressed)
        world.distress = .refuse
        #expect(try world.refusal() == .organisation(world.owner, .distressed))
    }

    @Test func `a sub-unit stands or falls with its main unit`() throws {
        var world = try World()
        let parent = try #require(OrganisationNumber(stem: 31_000_009))
        var subUnit = Organisation(
            number: world.owner,
            kind: .subUnit,
            name: "FISK AVD BODØ",
            form: Organisation.Form(code: "BEDR", description: nil)
        )
        subUnit.parent = parent
        world.organisation = subUnit
        #expect(try world.refusal() == .organisation(world.owner, .impeded(.mainUnitDeleted(parent))))
        var mainUnit = Organisation(
            number: parent,
            kind: .mainUnit,
            name: "FISK AS",
            form: Organisation.Form(code: "AS", description: nil)
        )
        world.mainUnit = mainUnit
        #expect(try world.decide().consumer == .organisation(world.owner))
        mainUnit.distress.bankrupt = true
        world.mainUnit = mainUnit
        #expect(try world.decide().isConsumerDistressed)
        mainUnit.isDeleted = true
        world.mainUnit = mainUnit
        #expect(try world.refusal() == .organisation(world.owner, .impeded(.mainUnitDeleted(parent))))
    }

    // MARK: Scopes

    @Test func `refuses scopes that are unknown, not on the client, inactive or of another type`() throws {
        var world = try World()
        #expect(try world.scopeFault(asking: ["demo:unknown"]) == .unknown)
        world.scopes[0].isActive = false
        #expect(try world.scopeFault() == .inactive)
        world.scopes[0].isActive = true
        world.scopes[0].allowedIntegrationTypes = ["idporten"]
        #expect(try world.scopeFault() == .integrationType(allowed: ["idporten"]))
        world.scopes[0].allowedIntegrationTypes = ["idporten", "maskinporten"]
        #expect(try world.scopeFault() == nil)
        world.client.scopes = []
        #expect(try world.scopeFault() == .notOnClient)
    }

    @Test func `a scope with an end gives tokens until that very second`() throws {
        var world = try World()
        world.scopes[0].activeUntil = "\(now + 1)"
        #expect(try world.scopeFault() == nil)
        world.scopes[0].activeUntil = "\(now)"
        #expect(try world.scopeFault() == .inactive)
        world.scopes[0].activeUntil = "no time"
        #expect(try world.scopeFault() == .inactive)
    }

    @Test func `refuses without access, and says which condition fails`() throws {
        var world = try World()
        let name = world.scopes[0].name
        world.accesses[name]?.state = .denied
        #expect(try world.scopeFault() == .impeded(.denied))
        world.accesses[name]?.state = .requested
        #expect(try world.scopeFault() == .impeded(.requested))
        world.accesses[name]?.state = .approved
        world.accesses[name]?.validFrom = now + 1
        #expect(try world.scopeFault() == .impeded(.notYet(from: now + 1)))
        world.accesses[name]?.validFrom = now
        #expect(try world.scopeFault() == nil)
        world.accesses[name]?.validUntil = now
        #expect(try world.scopeFault() == .impeded(.ended(until: now)))
        world.accesses[name]?.validUntil = now + 1
        #expect(try world.scopeFault() == nil)
        world.scopes[0].requiredTermsVersion = "2"
        world.accesses[name]?.acceptedTermsVersion = "1"
        #expect(try world.scopeFault() == .impeded(.terms(required: "2", accepted: "1")))
        world.accesses[name]?.acceptedTermsVersion = "2"
        #expect(try world.scopeFault() == nil)
        world.accesses = [:]
        #expect(try world.scopeFault() == .notGranted)
        world.scopes[0].requiredTermsVersion = nil
        world.scopes[0].isAccessibleForAll = true
        #expect(try world.scopeFault() == nil)
    }

    @Test func `one scope refused refuses all, and each has its own reason`() throws {
        var world = try World()
        try world.addScope("demo:fish.write")
        try world.addScope("demo:fish.sell") { $0.isActive = false }
        world.accesses[world.scopes[1].name] = nil
        let refusal = try #require(try world.refusal(asking: ["demo:fish.read", "demo:fish.write", "demo:fish.sell"]))
        #expect(
            refusal
                == .scopes([
                    .init(scope: world.scopes[1].name, fault: .notGranted, consumer: world.owner),
                    .init(scope: world.scopes[2].name, fault: .inactive, consumer: world.owner),
                ])
        )
        // The check that comes first names the code.
        #expect(refusal.code == .scopeInactive)
    }

    // MARK: Audience

    @Test func `copies the resource to the audience in the form it came in`() throws {
        var world = try World()
        world.resource = .one("https://a.no/api")
        #expect(try world.decide().audience == "https://a.no/api")
        world.resource = .many(["https://b.no", "https://a.no"])
        #expect(try world.decide().audience == ["https://b.no", "https://a.no"])
    }

    @Test func `puts the enforced audience and refuses another`() throws {
        var world = try World()
        world.scopes[0].enforcedAudience = "https://a.no"
        #expect(try world.decide().audience == "https://a.no")
        world.resource = .one("https://a.no")
        #expect(try world.decide().audience == "https://a.no")
        world.resource = .many(["https://a.no", "https://b.no"])
        #expect(try world.refusal() == .resource("https://b.no", .enforced("https://a.no")))
        world.resource = nil
        try world.addScope("demo:other") { $0.enforcedAudience = "https://c.no" }
        #expect(try world.refusal() == .resource(nil, .enforced("https://a.no https://c.no")))
    }

    @Test func `refuses a resource that a scope does not allow`() throws {
        var world = try World()
        world.scopes[0].allowedResources = ["https://a.no"]
        world.resource = .one("https://a.no")
        #expect(try world.refusal() == nil)
        world.resource = .one("https://b.no")
        #expect(try world.refusal() == .resource("https://b.no", .notAllowed(by: world.scopes[0].name)))
    }

    @Test func `an RFC 9068 token needs an audience and is not mixed with others`() throws {
        var world = try World()
        world.scopes[0].headerType = .accessToken
        #expect(try world.refusal() == .resource(nil, .required(by: world.scopes[0].name)))
        world.resource = .one("https://a.no")
        let claims = try world.decide()
        #expect(claims.headerType == "at+jwt")
        #expect(claims.payload()["sub"] == "client-1")
        try world.addScope("demo:plain")
        #expect(try world.refusal() == .scopesIncompatible(demand: "typ", scopes: world.scopes.map(\.name)))
    }

    @Test func `a token that administers this server is for it alone and short`() throws {
        var world = try World()
        try world.addScope("idporten:dcr.read") { $0.maximumTokenAge = 3_600 }
        world.client.accessTokenLifetime = 3_600
        let claims = try world.decide(asking: ["idporten:dcr.read"])
        #expect(claims.audience == "http://127.0.0.1:7081/")
        #expect(claims.lifetime == 120)
        #expect(try world.refusal() == .scopesIncompatible(demand: "audience", scopes: world.scopes.map(\.name)))
    }

    @Test func `names the consumer's prefixes where facts hold them, and those only for Altinn's own scopes`() throws {
        var world = try World()
        #expect(try world.decide().payload()["consumer_prefix"] == nil)
        world.consumerPrefixes = [try ScopePrefix(parsing: "fisk"), try ScopePrefix(parsing: "havn")]
        #expect(try world.decide().payload()["consumer_prefix"] == ["fisk", "havn"])
        let client = world.client.id
        func needs(_ scope: String) throws -> Bool {
            FactsQuery(client: client, scopes: [try ScopeName(parsing: scope)]).needsConsumerPrefixes
        }
        #expect(try needs("altinn:maskinporten/delegations"))
        #expect(try needs("altinn:resourceregistry/resource.write"))
        #expect(try !needs("altinn:serviceowner"))
        #expect(try !needs("demo:fish.read"))
    }

    // MARK: Lifetime, algorithm, person

    @Test(
        arguments: [
            (nil, 0, 120), (600, 0, 600), (nil, 30, 30), (600, 30, 30), (20, 30, 20), (100_000, 0, 7_200), (0, 0, 120),
        ] as [(Int64?, Int64, Int64)]
    )
    func `takes the lowest non-zero lifetime`(client: Int64?, scope: Int64, expected: Int64) throws {
        var world = try World()
        world.client.accessTokenLifetime = client.map { Seconds($0) }
        world.scopes[0].maximumTokenAge = Seconds(scope)
        #expect(try world.decide().lifetime == Seconds(expected))
    }

    @Test func `signs as the scopes agree`() throws {
        var world = try World()
        world.scopes[0].signingAlgorithm = "ES256"
        #expect(try world.decide().algorithm == .es256)
        try world.addScope("demo:other")
        #expect(
            try world.refusal() == .scopesIncompatible(demand: "signing_algorithm", scopes: world.scopes.map(\.name))
        )
    }

    @Test func `asks for the person or refuses it as the scope says`() throws {
        var world = try World()
        let number = try #require(
            (0...99).lazy.compactMap {
                NationalIdentityNumber(parsing: "018190123" + ($0 < 10 ? "0\($0)" : "\($0)"))
            }.first
        )
        world.scopes[0].pid = .required
        #expect(try world.refusal() == .pid(required: true, scope: world.scopes[0].name))
        world.pid = number
        #expect(try world.decide().payload()["pid"] == .string(number.exposed))
        world.scopes[0].pid = .refused
        #expect(try world.refusal() == .pid(required: false, scope: world.scopes[0].name))
        world.scopes[0].pid = .allowed
        #expect(try world.refusal() == nil)
    }
}
