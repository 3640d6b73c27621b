import Clients
public import Scopes
public import Vocabulary

extension IssuanceFacts {
    /// The facts with a stand-in where there is no client of that identifier, or no such on-behalf-of entry on it.
    ///
    /// Whoever owns the scope alone is answered from these: what its own rules and grants say of somebody to whom it has granted
    /// nothing. Else it could find out which clients there are, and whom their suppliers have for customers.
    ///
    /// - Parameters:
    ///   - question: The question.
    ///   - accesses: The grants to the organisation that the question itself names as consumer.
    ///   - now: The present time.
    /// - Returns: Nil where nothing is missing.
    public func standingIn(
        for question: ExplanationQuestion,
        _ accesses: [ScopeName: ScopeAccess],
        at now: Timestamp
    ) -> IssuanceFacts? {
        if let client, GrantParties(of: client, actingFor: question.actingFor) != nil { return nil }
        // Nobody's: the register has no numbers that begin so.
        let nobodies = (10_000_000..<10_000_100).lazy.compactMap { OrganisationNumber(stem: $0) }.prefix(2)
        guard let holder = nobodies.first, let customer = nobodies.last, holder != customer else { return nil }
        var standIn =
            client
            ?? Client(id: question.client, owner: holder, name: "stand-in", scopes: question.scopes, created: now)
        if case .onBehalfOf(let value) = question.actingFor {
            standIn.onBehalfOf.append(OnBehalfOfEntry(value: value, consumer: customer, name: "stand-in", created: now))
        }
        return IssuanceFacts(
            revision: revision,
            client: standIn,
            consumer: nil,
            scopes: scopes.map { found in
                ScopeFacts(name: found.name, scope: found.scope, access: accesses[found.name])
            }
        )
    }
}
