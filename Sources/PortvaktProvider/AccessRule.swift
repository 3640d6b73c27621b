public import Vocabulary

/// What an API demands of a good token; rules are combined by `allOf` and `anyOf`.
public indirect enum AccessRule: Sendable {
    /// This scope was granted.
    case scope(ScopeName)
    /// One of these scopes was granted.
    case anyScope([ScopeName])
    /// A scope of this prefix was granted.
    case scopePrefix(ScopePrefix)
    /// The consumer is one of these organisations.
    case consumer(in: Set<OrganisationNumber>)
    /// The supplier, if there is one, is one of these organisations.
    case supplier(in: Set<OrganisationNumber>)
    /// A supplier may act for the consumer, whoever it is.
    ///
    /// It always holds: it says in a rule what holds without it, for those who read the rule.
    case supplierAllowed
    /// The consumer acts itself.
    case noSupplier
    /// A supplier, if there is one, acts by a delegation in one of these registers (`delegation_source`).
    ///
    /// A supplier's token that names no register is refused: its right rests on the issuer's word alone.
    case delegationSource(Set<String>)
    /// The token names this API (`aud`).
    case audience(String)
    /// All of these hold.
    case allOf([AccessRule])
    /// One of these holds; none of none.
    case anyOf([AccessRule])
    /// Something else, under a name for logs.
    case custom(String, @Sendable (VerifiedToken) -> Bool)

    /// What was demanded and not fulfilled; never names the organisations that are allowed.
    public enum Denial: Sendable, Equatable {
        /// One of these scopes is missing.
        case scope([ScopeName])
        /// A scope of this prefix is missing.
        case scopePrefix(ScopePrefix)
        /// The consumer is not admitted.
        case consumer
        /// The supplier is not admitted, or suppliers are not.
        case supplier
        /// The supplier's right stands in no register that is taken here.
        case delegationSource
        /// The token does not name this API.
        case audience
        /// None of several rules holds.
        case none([Denial])
        /// The rule of that name does not hold.
        case custom(String)

        /// Whether a scope is missing, so that asking for another token may help (RFC 6750 §3.1).
        public var isScope: Bool {
            switch self {
            case .scope, .scopePrefix: true
            case .none(let denials): !denials.isEmpty && denials.allSatisfy(\.isScope)
            case .consumer, .supplier, .delegationSource, .audience, .custom: false
            }
        }
    }

    /// The first demand that the token does not fulfil, nil when it fulfils all.
    func denial(of token: VerifiedToken) -> Denial? {
        switch self {
        case .scope(let scope): token.scopes.contains(scope) ? nil : .scope([scope])
        case .anyScope(let scopes): scopes.contains(where: token.scopes.contains) ? nil : .scope(scopes)
        case .scopePrefix(let prefix): token.scopes.contains { $0.prefix == prefix } ? nil : .scopePrefix(prefix)
        case .consumer(let admitted): token.consumer.organisation.map(admitted.contains) == true ? nil : .consumer
        case .supplier(let admitted):
            token.supplier.map { $0.organisation.map(admitted.contains) == true } ?? true ? nil : .supplier
        case .supplierAllowed: nil
        case .noSupplier: token.supplier == nil ? nil : .supplier
        case .delegationSource(let registers):
            token.supplier == nil || token.delegationSource.map(registers.contains) == true ? nil : .delegationSource
        case .audience(let name): token.audience.contains(name) ? nil : .audience
        case .allOf(let rules): rules.lazy.compactMap { $0.denial(of: token) }.first
        case .anyOf(let rules):
            rules.contains { $0.denial(of: token) == nil } ? nil : .none(rules.compactMap { $0.denial(of: token) })
        case .custom(let name, let holds): holds(token) ? nil : .custom(name)
        }
    }
}

extension AccessRule.Denial: CustomStringConvertible {
    /// One line for whoever sent the token.
    public var description: String {
        switch self {
        case .scope(let scopes):
            scopes.count == 1
                ? "the scope `\(scopes[0])` is missing"
                : "one of the scopes \(scopes.map { "`\($0)`" }.joined(separator: ", ")) is missing"
        case .scopePrefix(let prefix): "a scope with the prefix `\(prefix)` is missing"
        case .consumer: "the consumer is not admitted here"
        case .supplier: "the supplier is not admitted here"
        case .delegationSource: "the supplier's delegation stands in no register that is taken here"
        case .audience: "the token is not meant for this API"
        case .none(let denials): denials.map(\.description).joined(separator: ", and ")
        case .custom(let name): "the rule `\(name)` does not hold"
        }
    }
}
