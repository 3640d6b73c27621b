import Clients
import Delegations
import JOSE
import LibCrypto
import Organisations
import Scopes
import TestSupport
import Testing
import Vocabulary

@testable import TokenIssuance

private let now = Timestamp(seconds: 1_795_000_000)

private func number(_ stem: Int) -> OrganisationNumber {
    guard let number = OrganisationNumber(stem: stem) else { preconditionFailure("\(stem) has no check digit") }
    return number
}

/// A supplier's client, a consumer, and scopes; each test says what was granted and delegated.
private struct World {
    let provider = number(31_000_005)
    let supplier = number(31_000_000)
    let consumer = number(31_000_009)
    var client: Client
    var key: ClientKey
    var actingFor: ActingFor
    var scopes: [Scope] = []
    /// By scope: who was granted it.
    var granted: [ScopeName: Set<OrganisationNumber>] = [:]
    var ended: [ScopeName: Set<OrganisationNumber>] = [:]
    var delegations: [ScopeName: [ScopeDelegation]] = [:]
    var agreements: [ScopeName: ProcessorAgreement] = [:]
    var deleted: Set<OrganisationNumber> = []
    var unknown: Set<OrganisationNumber> = []

    init(_ names: [String] = ["demo:fish.read"]) throws {
        actingFor = .consumer(consumer)
        client = Client(
            id: try ClientID(parsing: "client-1"),
            owner: supplier,
            name: "Client",
            scopes: [],
            created: now
        )
        key = ClientKey(
            id: try KeyID(parsing: "key-1"),
            algorithm: .es256,
            publicKey: TestKeys.p256.publicKey,
            thumbprint: JWK(TestKeys.p256.publicKey, keyID: "key-1", algorithm: .es256).thumbprint(),
            created: now,
            expires: now + .days(365)
        )
        client.keys = [key]
        client.authentication = .registeredKey
        for name in names {
            var scope = Scope(
                name: try ScopeName(parsing: name),
                owner: provider,
                description: "",
                created: now,
                origin: "cli"
            )
            scope.delegationSource = "internal"
            scopes.append(scope)
            client.scopes.append(scope.name)
            granted[scope.name] = [consumer]
            try delegate(scope.name)
        }
    }

    @discardableResult
    mutating func delegate(_ scope: ScopeName, until: Timestamp? = nil) throws -> ScopeDelegation {
        let delegation = ScopeDelegation(
            id: DelegationIDSource.system.next(),
            consumer: consumer,
            supplier: supplier,
            resource: try #require(ResourceID(of: scope)),
            since: now - 10,
            until: until,
            basis: .operator
        )
        delegations[scope, default: []].append(delegation)
        return delegation
    }

    mutating func makeUnproven() {
        for index in scopes.indices {
            scopes[index].delegationSource = nil
            scopes[index].allowsUnprovenSupplier = true
            granted[scopes[index].name] = [consumer, supplier]
        }
        delegations = [:]
    }

    private func standing(_ number: OrganisationNumber) -> OrganisationStanding? {
        guard !unknown.contains(number) else { return nil }
        var unit = Organisation(
            number: number,
            kind: .mainUnit,
            name: "AS",
            form: Organisation.Form(code: "AS", description: nil)
        )
        if deleted.contains(number) { unit.deleted = CalendarDate(parsing: "2026-05-01") }
        return OrganisationStanding(of: unit, mainUnit: nil)
    }

    private func access(_ scope: ScopeName, _ holder: OrganisationNumber?) -> ScopeAccess? {
        guard let holder, granted[scope]?.contains(holder) == true else { return nil }
        var access = ScopeAccess(scope: scope, consumer: holder, created: now - 100, origin: "cli")
        if ended[scope]?.contains(holder) == true { access.validUntil = now }
        return access
    }

    func decide(at time: Timestamp = now) throws -> AccessTokenClaims {
        let parties = GrantParties(of: client, actingFor: actingFor)
        let facts = IssuanceFacts(
            revision: 1,
            client: client,
            consumer: parties.flatMap { standing($0.consumer) },
            supplier: parties?.supplier.flatMap { standing($0) },
            scopes: scopes.map { scope in
                IssuanceFacts.ScopeFacts(
                    name: scope.name,
                    scope: scope,
                    access: access(scope.name, parties?.consumer),
                    supplierAccess: parties?.pattern == .unproven ? access(scope.name, parties?.supplier) : nil,
                    delegations: parties?.pattern == .delegated ? delegations[scope.name] ?? [] : [],
                    processorAgreement: agreements[scope.name]
                )
            }
        )
        let grant = AuthenticatedGrant(
            requester: .client(client),
            credential: .key(key),
            isClientCredentials: false,
            scopes: scopes.map(\.name),
            resource: nil,
            pid: nil,
            actingFor: actingFor,
            detail: nil,
            claims: [],
            certificates: [],
            tokenID: TokenID("token-1"),
            isAddressedToEndpoint: false
        )
        let policy = IssuancePolicy(
            issuer: try Issuer(parsing: "https://as.example.no/"),
            administrationAudience: "http://127.0.0.1:7081/"
        )
        return try policy.decide(grant, given: facts, at: time)
    }

    func refusal(at time: Timestamp = now) throws -> Refusal? {
        do {
            _ = try decide(at: time)
            return nil
        } catch let refusal as Refusal {
            return refusal
        }
    }

    func faults(at time: Timestamp = now) throws -> [Refusal.ScopeFault] {
        guard case .scopes(let refusals) = try refusal(at: time) else { return [] }
        return refusals.map(\.fault)
    }
}

@Suite("Maskinporten §7: tokens by delegation, with consumer_org")
struct DelegatedTokenTests {
    @Test func `the consumer is the customer, the supplier the client's owner, the source this server`() throws {
        let claims = try World().decide()
        let payload = claims.payload()
        let world = try World()
        #expect(
            payload["consumer"] == ["authority": "iso6523-actorid-upis", "ID": .string("0192:\(world.consumer)")]
        )
        #expect(
            payload["supplier"] == ["authority": "iso6523-actorid-upis", "ID": .string("0192:\(world.supplier)")]
        )
        #expect(payload["delegation_source"] == "https://as.example.no/")
        #expect(payload["client_orgno"] == nil)
        #expect(claims.delegations.count == 1)
    }

    @Test(arguments: [false, true])
    func `a scope that requires a processor agreement is had with one in force alone`(isUnproven: Bool) throws {
        var world = try World()
        if isUnproven {
            world.makeUnproven()
            world.client.onBehalfOf = [
                OnBehalfOfEntry(value: "kunde", consumer: world.consumer, name: "Kunde", created: now)
            ]
            world.actingFor = .onBehalfOf("kunde")
        }
        world.scopes[0].requiresProcessorAgreement = true
        let name = world.scopes[0].name
        #expect(try world.faults() == [.noProcessorAgreement(with: world.supplier)])
        var agreement = ProcessorAgreement(
            scope: name,
            consumer: world.consumer,
            supplier: world.supplier,
            reference: "Case 14",
            created: now
        )
        agreement.validUntil = now + 1
        world.agreements[name] = agreement
        #expect(try world.faults().isEmpty)
        #expect(
            try world.faults(at: now + 1) == [.processorAgreementEnded(with: world.supplier, until: now + 1)]
        )
        // One of other parties is none of theirs.
        world.agreements[name] = ProcessorAgreement(
            scope: name,
            consumer: world.provider,
            supplier: world.supplier,
            reference: "Case 15",
            created: now
        )
        #expect(try world.faults() == [.noProcessorAgreement(with: world.supplier)])
    }

    @Test func `a delegation given here is no act in another register, which cannot be looked up`() throws {
        var world = try World(["demo:a", "demo:b"])
        world.scopes[0].delegationSource = "https://tt02.altinn.no/"
        #expect(try world.faults() == [.otherRegister("https://tt02.altinn.no/")])
        let refusal = try #require(try world.refusal())
        #expect(refusal.code == .scopeNotDelegable)
        #expect(refusal.reason == "delegation_register_unreachable")
        #expect(refusal.explanation.contains("which this server cannot look up"))
        world.scopes[0].delegationSource = "https://as.example.no"
        #expect(try world.faults() == [.otherRegister("https://as.example.no")])
    }

    @Test func `a scope that names this server's issuer is delegated here, as an internal one is`() throws {
        var world = try World(["demo:a", "demo:b"])
        world.scopes[0].delegationSource = "https://as.example.no/"
        #expect(try world.decide().payload()["delegation_source"] == "https://as.example.no/")
    }

    @Test func `without a delegation nothing is told of what stands between the consumer and the scope's owner`() throws
    {
        var world = try World()
        let name = world.scopes[0].name
        world.ended[name] = [world.consumer]
        #expect(try world.faults() == [.impeded(.ended(until: now))])
        let delegations = world.delegations
        for remaining in [[:], delegations.mapValues { $0.map { ended($0) } }] {
            world.delegations = remaining
            world.ended[name] = [world.consumer]
            let hidden = try #require(try world.refusal())
            #expect(hidden.code.rawValue == "MP-250")
            #expect(hidden.reason == "access_not_granted")
            world.ended = [:]
            world.scopes[0].requiredTermsVersion = "2"
            #expect(try world.refusal() == hidden)
            world.scopes[0].requiredTermsVersion = nil
            world.granted[name] = []
            #expect(try world.refusal() == hidden)
            world.granted[name] = [world.consumer]
        }
        // Whoever acts for the consumer is told what is to be mended.
        world.delegations = delegations
        world.scopes[0].requiredTermsVersion = "2"
        #expect(try world.faults() == [.impeded(.terms(required: "2", accepted: nil))])
    }

    private func ended(_ delegation: ScopeDelegation) -> ScopeDelegation {
        var delegation = delegation
        delegation.until = now
        return delegation
    }

    @Test func `the client's own organisation is refused, after scopes that are not on the client`() throws {
        var world = try World()
        world.actingFor = .consumer(world.supplier)
        #expect(try world.refusal() == .acting(for: world.supplier, .own))
        world.client.scopes = []
        #expect(try world.faults() == [.notOnClient])
    }

    @Test func `a scope without a register of delegations cannot be delegated`() throws {
        var world = try World()
        world.scopes[0].delegationSource = nil
        #expect(try world.faults() == [.notDelegable])
        #expect(try world.refusal()?.code == .scopeNotDelegable)
    }

    @Test func `the consumer's access is looked at before the delegation`() throws {
        var world = try World()
        world.delegations = [:]
        world.granted = [:]
        #expect(try world.faults() == [.notGranted])
        #expect(try world.refusal()?.code.rawValue == "MP-250")
        world.granted[world.scopes[0].name] = [world.consumer]
        #expect(try world.faults() == [.notDelegated(to: world.supplier)])
        #expect(try world.refusal()?.code.rawValue == "MP-251")
        #expect(try world.refusal()?.explanation.contains("has not delegated access") == true)
    }

    @Test func `the supplier needs no access of its own, and having it does not help`() throws {
        var world = try World()
        world.granted[world.scopes[0].name] = [world.supplier]
        #expect(try world.faults() == [.notGranted])
    }

    @Test func `one scope that is not delegated refuses all, each with its own reason`() throws {
        var world = try World(["demo:a", "demo:b", "demo:c"])
        world.delegations[world.scopes[1].name] = nil
        world.granted[world.scopes[2].name] = []
        let refusal = try #require(try world.refusal())
        guard case .scopes(let refusals) = refusal else {
            Issue.record("\(refusal)")
            return
        }
        #expect(refusals.map(\.scope.rawValue) == ["demo:b", "demo:c"])
        #expect(refusals.map(\.fault) == [.notDelegated(to: world.supplier), .notGranted])
        // The grant is checked first (spec §2.7).
        #expect(refusal.code.rawValue == "MP-250")
    }

    @Test func `a delegation counts up to the second before its end`() throws {
        var world = try World()
        world.delegations = [:]
        let end = now + 60
        try world.delegate(world.scopes[0].name, until: end)
        #expect(throws: Never.self) { try world.decide(at: end - 1) }
        #expect(try world.faults(at: end) == [.delegationEnded(to: world.supplier, until: end)])
        #expect(try world.refusal(at: end)?.reason == "delegation_ended")
    }

    @Test func `of several delegations the one that lasts longest is named`() throws {
        var world = try World()
        world.delegations = [:]
        try world.delegate(world.scopes[0].name, until: now + 5)
        let longest = try world.delegate(world.scopes[0].name)
        try world.delegate(world.scopes[0].name, until: now - 5)
        #expect(try world.decide().delegations.map(\.id) == [longest.id])
    }

    @Test func `facts about other organisations' delegations give nothing`() throws {
        var world = try World()
        let name = world.scopes[0].name
        world.delegations[name] = world.delegations[name]?.map { delegation in
            ScopeDelegation(
                id: delegation.id,
                consumer: world.provider,
                supplier: delegation.supplier,
                resource: delegation.resource,
                since: delegation.since,
                basis: .operator
            )
        }
        #expect(try world.faults() == [.notDelegated(to: world.supplier)])
    }

    @Test func `consumer and supplier must both live`() throws {
        for stranger in [\World.consumer, \World.supplier] {
            var world = try World()
            let organisation = world[keyPath: stranger]
            world.deleted = [organisation]
            #expect(
                try world.refusal()
                    == .organisation(organisation, .impeded(.deleted(CalendarDate(parsing: "2026-05-01"))))
            )
            world.deleted = []
            world.unknown = [organisation]
            #expect(try world.refusal() == .organisation(organisation, .unknown))
        }
    }
}

@Suite("Maskinporten §5.5, §5.7, DESIGN §8: suppliers without the customer's own act")
struct UnprovenSupplierTests {
    /// One world for an on-behalf-of entry, one for a client that a supplier registered for the consumer.
    private static func worlds() throws -> [World] {
        var entry = try World()
        entry.makeUnproven()
        entry.client.onBehalfOf = [
            OnBehalfOfEntry(value: "customer-1", consumer: entry.consumer, name: "Customer", created: now)
        ]
        entry.actingFor = .onBehalfOf("customer-1")
        var owned = try World()
        owned.makeUnproven()
        owned.client = Client(
            id: owned.client.id,
            owner: owned.consumer,
            name: "Client",
            scopes: owned.client.scopes,
            created: now
        )
        owned.client.supplier = owned.supplier
        owned.client.keys = [owned.key]
        owned.client.authentication = .registeredKey
        owned.actingFor = .owner
        return [entry, owned]
    }

    @Test func `the token names both and never a delegation source`() throws {
        for world in try Self.worlds() {
            let payload = try world.decide().payload()
            #expect(payload["consumer"]?["ID"] == .string("0192:\(world.consumer)"))
            #expect(payload["supplier"]?["ID"] == .string("0192:\(world.supplier)"))
            #expect(payload["delegation_source"] == nil)
        }
    }

    @Test func `the scope's owner must allow it`() throws {
        for var world in try Self.worlds() {
            world.scopes[0].allowsUnprovenSupplier = false
            #expect(try world.faults() == [.unprovenSupplier])
            #expect(try world.refusal()?.reason == "unproven_supplier_not_allowed")
        }
    }

    @Test func `both organisations need access`() throws {
        for var world in try Self.worlds() {
            let name = world.scopes[0].name
            world.granted[name] = [world.supplier]
            #expect(try world.faults() == [.notGranted])
            world.granted[name] = [world.consumer]
            #expect(try world.faults() == [.supplierNotGranted(world.supplier)])
            #expect(try world.refusal()?.code.rawValue == "MP-250")
            world.granted[name] = [world.consumer, world.supplier]
            world.ended[name] = [world.supplier]
            #expect(try world.faults() == [.supplierImpeded(world.supplier, .ended(until: now))])
            #expect(try world.refusal()?.reason == "supplier_access_not_in_force")
            world.granted[name] = []
            world.scopes[0].isAccessibleForAll = true
            #expect(throws: Never.self) { try world.decide() }
        }
    }

    @Test func `a scope with a register of delegations is not had by on-behalf-of`() throws {
        var world = try Self.worlds()[0]
        world.scopes[0].delegationSource = "internal"
        #expect(try world.faults() == [.needsDelegation])
    }

    @Test func `a value that is not registered on the client is refused`() throws {
        var world = try Self.worlds()[0]
        world.actingFor = .onBehalfOf("Customer-1")
        #expect(try world.refusal() == .onBehalfOfUnknown)
    }

    @Test func `a client made for one consumer acts for no other`() throws {
        var world = try Self.worlds()[1]
        world.actingFor = .consumer(world.provider)
        #expect(try world.refusal() == .acting(for: world.provider, .fixed))
        world.actingFor = .consumer(world.consumer)
        #expect(try world.refusal() == .acting(for: world.consumer, .fixed))
        world.actingFor = .consumer(world.supplier)
        #expect(try world.refusal() == .acting(for: world.supplier, .own))
    }
}
