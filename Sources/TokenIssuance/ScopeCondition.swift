/// One condition on a scope that is asked for; the raw values are its names in explanations.
public enum ScopeCondition: String, Sendable, Hashable, CaseIterable {
    /// There is such a scope.
    case exists = "scope_exists"
    /// It stands on the client.
    case onClient = "scope_on_client"
    /// Its owner has not deactivated it.
    case active = "scope_active"
    /// It is for the client's integration type.
    case integrationType = "scope_integration_type"
    /// It names a register of delegations that this server can look into.
    case delegable = "scope_delegable"
    /// It does not want the consumer's own delegation.
    case ownAct = "scope_without_delegation"
    /// Its owner allows suppliers without the consumer's own act.
    case unprovenSupplier = "scope_unproven_supplier"
    /// Its owner's grant to the consumer is in force, its terms are accepted.
    case access = "consumer_access"
    /// The same of the supplier, where it acts without the consumer's own act.
    case supplierAccess = "supplier_access"
    /// The consumer has delegated it to the supplier.
    case delegation = "consumer_delegation"
    /// Consumer and supplier have the processor agreement that its owner requires.
    case processorAgreement = "processor_agreement"

    /// What is asked of every scope once it is found, in order (spec §2.7 items 6, 7).
    static let registration: [ScopeCondition] = [.onClient, .active, .integrationType]

    private static let direct: [ScopeCondition] = [.access]
    private static let delegated: [ScopeCondition] = [.delegable, .access, .delegation, .processorAgreement]
    private static let unproven: [ScopeCondition] = [
        .ownAct, .unprovenSupplier, .access, .supplierAccess, .processorAgreement,
    ]

    /// What is asked after registration, in order, by the way in which somebody acts.
    static func rights(of pattern: GrantParties.Pattern) -> [ScopeCondition] {
        switch pattern {
        case .direct: direct
        case .delegated: delegated
        case .unproven: unproven
        }
    }
}
