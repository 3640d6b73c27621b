public import Vocabulary
public import XACML

/// Whether a person may give one action of a resource on for a party, and what decided.
public struct DelegableRight: Sendable, Hashable {
    /// What a yes or a no rests on.
    public enum Ground: Sendable, Hashable {
        /// Yes: the person has what a rule asks for, and may pass it on.
        case held(rule: String, attribute: String, value: String, source: HeldAttribute.Source)
        /// Yes: the person is main administrator, who may give what he has not.
        case mainAdministrator(rule: String, RolePath)
        /// No: a rule would do, but the person has nothing that it asks for; those who do.
        case missingRole(sufficient: [XACMLTargetAttribute])
        /// No: the person has access, but by something that may not be passed on.
        case notTransferable(attribute: String, value: String)
        /// No: the policy refuses the person, or could not be evaluated.
        case undecided(XACMLDecision, XACMLStatus)
    }

    /// The action, as the policy writes it.
    public let action: String
    /// Whether there is a right to give, whatever the login level.
    public let hasRight: Bool
    /// The login level that the policy demands; nil when it demands none.
    public let minimumLevel: Int?
    /// Whether the person's login reaches it.
    public let reachesLevel: Bool
    /// What decided on the right.
    public let ground: Ground

    /// Whether the person may give it on.
    public var isDelegable: Bool { hasRight && reachesLevel }
}

extension DelegableRight.Ground: CustomStringConvertible {
    /// What decided, in one line; names no person.
    public var description: String {
        switch self {
        case .held(let rule, let attribute, let value, let source):
            "rule `\(rule)` asks for `\(attribute)` = `\(value)`: \(source)"
        case .mainAdministrator(let rule, let path): "rule `\(rule)`, given on as main administrator: \(path)"
        case .missingRole(let sufficient) where sufficient.isEmpty:
            "no rule of the policy lets anybody give this action on by a role"
        case .missingRole(let sufficient):
            "none of what the policy asks for is held: "
                + sufficient.map { "`\($0.identifier)` = `\($0.value)`" }.joined(separator: ", ")
        case .notTransferable(let attribute, let value):
            "`\(attribute)` = `\(value)` gives access, but not the right to give it on"
        case .undecided(let decision, let status):
            "the policy comes to `\(decision.rawValue)`" + (status.message.map { ": \($0)" } ?? "")
        }
    }
}

/// Which actions of a resource a person may give on for a party (altinn.md §3.4 gate 2, §6.3, §7.2).
///
/// The resource's own policy decides, asked as if by somebody with just what the person may pass on. A main administrator
/// (HADM) may give whatever some role or package opens, also without having it. Whether the resource is delegable at all is
/// for whoever asks.
public struct DelegableRights<Reader: RoleReader & ResourceReader> {
    private let reader: Reader

    /// Rules over the facts that `reader` gives.
    public init(_ reader: Reader) { self.reader = reader }

    /// Every action of the resource's policy, in order; none when the resource has no policy.
    public func rights(
        on resource: ResourceID,
        of person: PersonPseudonym,
        level: Int,
        for party: Party,
        at now: Timestamp
    ) throws -> [DelegableRight] {
        guard let policy = try reader.policy(of: resource) else { return [] }
        let held = try HeldAttributes(reader: reader, now: now)
            .attributes(of: .person(person), for: party, where: { _, _ in true }, withPackages: true)
        let question = Question(resource: resource, policy: policy, held: held, party: party, now: now)
        return question.actions.map { question.right($0, level: level) }
    }
}

/// One resource's policy, asked about one person.
private struct Question {
    let resource: ResourceID
    let policy: XACMLPolicy
    let held: [HeldAttribute]
    let party: Party
    let now: Timestamp

    /// The actions of the resource, none twice.
    var actions: [String] {
        var actions: [String] = []
        for combination in policy.combinations where combination.effect == .permit && isAbout(combination) {
            for attribute in combination.action where !actions.contains(attribute.value) {
                actions.append(attribute.value)
            }
        }
        return actions
    }

    func right(_ action: String, level: Int) -> DelegableRight {
        let (hasRight, evaluation, ground) = judge(action)
        let minimum = evaluation.minimumLevel(forOrganisations: false)
        return DelegableRight(
            action: action,
            hasRight: hasRight,
            minimumLevel: minimum,
            reachesLevel: level >= minimum ?? 0,
            ground: ground
        )
    }

    private func judge(_ action: String) -> (Bool, XACMLEvaluation, DelegableRight.Ground) {
        let rows = policy.combinations.filter { row in
            row.effect == .permit && isAbout(row) && row.action.contains { $0.value == action }
        }
        let transferable = held.filter(\.canDelegate)
        let evaluation = evaluate(action, with: transferable.map { ($0.identifier, $0.value) })
        switch evaluation.decision {
        case .permit:
            if let ground = ground(of: evaluation, rows, transferable) { return (true, evaluation, ground) }
        case .deny, .indeterminate:
            return (false, evaluation, .undecided(evaluation.decision, evaluation.status))
        case .notApplicable: break
        }
        // What anybody with the right role or package might do; what it takes besides, no role gives.
        let sufficient = rows.flatMap(\.subject).filter { Self.isHeldByRole($0.identifier) }
        let asAny = evaluate(action, with: sufficient.map { ($0.identifier, $0.value) })
        if let path = mainAdministration, asAny.decision == .permit, let rule = ruleByRoles(of: asAny, rows) {
            return (true, asAny, .mainAdministrator(rule: rule, path))
        }
        let ownAccess = held.first { own in own.hasAccess && sufficient.contains { own.answers($0) } }
        if let ownAccess {
            return (false, asAny, .notTransferable(attribute: ownAccess.identifier, value: ownAccess.value))
        }
        var seen: Set<XACMLTargetAttribute> = []
        return (false, asAny, .missingRole(sufficient: sufficient.filter { seen.insert($0).inserted }))
    }

    /// What a Permit rests on: a rule that permitted and names a subject that the person is; nil when there is none.
    ///
    /// What is open to anybody, by a rule without a subject or by a policy that permits unless it denies, is nobody's to
    /// give: else whoever has nothing to do with the party could answer for it.
    private func ground(
        of evaluation: XACMLEvaluation,
        _ rows: [XACMLCombination],
        _ held: [HeldAttribute]
    ) -> DelegableRight.Ground? {
        let deciding = Set(evaluation.decidingRules)
        for row in rows where deciding.contains(row.rule) {
            let found = row.subject.compactMap { asked in held.first { $0.answers(asked) } }
            guard let first = found.first, found.count == row.subject.count else { continue }
            return .held(rule: row.rule, attribute: first.identifier, value: first.value, source: first.source)
        }
        return nil
    }

    /// The rule that permitted by roles or packages alone; nil when there is none.
    private func ruleByRoles(of evaluation: XACMLEvaluation, _ rows: [XACMLCombination]) -> String? {
        let deciding = Set(evaluation.decidingRules)
        return rows.first { row in
            deciding.contains(row.rule) && !row.subject.isEmpty
                && row.subject.allSatisfy { Self.isHeldByRole($0.identifier) }
        }?.rule
    }

    private func evaluate(_ action: String, with attributes: [(String, String)]) -> XACMLEvaluation {
        var context = XACMLContext()
        context.add([resource.rawValue], of: DecisionAttribute.resource, to: .resource)
        context.add([action], of: DecisionAttribute.action, to: .action)
        for (identifier, values) in PolicySpelling.values(of: attributes, as: policy) {
            context.add(values, of: identifier, to: .accessSubject)
        }
        return policy.evaluate(context, at: now)
    }

    /// The path by which the person is main administrator of the party; nil when he is none.
    private var mainAdministration: RolePath? {
        held.lazy.compactMap { attribute in
            guard attribute.identifier == DecisionAttribute.roleCode, attribute.value == "HADM",
                case .role(let path) = attribute.source
            else { return nil }
            return path
        }.first
    }

    private func isAbout(_ row: XACMLCombination) -> Bool {
        row.resource.allSatisfy { $0.identifier != DecisionAttribute.resource || $0.value == resource.rawValue }
    }

    private static func isHeldByRole(_ identifier: String) -> Bool {
        switch identifier {
        case DecisionAttribute.roleCode, DecisionAttribute.registerRole, DecisionAttribute.role,
            DecisionAttribute.accessPackage:
            true
        default: false
        }
    }
}
