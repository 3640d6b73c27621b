import Clients
import Delegations
import EnterpriseCertificates
import Foundation
import JOSE
import LibCrypto
import Organisations
import Scopes
import TestAuthority
import TestSupport
import Testing
import Vocabulary

@testable import TokenIssuance

/// Draws that a seed repeats (SplitMix64).
struct Draws {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True in so many of a hundred draws.
    mutating func chance(_ percent: UInt64) -> Bool { next() % 100 < percent }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(next() % UInt64(elements.count))] }
}

/// One generated installation and one request to it: facts as a store would give them, and a question about the request.
struct ExplanationWorld: FactsRegistry {
    static let now = Timestamp(seconds: 1_795_000_000)
    static let issuer = "https://as.example.no/"
    static let names = ["demo:a", "demo:b", "other:c", "idporten:dcr.read"]

    static func number(_ stem: Int) -> OrganisationNumber { OrganisationNumber(stem: stem) ?? number(stem + 1) }

    static let owner = number(31_000_000)
    static let supplier = number(31_000_005)
    static let consumer = number(31_000_009)
    static let provider = number(31_000_012)

    var clients: [ClientID: Client] = [:]
    var scopes: [ScopeName: Scope] = [:]
    var accesses: [ScopeName: [OrganisationNumber: ScopeAccess]] = [:]
    var delegations: [ScopeName: [ScopeDelegation]] = [:]
    var agreements: [ScopeName: ProcessorAgreement] = [:]
    var units: [OrganisationNumber: Organisation] = [:]
    var detail: DetailFacts?
    var distress = DistressPolicy.warn
    var question: ExplanationQuestion
    var detailClaim: JSONValue?

    var policy: IssuancePolicy {
        get throws {
            IssuancePolicy(
                issuer: try Issuer(parsing: Self.issuer),
                distress: distress,
                administrationAudience: "https://admin.example.no/",
                pseudonyms: PseudonymKey(bytes: [UInt8](repeating: 7, count: PseudonymKey.length))
            )
        }
    }

    init(seed: UInt64) throws {
        var draws = Draws(seed: seed)
        let id = try ClientID(parsing: "client-1")
        question = ExplanationQuestion(client: id, scopes: [])
        distress = draws.pick([.warn, .allow, .refuse])
        for number in [Self.owner, Self.supplier, Self.consumer] where draws.chance(97) {
            var unit = Organisation(
                number: number,
                kind: .mainUnit,
                name: "AS",
                form: .init(code: "AS", description: nil)
            )
            if draws.chance(4) { unit.isDeleted = true }
            unit.distress.bankrupt = draws.chance(6)
            units[number] = unit
        }
        try drawScopes(&draws)
        if draws.chance(97) { clients[id] = try drawClient(id, &draws) }
        try drawQuestion(&draws)
    }

    // MARK: Drawing

    private mutating func drawScopes(_ draws: inout Draws) throws {
        for text in Self.names {
            let name = try ScopeName(parsing: text)
            guard draws.chance(96) else { continue }
            var scope = Scope(name: name, owner: Self.provider, description: "", created: Self.now, origin: "cli")
            scope.isActive = draws.chance(96)
            scope.visibility = draws.pick([.everyone, .restricted])
            if draws.chance(5) { scope.allowedIntegrationTypes = draws.pick([["idporten"], ["maskinporten"]]) }
            scope.isAccessibleForAll = draws.chance(15)
            scope.delegationSource = draws.pick(["internal", "internal", "internal", nil, "https://other.example.no/"])
            if draws.chance(12) { scope.requiredTermsVersion = "2" }
            scope.allowsUnprovenSupplier = draws.chance(60)
            scope.requiresProcessorAgreement = draws.chance(20)
            scope.requiresDPoP = draws.chance(6)
            scope.requiresClientCertificate = draws.chance(4)
            scope.pid = draws.pick([.allowed, .allowed, .allowed, .allowed, .required, .refused])
            if draws.chance(8) { scope.headerType = .accessToken }
            if draws.chance(8) { scope.signingAlgorithm = draws.pick(["RS256", "ES256"]) }
            if draws.chance(10) { scope.enforcedAudience = draws.pick(["https://api.example.no/", "https://b.no/"]) }
            if draws.chance(8) { scope.allowedResources = ["https://api.example.no/"] }
            if draws.chance(30) { scope.maximumTokenAge = Seconds(Int64(draws.next() % 300)) }
            scopes[name] = scope
            for number in [Self.owner, Self.supplier, Self.consumer] where draws.chance(90) {
                accesses[name, default: [:]][number] = drawAccess(name, number, &draws)
            }
            if draws.chance(85) { delegations[name] = [try drawDelegation(name, &draws)] }
            if draws.chance(70) {
                var agreement = ProcessorAgreement(
                    scope: name,
                    consumer: Self.consumer,
                    supplier: Self.owner,
                    reference: "A",
                    created: Self.now
                )
                if draws.chance(20) { agreement.validUntil = Self.now + draws.pick([-1, 0, 1]) }
                agreements[name] = agreement
            }
        }
    }

    private func drawAccess(_ scope: ScopeName, _ number: OrganisationNumber, _ draws: inout Draws) -> ScopeAccess {
        var access = ScopeAccess(scope: scope, consumer: number, created: Self.now, origin: "cli")
        access.state = draws.pick([
            .approved, .approved, .approved, .approved, .approved, .approved, .requested, .denied,
        ])
        if draws.chance(10) { access.validFrom = Self.now + draws.pick([-1, 0, 1]) }
        if draws.chance(10) { access.validUntil = Self.now + draws.pick([-1, 0, 1]) }
        access.acceptedTermsVersion = draws.pick([nil, "1", "2", "2"])
        return access
    }

    private func drawDelegation(_ scope: ScopeName, _ draws: inout Draws) throws -> ScopeDelegation {
        ScopeDelegation(
            id: DelegationIDSource.system.next(),
            consumer: Self.consumer,
            supplier: Self.owner,
            resource: try #require(ResourceID(of: scope)),
            since: Self.now - 10,
            until: draws.chance(15) ? Self.now + draws.pick([-1, 0, 1]) : nil,
            basis: .operator
        )
    }

    private func drawClient(_ id: ClientID, _ draws: inout Draws) throws -> Client {
        let names = try Self.names.filter { _ in draws.chance(95) }.map { try ScopeName(parsing: $0) }
        var client = Client(id: id, owner: Self.owner, name: "Client", scopes: names, created: Self.now)
        if draws.chance(10) { client.supplier = Self.supplier }
        client.isActive = draws.chance(96)
        client.requiresDPoP = draws.chance(4)
        client.requiresClientCertificate = draws.chance(3)
        client.acceptsTokenEndpointAudience = draws.chance(50)
        if draws.chance(30) { client.accessTokenLifetime = Seconds(Int64(draws.next() % 400)) }
        client.onBehalfOf = [
            OnBehalfOfEntry(value: "kunde", consumer: Self.consumer, name: "Kunde", created: Self.now)
        ]
        guard draws.chance(90) else { return client }
        client.authentication = .registeredKey
        for name in ["key-1", "key-2"] where draws.chance(92) {
            client.keys.append(
                ClientKey(
                    id: try KeyID(parsing: name),
                    algorithm: .es256,
                    publicKey: TestKeys.p256.publicKey,
                    thumbprint: "thumb-\(name)",
                    created: Self.now - 100,
                    expires: Self.now + draws.pick([-1, 0, 1, 1_000, 1_000, 2_000])
                )
            )
        }
        return client
    }

    private mutating func drawQuestion(_ draws: inout Draws) throws {
        var asked = try Self.names.filter { _ in draws.chance(35) }.map { try ScopeName(parsing: $0) }
        if asked.isEmpty { asked = [try ScopeName(parsing: "demo:a")] }
        question = ExplanationQuestion(client: question.client, scopes: asked)
        question.actingFor = draws.pick([
            .owner, .owner, .owner, .consumer(Self.consumer), .consumer(Self.consumer), .consumer(Self.owner),
            .onBehalfOf("kunde"), .onBehalfOf("ukjent"),
        ])
        if draws.chance(30) {
            question.resource = .one(draws.pick(["https://api.example.no/", "https://x.example.no/"]))
        }
        question.namesPerson = draws.chance(20)
        question.provesKey = draws.chance(25)
        question.showsCertificate = draws.chance(20)
        if draws.chance(15) { question.key = try KeyID(parsing: draws.pick(["key-1", "key-2", "key-3"])) }
        if draws.chance(20) { drawDetail(&draws) }
    }

    private mutating func drawDetail(_ draws: inout Draws) {
        let id = UUID()
        // With `consumer_org` beside it there would be no question to ask: reading one refuses that.
        if question.actingFor == .owner, draws.chance(50) {
            question.detail = .systemUser(owner: Self.consumer, externalRef: nil)
            detailClaim = [
                [
                    "type": "urn:altinn:systemuser",
                    "systemuser_org": ["authority": "iso6523-actorid-upis", "ID": .string(Self.consumer.iso6523)],
                ]
            ]
            detail = .systemUser(.failure(draws.pick(SystemUserLookupFailure.allCases)), owner: nil)
            return
        }
        question.detail = .consent(id, from: .organisation(Self.supplier))
        detailClaim = [
            [
                "type": "urn:altinn:consent", "id": .string(id.uuidString.lowercased()),
                "from": .string("urn:altinn:organization:identifier-no:\(Self.supplier)"),
            ]
        ]
        var consent = ConsentRequest(
            id: id,
            from: .organisation(draws.chance(90) ? Self.supplier : Self.provider),
            to: draws.chance(80) ? Self.owner : Self.consumer,
            validTo: Self.now + draws.pick([-1, 0, 1, 1_000]),
            rights: [],
            redirectURL: "https://x.no/",
            template: "t",
            isOneTime: false,
            created: Self.now - 10
        )
        consent.answer = draws.pick([.accepted, .accepted, .accepted, .revoked, .created])
        let unit = units[Self.supplier]
        detail = .consent(
            draws.chance(95) ? consent : nil,
            from: unit.map { OrganisationStanding(of: $0, mainUnit: nil) }
        )
    }

    // MARK: Facts, as the store gives them

    func client(_ id: ClientID) async throws -> Client? { clients[id] }

    func currentClient(_ id: ClientID) async throws -> Client? { clients[id] }

    func isBlocked(certificate thumbprint: String) async throws -> Bool { false }

    func facts(for query: FactsQuery) -> IssuanceFacts {
        let client = clients[query.client]
        let parties = client.flatMap { GrantParties(of: $0, actingFor: query.actingFor) }
        return IssuanceFacts(
            revision: 1,
            client: client,
            consumer: parties.flatMap { standing($0.consumer) },
            supplier: parties?.supplier.flatMap { standing($0) },
            scopes: query.scopes.map { name in
                IssuanceFacts.ScopeFacts(
                    name: name,
                    scope: scopes[name],
                    access: parties.flatMap { accesses[name]?[$0.consumer] },
                    supplierAccess: parties?.pattern == .unproven
                        ? parties?.supplier.flatMap { accesses[name]?[$0] } : nil,
                    delegations: parties?.pattern == .delegated ? delegations[name] ?? [] : [],
                    processorAgreement: parties?.supplier == nil ? nil : agreements[name]
                )
            },
            detail: query.detail == nil ? nil : detail
        )
    }

    private func standing(_ number: OrganisationNumber) -> OrganisationStanding? {
        units[number].map { OrganisationStanding(of: $0, mainUnit: nil) }
    }
}
