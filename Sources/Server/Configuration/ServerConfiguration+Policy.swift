public import Delegations
public import TokenIssuance

extension ServerConfiguration {
    /// The rules by which a server of this configuration issues tokens.
    ///
    /// - Parameter pseudonyms: The key under which persons are kept; without it no token rests on a person's consent.
    /// - Returns: the rules.
    public func issuancePolicy(pseudonyms: PseudonymKey?) -> IssuancePolicy {
        IssuancePolicy(
            issuer: issuer,
            defaultLifetime: defaultTokenLifetime,
            defaultAlgorithm: signingAlgorithm,
            distress: organisationDistress,
            administrationAudience: adminURL,
            pseudonyms: pseudonyms
        )
    }
}
