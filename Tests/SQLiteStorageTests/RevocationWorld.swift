import Administration
import Clients
import Delegations
import Foundation
import JOSE
import LibCrypto
import Scopes
import TestSupport
import Testing
import Vocabulary

@testable import SQLiteStorage
@testable import TokenIssuance

/// Everything that a token or a decision can rest on, between a few organisations; each thing can be given and taken alone.
final class RevocationWorld {
    /// Something that a request can rest on.
    enum Thing: Hashable {
        case access(String, of: Int)
        case delegation(String, from: Int)
        case onBehalfOf(Int)
        case systemUser(Int)
        case consent(Int)
        case role(String, in: Int, of: UInt64)
    }

    /// Something that is asked for.
    enum Request: Hashable {
        case delegated([String], consumer: Int)
        case onBehalfOf([String], consumer: Int)
        case direct([String])
        case systemUser(owner: Int)
        case consent(Int)
        case decision(person: UInt64, for: Int)
    }

    /// Customers by their places in the register; 0 owns scopes and resources, ``supplier`` the client.
    private static let customers = [1, 2, 3]
    private static let supplier = 4
    private static let delegable = ["acme:a", "acme:b", "acme:c"]
    private static let unproven = ["acme:u", "acme:v"]
    private static let plain = "acme:plain"
    /// What bundles which scopes, beside each scope's own resource.
    private static let bundles = ["acme-ab": ["acme:a", "acme:b"], "acme-bc": ["acme:b", "acme:c"]]
    private static let persons: [UInt64] = [1, 2]
    private static let roles = ["UTINN", "APIADM"]

    private let base: DelegationWorld
    private let clientID: ClientID
    private let key: ClientKey
    private let pseudonyms: PseudonymKey
    private let system: SystemID
    private let consents: [Int: UUID]
    private var systemUsers: [Int: UUID] = [:]

    init() throws {
        base = try DelegationWorld(scopes: [])
        clientID = try ClientID(parsing: "everything")
        pseudonyms = try #require(PseudonymKey(bytes: [UInt8](repeating: 7, count: PseudonymKey.length)))
        try base.register.take(RegisterWorld.register(of: 5))
        key = ClientKey(
            id: try KeyID(parsing: "key-1"),
            algorithm: .es256,
            publicKey: TestKeys.p256.publicKey,
            thumbprint: JWK(TestKeys.p256.publicKey, keyID: "key-1", algorithm: .es256).thumbprint(),
            created: DelegationWorld.now,
            expires: DelegationWorld.now + .days(365)
        )
        system = try SystemID(parsing: "\(RegisterWorld.number(Self.supplier))_payroll")
        consents = try Dictionary(
            uniqueKeysWithValues: Self.customers.map {
                ($0, try #require(UUID(uuidString: "7f8d1b0a-5c0a-4b8a-93d1-00000000000\($0)")))
            }
        )
        try prepareScopes()
        try prepareResources()
        try prepareClient()
    }

    private func prepareScopes() throws {
        try base.act { administration in
            for name in Self.delegable + Self.unproven + [Self.plain] {
                var fields: [ScopeField: ScopeFieldValue] = [.description: .text(name)]
                if Self.delegable.contains(name) { fields[.delegationSource] = .text("internal") }
                if Self.unproven.contains(name) { fields[.allowsUnprovenSupplier] = .flag(true) }
                try administration.createScope(try ScopeName(parsing: name), fields, origin: "cli")
            }
        }
    }

    private func prepareResources() throws {
        for (id, scopes) in Self.bundles {
            let schema = try base.resource(id, bundling: scopes)
            try base.act { try $0.createResource(schema, for: .administrator) }
        }
        try base.store.transaction { transaction in
            for (name, type, rules) in [
                (
                    "acme-income", ResourceType.genericAccessResource,
                    Self.roles.map { ("urn:altinn:rolecode", $0, "read") }
                ),
                (
                    "acme-consent", .consent,
                    [
                        ("urn:altinn:rolecode", "UTINN", "consent"),
                        ("urn:altinn:partytype", "organization", "requestconsent"),
                    ]
                ),
            ] {
                let text = LocalisedText(["nb": name, "nn": name, "en": name])
                var resource = Resource(
                    identifier: try ResourceID(parsing: name),
                    type: type,
                    title: text,
                    description: text,
                    rightDescription: text,
                    competentAuthority: Resource.CompetentAuthority(organisation: self.base.provider)
                )
                if type == .consent { resource.consentTemplate = "default" }
                try transaction.put(resource, at: DelegationWorld.now)
                try transaction.setPolicy(Self.policy(name, rules), of: resource.identifier, at: DelegationWorld.now)
            }
            try transaction.raiseRevision()
        }
    }

    private func prepareClient() throws {
        var client = Client(
            id: clientID,
            owner: number(Self.supplier),
            name: "Everything",
            scopes: try (Self.delegable + Self.unproven + [Self.plain]).map { try ScopeName(parsing: $0) },
            created: DelegationWorld.now
        )
        client.keys = [key]
        client.authentication = .registeredKey
        try base.store.transaction { transaction in
            try transaction.insert(client)
            try transaction.raiseRevision()
        }
        let draft = SystemDraft(reading: [
            "id": .string(system.rawValue), "vendor": ["ID": .string(number(Self.supplier).iso6523)],
            "name": ["nb": "Lønn", "nn": "Løn", "en": "Payroll"],
            "rights": [["resource": [["id": "urn:altinn:resource", "value": "acme-income"]]]],
            "clientId": [.string(client.id.rawValue)],
        ])
        try base.act { try $0.registerSystem(draft) }
    }

    private func number(_ place: Int) -> OrganisationNumber { RegisterWorld.number(place) }

    // MARK: Things

    /// All things, in an order that is always the same.
    var things: [Thing] {
        let holders = Self.customers + [Self.supplier]
        var things = holders.flatMap { holder in
            (Self.unproven + (holder == Self.supplier ? [Self.plain] : Self.delegable)).map {
                Thing.access($0, of: holder)
            }
        }
        for customer in Self.customers {
            things += (Self.delegable + Self.bundles.keys.sorted()).map { .delegation($0, from: customer) }
            things += [.onBehalfOf(customer), .systemUser(customer), .consent(customer)]
            for person in Self.persons { things += Self.roles.map { .role($0, in: customer, of: person) } }
        }
        return things
    }

    /// Gives it by the operator's act.
    func give(_ thing: Thing) throws {
        try base.act { administration in
            switch thing {
            case .access(let scope, let holder):
                try administration.grantAccess(
                    to: try ScopeName(parsing: scope),
                    for: number(holder),
                    origin: "cli"
                )
            case .delegation(let id, let consumer):
                try administration.giveDelegation(
                    of: try resource(id),
                    from: number(consumer),
                    to: number(Self.supplier),
                    by: .operatorsAct
                )
            case .onBehalfOf(let consumer):
                try administration.putOnBehalfOf(
                    "customer-\(consumer)",
                    standingFor: number(consumer),
                    name: "Customer",
                    on: clientID
                )
            case .systemUser(let owner):
                let draft = SystemUserRequestDraft(
                    system: system,
                    customer: number(owner),
                    externalRef: nil,
                    rights: [SystemRight(resource: try ResourceID(parsing: "acme-income"))],
                    packages: [],
                    redirectURL: nil
                )
                let request = try administration.requestSystemUser(draft, kind: .standard).value
                let user = try administration.approveSystemUserRequest(request.id, on: .operatorsAct).value
                systemUsers[owner] = user.id
            case .consent(let giver):
                let draft = ConsentDraft(reading: try consentBody(of: giver))
                let consent = try administration.requestConsent(draft, under: pseudonyms).value
                try administration.acceptConsent(consent.id, on: .operatorsAct)
            case .role(let role, let organisation, let person):
                try administration.giveRole(
                    try #require(RoleCode(parsing: role)),
                    for: number(organisation),
                    to: .person(.sample(person)),
                    by: .operatorsAct
                )
            }
        }
    }

    /// Takes it away by the act that takes it.
    func take(_ thing: Thing) throws {
        try base.act { administration in
            switch thing {
            case .access(let scope, let holder):
                try administration.revokeAccess(to: try ScopeName(parsing: scope), for: number(holder))
            case .delegation(let id, let consumer):
                try administration.revokeDelegation(
                    of: try resource(id),
                    from: number(consumer),
                    to: number(Self.supplier),
                    by: .operatorsAct
                )
            case .onBehalfOf(let consumer):
                try administration.removeOnBehalfOf("customer-\(consumer)", from: clientID)
            case .systemUser(let owner):
                try administration.deleteSystemUser(try #require(systemUsers[owner]), on: .operatorsAct)
            case .consent(let giver):
                try administration.revokeConsent(try #require(consents[giver]), on: .operatorsAct)
            case .role(let role, let organisation, let person):
                try administration.revokeRole(
                    try #require(RoleCode(parsing: role)),
                    for: number(organisation),
                    from: .person(.sample(person)),
                    by: .operatorsAct
                )
            }
        }
    }

    private func resource(_ text: String) throws -> ResourceID {
        Self.bundles[text] == nil ? try base.own(text) : try ResourceID(parsing: text)
    }

    private func consentBody(of giver: Int) throws -> JSONObject {
        let prefix = "urn:altinn:organization:identifier-no:"
        return [
            "id": .string(try #require(consents[giver]).uuidString.lowercased()),
            "from": .string(prefix + "\(number(giver))"), "to": .string(prefix + "\(number(Self.supplier))"),
            "validTo": .string("\(DelegationWorld.now + .days(30))"),
            "consentRights": [
                [
                    "action": ["consent"],
                    "resource": [["type": "urn:altinn:resource", "value": "acme-consent"]],
                ]
            ],
            "redirectUrl": "https://bank.example.no/done",
        ]
    }

    // MARK: Requests

    /// All requests, those for several scopes too.
    var requests: [Request] {
        var requests: [Request] = [
            .direct([Self.plain]), .direct(Self.unproven), .direct([Self.plain, Self.unproven[0]]),
        ]
        for customer in Self.customers {
            let delegated = Self.delegable.map { [$0] } + [["acme:a", "acme:b"], Self.delegable]
            requests += delegated.map { .delegated($0, consumer: customer) }
            requests += (Self.unproven.map { [$0] } + [Self.unproven]).map { .onBehalfOf($0, consumer: customer) }
            requests += [.systemUser(owner: customer), .consent(customer)]
            requests += Self.persons.map { .decision(person: $0, for: customer) }
        }
        return requests
    }

    /// What the request demands: of each set one thing.
    func demands(of request: Request) -> [Set<Thing>] {
        switch request {
        case .delegated(let scopes, let consumer):
            scopes.flatMap { scope -> [Set<Thing>] in
                let bundling = Self.bundles.filter { $0.value.contains(scope) }.keys
                return [
                    [.access(scope, of: consumer)],
                    Set(([scope] + bundling).map { .delegation($0, from: consumer) }),
                ]
            }
        case .onBehalfOf(let scopes, let consumer):
            [[.onBehalfOf(consumer)]]
                + scopes.flatMap { [[.access($0, of: consumer)], [.access($0, of: Self.supplier)]] }
        case .direct(let scopes): scopes.map { [.access($0, of: Self.supplier)] }
        case .systemUser(let owner): [[.systemUser(owner)], [.access(Self.plain, of: Self.supplier)]]
        case .consent(let giver): [[.consent(giver)], [.access(Self.plain, of: Self.supplier)]]
        case .decision(let person, let organisation):
            [Set(Self.roles.map { .role($0, in: organisation, of: person) })]
        }
    }

    /// The requests that are granted now.
    func granted() throws -> Set<Request> {
        try Set(requests.filter { try isGranted($0) })
    }

    private func isGranted(_ request: Request) throws -> Bool {
        switch request {
        case .delegated(let scopes, let consumer): try isIssued(scopes, .consumer(number(consumer)))
        case .onBehalfOf(let scopes, let consumer): try isIssued(scopes, .onBehalfOf("customer-\(consumer)"))
        case .direct(let scopes): try isIssued(scopes)
        case .systemUser(let owner):
            try isIssued([Self.plain], detail: .systemUser(owner: number(owner), externalRef: nil))
        case .consent(let giver):
            try isIssued(
                [Self.plain],
                detail: .consent(try #require(consents[giver]), from: .organisation(number(giver)))
            )
        case .decision(let person, let organisation):
            try base.store.read { reader in
                try DecisionPoint(reader, pseudonyms: self.pseudonyms).decide(
                    DecisionQuestion(
                        subject: .party(.person(.sample(person))),
                        resource: try ResourceID(parsing: "acme-income"),
                        party: .organisation(self.number(organisation)),
                        action: "read"
                    ),
                    at: DelegationWorld.now
                ).isPermitted
            }
        }
    }

    private func isIssued(
        _ scopes: [String],
        _ actingFor: ActingFor = .owner,
        detail: AuthorizationDetail? = nil
    ) throws -> Bool {
        let names = try scopes.map { try ScopeName(parsing: $0) }
        let grant = AuthenticatedGrant(
            requester: .client(try #require(try base.store.read { try $0.client(clientID) })),
            credential: .key(key),
            isClientCredentials: false,
            scopes: names,
            resource: nil,
            pid: nil,
            actingFor: actingFor,
            detail: detail,
            claims: [],
            certificates: [],
            tokenID: TokenID("token-1"),
            isAddressedToEndpoint: false
        )
        let facts = try base.store.read { try $0.facts(for: grant.query) }
        let policy = IssuancePolicy(
            issuer: try Issuer(parsing: "https://as.example.no/"),
            administrationAudience: "http://127.0.0.1:7081/",
            pseudonyms: pseudonyms
        )
        do {
            _ = try policy.decide(grant, given: facts, at: DelegationWorld.now)
            return true
        } catch { return false }
    }

    private static func policy(_ id: String, _ rules: [(attribute: String, value: String, action: String)]) -> [UInt8] {
        func match(_ attribute: String, _ value: String, _ category: String) -> String {
            """
            <AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case">\
            <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">\(value)</AttributeValue>\
            <AttributeDesignator AttributeId="\(attribute)" Category="\(category)" \
            DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></Match></AllOf></AnyOf>
            """
        }
        let texts = rules.enumerated().map { index, rule in
            """
            <Rule RuleId="r\(index)" Effect="Permit"><Target>\
            \(match(rule.attribute, rule.value, "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"))\
            \(match("urn:altinn:resource", id, "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"))\
            \(match("urn:oasis:names:tc:xacml:1.0:action:action-id", rule.action, "urn:oasis:names:tc:xacml:3.0:attribute-category:action"))\
            </Target></Rule>
            """
        }
        return Array(
            """
            <Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:altinn:policy:\(id)" Version="1.0" \
            RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/>\
            \(texts.joined())</Policy>
            """.utf8
        )
    }
}
