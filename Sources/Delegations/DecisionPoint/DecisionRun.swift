import FoundationEssentials
import Vocabulary
import XACML

/// One decision on its way (altinn.md §4.4).
struct DecisionRun<Reader: DecisionReader> {
    let reader: Reader
    let question: DecisionQuestion
    let resource: Resource
    let policy: XACMLPolicy
    let now: Timestamp
    private var context = XACMLContext()
    private var held: [HeldAttribute] = []
    private var evaluation: XACMLEvaluation?
    private var result = XACMLResult(.notApplicable)
    private var basis = DecisionOutcome.Basis.policy
    private var steps: [DecisionOutcome.Step] = []
    private var systemUser: SystemUser?
    private var absent: Absence?

    init(reader: Reader, question: DecisionQuestion, resource: Resource, policy: XACMLPolicy, now: Timestamp) {
        self.reader = reader
        self.question = question
        self.resource = resource
        self.policy = policy
        self.now = now
    }

    /// What came of it.
    var outcome: DecisionOutcome {
        DecisionOutcome(
            result: result,
            question: question,
            basis: basis,
            held: held,
            evaluation: evaluation,
            policy: policy,
            laterSteps: steps
        )
    }

    // MARK: Step 1: enrichment

    /// Adds what the policy asks for and the request cannot say.
    mutating func enrich(_ request: XACMLContext) throws {
        context = request
        systemUser = try subjectSystemUser()
        absent = try absence()
        held = absent == nil ? try attributesOfSubject() : []
        let accessible = held.filter(\.hasAccess).map { ($0.identifier, $0.value) }
        for (identifier, values) in PolicySpelling.values(of: accessible, as: policy) {
            context.add(values, of: identifier, to: .accessSubject)
        }
        if case .party(let party) = question.subject { name(party, in: .accessSubject) }
        if let party = question.party { name(party, in: .resource) }
        // Altinn compares this one action without case (§3.3), whatever function the policy names.
        guard let action = question.action, PolicySpelling.isSame(action, "ScopeAccess") else { return }
        let spellings = policy.values(of: DecisionAttribute.action, in: .action)
            .filter { $0 != action && PolicySpelling.isSame($0, action) }
        context.add(spellings, of: DecisionAttribute.action, to: .action)
    }

    private static var rolesAndPackages: [String] {
        [
            DecisionAttribute.roleCode, DecisionAttribute.registerRole, DecisionAttribute.role,
            DecisionAttribute.accessPackage,
        ]
    }

    private mutating func attributesOfSubject() throws -> [HeldAttribute] {
        let wantsPackages = policy.mentions(DecisionAttribute.accessPackage, in: .accessSubject)
        let wantsRoles = Self.rolesAndPackages.contains { policy.mentions($0, in: .accessSubject) }
        var held: [HeldAttribute] = []
        switch question.subject {
        case .party(let subject):
            if let party = question.party, wantsRoles || wantsPackages {
                var mentions: [String: XACMLMention] = [:]
                for identifier in Self.rolesAndPackages {
                    mentions[identifier] = policy.mention(of: identifier, in: .accessSubject)
                }
                held = try HeldAttributes(reader: reader, now: now).attributes(
                    of: subject,
                    for: party,
                    // Of a director's thirty roles few matter: others are left out unless a condition might take them.
                    where: { identifier, value in
                        guard let mention = mentions[identifier] else { return false }
                        return mention.isOpen || !mention.values(likeIgnoringCase: value).isEmpty
                    },
                    withPackages: wantsPackages
                )
            }
            held += nature(subject.organisation == nil ? "person" : "organization")
            if let organisation = subject.organisation { held += try accessLists(of: organisation) }
        case .systemUser:
            held = nature("systemuser")
            if wantsPackages, let systemUser { held += try packages(of: systemUser) }
        case .other: break
        }
        return held
    }

    private func subjectSystemUser() throws -> SystemUser? {
        guard case .systemUser(let id) = question.subject else { return nil }
        guard let user = try reader.systemUser(id) else {
            throw XACMLStatus(.processingError, "system user `\(id.uuidString.lowercased())` is not known")
        }
        return user
    }

    private func nature(_ kind: String) -> [HeldAttribute] {
        guard policy.mentions(DecisionAttribute.partyType, in: .accessSubject) else { return [] }
        return [HeldAttribute(DecisionAttribute.partyType, kind, .nature)]
    }

    private func accessLists(of organisation: OrganisationNumber) throws -> [HeldAttribute] {
        guard policy.mentions(DecisionAttribute.accessList, in: .accessSubject) else { return [] }
        return try reader.accessLists(AccessListQuery(member: organisation)).map { list in
            HeldAttribute(DecisionAttribute.accessList, list.id.description, .accessList(list.id))
        }
    }

    /// A system user's packages count for its owner, an agent's for the clients that delegated them.
    private func packages(of user: SystemUser) throws -> [HeldAttribute] {
        guard isActive(user), let party = question.party?.organisation else { return [] }
        switch user.kind {
        case .standard:
            guard user.owner == party else { return [] }
            return user.packages.map { HeldAttribute(DecisionAttribute.accessPackage, $0, .systemUser(user.id)) }
        case .agent:
            let relations = ClientRelations(reader)
            return try reader.clientDelegations(of: user.id).filter { $0.client == party }.flatMap { delegation in
                // What the client's relation to the owner no longer gives, the agent has no longer.
                try relations.packages(of: delegation, to: user).map {
                    HeldAttribute(DecisionAttribute.accessPackage, $0, .clientDelegation(delegation.id))
                }
            }
        }
    }

    private func isActive(_ user: SystemUser) -> Bool { !user.isDeleted }

    /// Adds the names of a party that the policy asks for and the request may not have used.
    private mutating func name(_ party: Party, in category: XACMLCategory) {
        var names = [
            (DecisionAttribute.partyID, String(party.partyID)), (DecisionAttribute.partyUUID, party.uuid.description),
        ]
        switch party {
        case .organisation(let number):
            names += [
                (DecisionAttribute.organisationNumber, number.description),
                (DecisionAttribute.legacyOrganisationNumber, number.description),
                (DecisionAttribute.organisationUUID, party.uuid.description),
            ]
        case .person: names.append((DecisionAttribute.personUUID, party.uuid.description))
        }
        for (identifier, value) in names where policy.mentions(identifier, in: category) {
            guard !context.values(of: identifier, in: category).contains(value) else { continue }
            context.add([value], of: identifier, to: category)
        }
    }

    // MARK: Steps 2 to 6: the policy

    /// Asks the policy; its obligations come with Permit only.
    mutating func evaluate() {
        let evaluation = policy.evaluate(context, at: now)
        self.evaluation = evaluation
        result = XACMLResult(evaluation.decision, evaluation.status)
        if evaluation.decision == .permit {
            result.obligations = evaluation.obligations
            result.advice = evaluation.advice
        }
        switch evaluation.decision {
        case .permit, .deny: basis = evaluation.decidingRules.first.map { .rule($0) } ?? .policy
        case .notApplicable, .indeterminate: basis = .policy
        }
    }

    // MARK: Step 7: delegations

    /// Asks delegations, only when no rule spoke: they never stand against a Deny.
    mutating func considerDelegations() throws {
        guard result.decision == .notApplicable, absent == nil, let action = question.action else { return }
        guard policy.permits(action, on: question.resource) else {
            note(.delegation, "the policy has no action `\(action)`, so there is nothing to delegate")
            return
        }
        guard let basis = try delegation(of: action) else {
            note(.delegation, "no delegation, and no right of a system user, covers it")
            return
        }
        // A delegated right stands under the same obligations as the resource's own.
        result = XACMLResult(.permit)
        result.obligations = try policy.obligations(on: .permit, context, at: now)
        self.basis = basis
        note(.delegation, "\(basis)")
    }

    private func delegation(of action: String) throws -> DecisionOutcome.Basis? {
        guard let party = question.party?.organisation else { return nil }
        switch question.subject {
        case .party(.organisation(let supplier)):
            return try delegation(from: party, to: supplier).map { .delegation($0, keyRole: nil) }
        case .party(.person(let person)):
            for keyRole in try RoleRules(reader).keyRoles(heldBy: person) {
                guard let id = try delegation(from: party, to: keyRole.organisation) else { continue }
                return .delegation(id, keyRole: keyRole)
            }
            return nil
        case .systemUser:
            guard let user = systemUser, isActive(user), user.kind == .standard, user.owner == party,
                resource.type != .maskinportenSchema
            else { return nil }
            let asked = SystemRight(resource: question.resource, action: action)
            return user.rights.contains { $0.covers(asked) } ? .systemUserRight(user.id) : nil
        case .other: return nil
        }
    }

    private func delegation(
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber
    ) throws -> DelegationID? {
        guard consumer != supplier,
            let delegation = try reader.delegation(of: question.resource, from: consumer, to: supplier),
            delegation.isInForce(at: now)
        else { return nil }
        return delegation.id
    }

    // MARK: Parties that are no more

    /// An organisation of the question that does not live.
    private struct Absence {
        let number: OrganisationNumber
        /// Whether it is the resource's party, and the register never knew it.
        let isUnknownParty: Bool
    }

    /// The resource's party, the subject or the owner of the system user, if it does not live: nobody acts for or as it.
    private func absence() throws -> Absence? {
        if let number = question.party?.organisation, try !reader.isLive(number) {
            return Absence(number: number, isUnknownParty: try reader.unit(number) == nil)
        }
        guard let number = systemUser?.owner ?? question.subject.organisation, try !reader.isLive(number) else {
            return nil
        }
        return Absence(number: number, isUnknownParty: false)
    }

    /// Lets nothing but a Deny stand where an organisation does not live, also where a rule asks for no role.
    ///
    /// Tells "has no right" from "there is no such organisation": the latter cannot be decided.
    mutating func considerAbsence() {
        guard let absent, result.decision == .notApplicable || result.decision == .permit else { return }
        basis = .policy
        if absent.isUnknownParty {
            let message = "organisation `\(absent.number)` is not in the register"
            result = XACMLResult(.indeterminate, XACMLStatus(.processingError, message))
        } else {
            result = XACMLResult(.notApplicable)
            note(.party, "organisation `\(absent.number)` does not stand in the register as existing")
        }
    }

    // MARK: Step 8: access lists

    /// Turns Permit into Deny when the resource is for listed organisations only, and its party is none.
    mutating func considerAccessLists() throws {
        guard result.decision == .permit, resource.accessListMode == .enabled else { return }
        if let number = question.party?.organisation {
            let admitting = try reader.accessLists(admitting: number, to: question.resource)
            if let action = question.action, let hit = admitting.first(where: { $0.connection.covers(action) }) {
                note(.accessList, "the resource's party is on access list `\(hit.list)`")
                return
            }
        }
        let message =
            question.party?.organisation == nil
            ? "the resource is for organisations on its access lists, and its party is no organisation"
            : "the resource's party is on no access list of the resource for this action"
        result = XACMLResult(.deny, XACMLStatus(.ok, message))
        basis = .accessList
        note(.accessList, message)
    }

    private mutating func note(_ kind: DecisionOutcome.Step.Kind, _ text: String) {
        steps.append(DecisionOutcome.Step(kind: kind, text: text))
    }
}

extension XACMLPolicy {
    /// Whether a rule permits that action on that resource to anybody.
    func permits(_ action: String, on resource: ResourceID) -> Bool {
        combinations.contains { row in
            row.effect == .permit && row.action.contains { PolicySpelling.isSame($0.value, action) }
                && row.resource.allSatisfy {
                    $0.identifier != DecisionAttribute.resource || $0.value == resource.rawValue
                }
        }
    }
}

extension DecisionOutcome.Basis: CustomStringConvertible {
    /// What decided, in words; names no person.
    public var description: String {
        switch self {
        case .rule(let rule): "rule `\(rule)`"
        case .delegation(let id, nil): "delegation `\(id)`"
        case .delegation(let id, let keyRole?):
            "delegation `\(id)`, by key role `\(keyRole.role)` in `\(keyRole.organisation)`"
        case .systemUserRight(let id): "a right of system user `\(id.uuidString.lowercased())`"
        case .accessList: "the resource's access lists"
        case .request: "the request"
        case .policy: "the policy"
        }
    }
}
