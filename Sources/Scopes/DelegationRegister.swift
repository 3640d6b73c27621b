public import Vocabulary

/// The register in which consumers delegate a scope, as seen from one server.
public enum DelegationRegister: Sendable, Hashable {
    /// That server's own: the scope says `internal`, or names the server's issuer.
    case own
    /// Another one, which that server cannot ask: a delegation given here is no act there.
    case other(String)
}

extension Scope {
    /// The register that `delegation_source` names, seen from the server of that issuer; nil: the scope cannot be delegated.
    ///
    /// Without an issuer only `internal` is its own.
    public func delegationRegister(at issuer: Issuer?) -> DelegationRegister? {
        delegationSource.map { source in
            source == ScopeRules.internalDelegationSource || source == issuer?.rawValue ? .own : .other(source)
        }
    }
}
