public import Delegations
import Organisations
import Scopes
public import Vocabulary

/// Whether a supplier may get tokens for a consumer with a scope, condition by condition.
///
/// Says of the store what a token request would find, in the order in which it looks (spec §7.1).
public struct SupplierCheck: Sendable, Hashable {
    /// What must hold.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Consumer and supplier are two organisations.
        case parties
        /// The register knows the consumer, and it lives.
        case consumerLives = "consumer_lives"
        /// The register knows the supplier, and it lives.
        case supplierLives = "supplier_lives"
        /// There is such a scope, and it gives tokens.
        case scopeActive = "scope_active"
        /// The scope names this server's register of delegations: another one cannot be looked up.
        case scopeDelegable = "scope_delegable"
        /// The scope's owner has granted it to the consumer, and the grant is in force.
        case accessGranted = "access_granted"
        /// A resource bundles the scope.
        case resource
        /// The consumer has delegated such a resource to exactly this supplier.
        case delegation
        /// The delegation has not ended.
        case delegationInForce = "delegation_in_force"
    }

    /// One condition.
    public struct Condition: Sendable, Hashable {
        /// Which.
        public let kind: Kind
        /// Whether it holds; nil where there was nothing to judge.
        public let holds: Bool?
        /// The record that decided, in one line.
        public let explanation: String
    }

    /// All conditions, in order.
    public let conditions: [Condition]
    /// The delegation that tokens would rest on.
    public let delegation: ScopeDelegation?

    /// Whether all conditions hold.
    public var holds: Bool { conditions.allSatisfy { $0.holds == true } }

    /// The first condition that does not hold.
    public var obstacle: Condition? { conditions.first { $0.holds == false } }

    /// Looks at the facts of one snapshot, for tokens of the server of that issuer; nil while it has no name.
    public init(
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber,
        with name: ScopeName,
        at issuer: Issuer?,
        in reader: some AdministrativeReader,
        at now: Timestamp
    ) throws {
        let scope = try reader.scope(name)
        var conditions = [
            Condition(
                kind: .parties,
                holds: consumer != supplier,
                explanation: consumer != supplier
                    ? "`\(consumer)` and `\(supplier)`" : "`\(consumer)` needs no delegation to itself"
            ),
            Self.lives(.consumerLives, consumer, try reader.standing(of: consumer)),
            Self.lives(.supplierLives, supplier, try reader.standing(of: supplier)),
            Self.active(name, scope, at: now), Self.delegable(scope, at: issuer),
            Self.access(scope, try reader.access(to: name, of: consumer), at: now),
        ]
        let resources = try reader.resources(referencing: name)
        conditions.append(Self.bundled(resources))
        let delegations = try resources.compactMap {
            try reader.delegation(of: $0.identifier, from: consumer, to: supplier)
        }
        let best = delegations.first { $0.isInForce(at: now) } ?? delegations.first
        conditions += Self.delegated(best, at: now)
        self.conditions = conditions
        delegation = best
    }

    // MARK: Conditions

    private static func lives(
        _ kind: Kind,
        _ number: OrganisationNumber,
        _ standing: OrganisationStanding?
    ) -> Condition {
        guard let standing else {
            return Condition(kind: kind, holds: false, explanation: "the register does not know `\(number)`")
        }
        let explanation =
            switch standing.impediment {
            case .deleted(let day): "`\(number)` was deleted\(day.map { " on \($0)" } ?? "")"
            case .mainUnitDeleted(let mainUnit): "the main unit `\(mainUnit)` of `\(number)` is not live"
            case nil: "`\(number)` is live" + (standing.distress.isPresent ? ", bankrupt or being wound up" : "")
            }
        return Condition(kind: kind, holds: standing.impediment == nil, explanation: explanation)
    }

    private static func active(_ name: ScopeName, _ scope: Scope?, at now: Timestamp) -> Condition {
        guard let scope else {
            return Condition(kind: .scopeActive, holds: false, explanation: "there is no scope `\(name)`")
        }
        return Condition(
            kind: .scopeActive,
            holds: scope.isActive(at: now),
            explanation: scope.isActive(at: now)
                ? "`\(name)` of `\(scope.owner)`" : "`\(name)` is deactivated by `\(scope.owner)`"
        )
    }

    private static func delegable(_ scope: Scope?, at issuer: Issuer?) -> Condition {
        guard let scope else { return Condition(kind: .scopeDelegable, holds: nil, explanation: "no scope") }
        let register = scope.delegationRegister(at: issuer)
        let explanation =
            switch register {
            case nil: "no `delegation_source`"
            case .own: "`delegation_source` is `\(scope.delegationSource ?? "")`"
            case .other(let source): "`delegation_source` is `\(source)`, a register that this server cannot look up"
            }
        return Condition(kind: .scopeDelegable, holds: register == .own, explanation: explanation)
    }

    private static func access(_ scope: Scope?, _ access: ScopeAccess?, at now: Timestamp) -> Condition {
        guard let scope else { return Condition(kind: .accessGranted, holds: nil, explanation: "no scope") }
        if scope.isAccessibleForAll, scope.requiredTermsVersion == nil {
            return Condition(kind: .accessGranted, holds: true, explanation: "open to all")
        }
        guard let access else {
            return Condition(kind: .accessGranted, holds: false, explanation: "never granted to the consumer (MP-250)")
        }
        let impediment = access.impediment(at: now, requiredTerms: scope.requiredTermsVersion)
        let explanation =
            switch impediment {
            case nil:
                "granted since \(access.created)" + (access.validUntil.map { ", until \($0)" } ?? "")
            case .requested: "asked for and not answered (MP-250)"
            case .denied: "refused or withdrawn on \(access.lastUpdated) (MP-250)"
            case .notYet(let from): "begins at \(from) (MP-250)"
            case .ended(let until): "ended at \(until) (MP-250)"
            case .terms(let required, _): "version `\(required)` of the terms is not accepted (MP-250)"
            }
        return Condition(kind: .accessGranted, holds: impediment == nil, explanation: explanation)
    }

    private static func bundled(_ resources: [Resource]) -> Condition {
        Condition(
            kind: .resource,
            holds: !resources.isEmpty,
            explanation: resources.isEmpty
                ? "no resource bundles the scope"
                : resources.map { "`\($0.identifier)`\($0.isDelegable ? "" : " (not delegable)")" }
                    .joined(separator: ", ")
        )
    }

    private static func delegated(_ delegation: ScopeDelegation?, at now: Timestamp) -> [Condition] {
        guard let delegation else {
            return [
                Condition(kind: .delegation, holds: false, explanation: "none between exactly these two (MP-251)"),
                Condition(kind: .delegationInForce, holds: nil, explanation: "no delegation"),
            ]
        }
        let basis =
            switch delegation.basis {
            case .operator: "the operator's act"
            case .person(let person): "the act of person `\(person.abbreviated)`"
            }
        let isInForce = delegation.isInForce(at: now)
        return [
            Condition(
                kind: .delegation,
                holds: true,
                explanation: "`\(delegation.id)` of `\(delegation.resource)` since \(delegation.since), \(basis)"
            ),
            Condition(
                kind: .delegationInForce,
                holds: isInForce,
                explanation: delegation.until.map { isInForce ? "until \($0)" : "ended at \($0) (MP-251)" }
                    ?? "until it is revoked"
            ),
        ]
    }
}
