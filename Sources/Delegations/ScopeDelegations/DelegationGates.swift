public import Vocabulary

/// Whether a person may delegate a resource for an organisation: the two gates of Altinn (spec of Altinn §3.4).
///
/// Pure over the facts that its reader gives; the same function answers the delegation check of the APIs and guards the act.
public struct DelegationGates<Reader: RoleReader & ResourceReader> {
    private let reader: Reader

    /// Gates over the facts that `reader` gives.
    public init(_ reader: Reader) { self.reader = reader }

    /// Judges every condition, also those after the first that does not hold, as far as there is something to judge.
    ///
    /// `level` is the level of assurance that the person has logged in at, 1 to 4.
    public func check(
        _ id: ResourceID,
        by person: PersonPseudonym,
        level: Int,
        for consumer: OrganisationNumber,
        at now: Timestamp
    ) throws -> DelegationCheckResult {
        var conditions: [DelegationCheckResult.Condition] = []
        let resource = try reader.resource(id)
        conditions.append(Self.known(id, resource))
        if let resource { conditions += Self.conditions(on: resource) }
        let rules = DelegableRights(reader)
        let gate = try rules.rights(
            on: .scopeDelegation,
            of: person,
            level: level,
            for: .organisation(consumer),
            at: now
        ).first { $0.action == "write" }
        conditions += Self.conditions(.administrationGate, .administrationLevel, gate, level: level)
        if gate?.hasRight != true, try hasUnlinkedPersons(consumer) { conditions.append(Self.notLinked(consumer)) }
        var rights: [DelegationCheckResult.Right] = []
        if resource != nil {
            let own = try rules.rights(on: id, of: person, level: level, for: .organisation(consumer), at: now)
            // What counts at Maskinporten is `ScopeAccess`; a policy with other actions alone gives no scope.
            let access = own.first { $0.action.lowercased() == Self.scopeAccess }
            conditions += Self.conditions(.resourceGate, .resourceLevel, access, level: level)
            let isOpen = conditions.allSatisfy(\.holds)
            rights = own.map { right in
                DelegationCheckResult.Right(
                    action: right.action,
                    isDelegable: isOpen && right.isDelegable,
                    explanation: "\(right.ground)"
                )
            }
        }
        return DelegationCheckResult(resource: id, consumer: consumer, conditions: conditions, rights: rights)
    }

    /// Whether the register names persons of the organisation, or of its main unit, of whom no number is known.
    private func hasUnlinkedPersons(_ organisation: OrganisationNumber) throws -> Bool {
        if try reader.hasUnlinkedPersons(in: organisation) { return true }
        guard let mainUnit = try reader.unit(organisation)?.mainUnit else { return false }
        return try reader.hasUnlinkedPersons(in: mainUnit)
    }

    // MARK: Conditions

    /// The person may be one of those whom the open register names without a number (DESIGN §8).
    private static func notLinked(_ organisation: OrganisationNumber) -> DelegationCheckResult.Condition {
        DelegationCheckResult.Condition(
            .personNotLinked,
            holds: false,
            explanation:
                "the register names persons of `\(organisation)` without a number; if this is one of them, tie them with `portvakt role link`"
        )
    }

    /// The action of the policy of a schema, matched without case (spec of Altinn §3.3).
    private static var scopeAccess: String { "scopeaccess" }

    private static func known(_ id: ResourceID, _ resource: Resource?) -> DelegationCheckResult.Condition {
        DelegationCheckResult.Condition(
            .resourceKnown,
            holds: resource != nil,
            explanation: resource.map { "`\(id)`, version \($0.versionID)" } ?? "there is no resource `\(id)`"
        )
    }

    private static func conditions(on resource: Resource) -> [DelegationCheckResult.Condition] {
        [
            DelegationCheckResult.Condition(
                .resourceType,
                holds: resource.type == .maskinportenSchema,
                explanation: "it is of type `\(resource.type.rawValue)`"
            ),
            DelegationCheckResult.Condition(
                .resourceDelegable,
                holds: resource.isDelegable,
                explanation: resource.isDelegable ? "it may be delegated" : "its owner has set `delegable` to false"
            ),
        ]
    }

    private static func conditions(
        _ gate: DelegationCheckResult.Kind,
        _ levelKind: DelegationCheckResult.Kind,
        _ right: DelegableRight?,
        level: Int
    ) -> [DelegationCheckResult.Condition] {
        guard let right else {
            return [
                DelegationCheckResult.Condition(gate, holds: false, explanation: "the policy has no such action")
            ]
        }
        var conditions = [
            DelegationCheckResult.Condition(gate, holds: right.hasRight, explanation: "\(right.ground)")
        ]
        // Without a right no level helps, and what level others need is no news to whoever has none.
        guard right.hasRight else { return conditions }
        conditions.append(
            DelegationCheckResult.Condition(
                levelKind,
                holds: right.reachesLevel,
                explanation:
                    "logged in at level \(level), and \(right.minimumLevel.map { "\($0)" } ?? "none") is asked for"
            )
        )
        return conditions
    }
}
