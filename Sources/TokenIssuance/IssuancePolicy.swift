import Clients
public import Delegations
import EnterpriseCertificates
public import JOSE
public import Organisations
import Scopes
public import Vocabulary

/// The decision: pure, on one snapshot of facts and one time (DESIGN §2.5).
///
/// Run once on facts that may be cached and, when they have moved, once more inside the writer's transaction.
public struct IssuancePolicy: Sendable {
    /// The longest life of any token.
    public static let highestLifetime = Seconds(7_200)

    /// The longest life of a token that administers this server.
    public static let highestAdministrativeLifetime = Seconds(120)

    let issuer: Issuer
    private let defaultLifetime: Seconds
    private let defaultAlgorithm: JWSAlgorithm
    private let distress: DistressPolicy
    private let administrationAudience: String
    private let pseudonyms: PseudonymKey?

    /// A policy.
    ///
    /// - Parameters:
    ///   - issuer: This server.
    ///   - defaultLifetime: The life of a token where neither client nor scope says otherwise; 120 s at Maskinporten.
    ///   - defaultAlgorithm: The algorithm of tokens where no scope says otherwise.
    ///   - distress: What is done with bankrupt and winding-up organisations.
    ///   - administrationAudience: `aud` of tokens with a scope under `idporten`, `altinn` or `portvakt`: the `admin_url`.
    ///   - pseudonyms: The key under which persons are kept; without it no token rests on a person's consent.
    public init(
        issuer: Issuer,
        defaultLifetime: Seconds = 120,
        defaultAlgorithm: JWSAlgorithm = .rs256,
        distress: DistressPolicy = .warn,
        administrationAudience: String,
        pseudonyms: PseudonymKey? = nil
    ) {
        self.issuer = issuer
        self.defaultLifetime = defaultLifetime
        self.defaultAlgorithm = defaultAlgorithm
        self.distress = distress
        self.administrationAudience = administrationAudience
        self.pseudonyms = pseudonyms
    }

    /// Decides on an authenticated grant.
    ///
    /// - Throws: the refusal of the first rule that fails; scopes are judged together and each has its own reason.
    func decide(
        _ grant: AuthenticatedGrant,
        given facts: IssuanceFacts,
        at now: Timestamp
    ) throws(Refusal) -> AccessTokenClaims {
        if case .seal(let seal) = grant.credential { return try decide(grant, sealedBy: seal, given: facts, at: now) }
        let asked = grant.asked
        var findings = IssuanceFindings()
        for condition in IssuanceCondition.inOrder {
            try judge(condition, of: asked, by: grant.credential, given: facts, at: now, into: &findings)
        }
        guard let client = findings.client, let parties = findings.parties else {
            throw .clientUnknown(grant.requester.id.rawValue)
        }
        let scopes = findings.scopes
        return AccessTokenClaims(
            issuer: issuer,
            client: client.id,
            clientAMR: clientAMR(of: grant.credential),
            consumer: .organisation(parties.consumer),
            supplier: parties.supplier,
            delegationSource: delegationSource(of: findings.granted),
            delegations: findings.granted.compactMap(\.delegation),
            scopes: grant.scopes,
            issuedAt: now,
            expires: now + lifetime(of: client, with: scopes),
            tokenID: grant.tokenID,
            audience: findings.audience,
            pid: grant.pid,
            person: grant.pid.flatMap { number in pseudonyms?.pseudonym(of: number) },
            detail: findings.detail,
            confirmation: grant.confirmation,
            headerType: findings.headerType,
            algorithm: findings.algorithm ?? defaultAlgorithm,
            consumerPrefixes: facts.consumerPrefixes,
            isConsumerDistressed: facts.consumer?.distress.isPresent == true && distress == .warn,
            hasStatus: scopes.contains(where: \.hasStatusList)
        )
    }

    // MARK: Client and organisation

    func checkStanding(
        _ standing: OrganisationStanding?,
        of number: OrganisationNumber
    ) throws(Refusal) {
        guard let standing else { throw .organisation(number, .unknown) }
        if let impediment = standing.impediment { throw .organisation(number, .impeded(impediment)) }
        if standing.distress.isPresent, distress == .refuse { throw .organisation(number, .distressed) }
    }

    func clientAMR(of credential: AuthenticatedGrant.Credential) -> AccessTokenClaims.ClientAMR {
        switch credential {
        case .key: .privateKeyJWT
        case .certificate: .enterpriseCertificate
        case .seal(let seal): seal.isQualified ? .qualifiedSeal : .seal
        }
    }

    // MARK: Scopes

    /// Scopes that administer this server come alone: their audience is no other's.
    func checkCompany(of scopes: [Scope]) throws(Refusal) {
        let administrative = scopes.filter { isAdministrative($0) }
        guard administrative.isEmpty || administrative.count == scopes.count else {
            throw .scopesIncompatible(demand: "audience", scopes: scopes.map(\.name))
        }
    }

    /// RFC 9449 §5.2: what the client's registration or a scope's owner demands; DESIGN §8: what a portal's tokens always do.
    func checkPossession(
        _ confirmation: Confirmation?,
        for scopes: [Scope],
        client: Client?
    ) throws(Refusal) {
        guard confirmation?.keyThumbprint == nil else { return }
        if client?.requiresDPoP == true { throw .dpopRequired(nil) }
        for scope in scopes {
            if scope.requiresDPoP { throw .dpopRequired(scope.name) }
            // Whoever stole such a token could act as any person.
            if scope.vouchesForPersons, confirmation == nil { throw .bindingRequired(scope.name) }
        }
    }

    /// `delegation_source`: the register where the act of delegation took place, which is always our own (DESIGN §8).
    private func delegationSource(of granted: [ScopeJudgement.Grant]) -> String? {
        granted.contains { $0.delegation != nil } ? issuer.rawValue : nil
    }

    private func isAdministrative(_ scope: Scope) -> Bool {
        ["idporten", "altinn", "portvakt"].contains(scope.name.prefix.rawValue)
    }

    func checkPerson(isNamed: Bool, against scopes: [Scope]) throws(Refusal) {
        for scope in scopes {
            switch (scope.pid, isNamed) {
            case (.required, false): throw .pid(required: true, scope: scope.name)
            case (.refused, true): throw .pid(required: false, scope: scope.name)
            case (.allowed, _), (.required, true), (.refused, false): break
            }
        }
    }

    // MARK: System users and consents

    /// What the token rests on besides scopes (spec §2.7 item 10: checked last).
    func detail(
        _ asked: AuthorizationDetail?,
        given facts: IssuanceFacts,
        for parties: GrantParties,
        at now: Timestamp
    ) throws(Refusal) -> TokenDetail? {
        switch asked {
        case nil: return nil
        case .systemUser(let owner, _):
            guard case .systemUser(let found, let standing)? = facts.detail else {
                throw .systemUser(.noSystemUser, owner: owner)
            }
            switch found {
            case .failure(let failure): throw .systemUser(failure, owner: owner)
            case .success(let user):
                try checkStanding(standing, of: owner)
                return .systemUser(user)
            }
        case .consent(_, let from):
            guard case .consent(let consent?, let standing)? = facts.detail else { throw .consent([.unknown]) }
            let faults = faults(of: consent, from: from, to: parties.consumer, at: now)
            guard faults.isEmpty else { throw .consent(faults) }
            if let organisation = consent.from.organisation { try checkStanding(standing, of: organisation) }
            return .consent(consent, from: from)
        }
    }

    private func faults(
        of consent: ConsentRequest,
        from: PartyURN,
        to consumer: OrganisationNumber,
        at now: Timestamp
    ) -> [Refusal.ConsentFault] {
        // Whoever it was not given to learns nothing of it (spec/altinn §7.3: not found).
        guard consent.to == consumer else { return [.unknown] }
        let party: Party?
        switch from {
        case .organisation(let number): party = .organisation(number)
        case .person(let number): party = pseudonyms.map { .person($0.pseudonym(of: number)) }
        }
        guard let party else { return [.from] }
        return faults(of: consent, from: party, to: consumer, at: now)
    }

    /// What stands against a consent of whoever gave it.
    func faults(
        of consent: ConsentRequest,
        to consumer: OrganisationNumber,
        at now: Timestamp
    ) -> [Refusal.ConsentFault] {
        guard consent.to == consumer else { return [.unknown] }
        return faults(of: consent, from: consent.from, to: consumer, at: now)
    }

    private func faults(
        of consent: ConsentRequest,
        from party: Party,
        to consumer: OrganisationNumber,
        at now: Timestamp
    ) -> [Refusal.ConsentFault] {
        consent.impediments(from: party, to: consumer, at: now).map { problem in
            switch problem {
            case .fromMismatch: .from
            case .expired: .expired
            case .revoked: .revoked
            case .notAccepted: consent.answer == .accepted ? .used : .notAccepted
            default: .unknown
            }
        }
    }

    // MARK: Audience, lifetime, algorithm

    /// RFC 8707 §2.2 and DESIGN §2.5: what a scope enforces, else what was asked for and every scope allows.
    func audience(
        of asked: ResourceIndicator?,
        for scopes: [Scope],
        headerType: String
    ) throws(Refusal) -> JSONValue? {
        if let first = scopes.first, isAdministrative(first) {
            return try enforced(administrationAudience, against: asked)
        }
        let enforcedValues = Set(scopes.compactMap(\.enforcedAudience)).sorted()
        // Two different ones cannot both be the audience (RFC 8707 §2: `invalid_target`).
        guard enforcedValues.count <= 1 else {
            throw .resource(nil, .enforced(enforcedValues.joined(separator: " ")))
        }
        if let value = enforcedValues.first { return try enforced(value, against: asked) }
        for value in asked?.values ?? [] {
            if let scope = scopes.first(where: { !$0.allowedResources.isEmpty && !$0.allowedResources.contains(value) })
            {
                throw .resource(value, .notAllowed(by: scope.name))
            }
        }
        // RFC 9068 §2.2: `aud` is required.
        if asked == nil, headerType == AccessTokenClaims.rfc9068Type, let scope = scopes.first {
            throw .resource(nil, .required(by: scope.name))
        }
        return asked?.claim
    }

    private func enforced(_ value: String, against asked: ResourceIndicator?) throws(Refusal) -> JSONValue {
        if let other = asked?.values.first(where: { $0 != value }) { throw .resource(other, .enforced(value)) }
        return .string(value)
    }

    /// The lowest non-zero limit of scopes and client; the default where none says anything (spec §3.5).
    func lifetime(of client: Client?, with scopes: [Scope]) -> Seconds {
        var limits = scopes.map(\.maximumTokenAge).filter { $0 > 0 }
        if let wished = client?.accessTokenLifetime, wished > 0 { limits.append(wished) }
        let lifetime = min(limits.min() ?? defaultLifetime, Self.highestLifetime)
        return scopes.contains(where: isAdministrative) ? min(lifetime, Self.highestAdministrativeLifetime) : lifetime
    }

    func algorithm(for scopes: [Scope]) throws(Refusal) -> JWSAlgorithm {
        let name = try single(scopes, demand: "signing_algorithm") { $0.signingAlgorithm ?? defaultAlgorithm.rawValue }
        return name.flatMap(JWSAlgorithm.init(rawValue:)) ?? defaultAlgorithm
    }

    /// The one value that all scopes which have one agree on.
    ///
    /// - Throws: `.scopesIncompatible` when they do not agree.
    func single<Value: Hashable>(
        _ scopes: [Scope],
        demand: String,
        of value: (Scope) -> Value?
    ) throws(Refusal) -> Value? {
        let values = Set(scopes.compactMap(value))
        guard values.count <= 1 else {
            throw .scopesIncompatible(demand: demand, scopes: scopes.map(\.name))
        }
        return values.first
    }
}
