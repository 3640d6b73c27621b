public import Clients
public import JOSE
public import Vocabulary

// Keys of clients, one by one and as a set that is compared before it is replaced (spec §5.4).
extension Administration {
    /// Puts a set in place of all keys of a client.
    ///
    /// Without a precondition a key that somebody else added meanwhile is lost.
    ///
    /// - Throws: `SelfServiceRefusal`: `.noClient`, `.clientOfSupplier`, `.stale`; `AdministrationRefusal.key`.
    public func replaceKeys(
        of id: ClientID,
        with set: [JWK],
        by registrant: Registrant,
        expecting precondition: Precondition
    ) throws -> AdministrationOutcome<Client> {
        try precondition.check(try held(id, by: registrant).existingKeySetVersion)
        return try replaceKeys(with: set, on: id)
    }

    /// Adds a key to those of a client, or renews the very same key.
    ///
    /// - Throws: `SelfServiceRefusal`: `.noClient`, `.clientOfSupplier`, `.stale`; `AdministrationRefusal.key`.
    public func addKey(
        _ jwk: JWK,
        to id: ClientID,
        by registrant: Registrant,
        expecting precondition: Precondition
    ) throws -> AdministrationOutcome<Client> {
        try precondition.check(try held(id, by: registrant).existingKeySetVersion)
        return try addKey(jwk, to: id).outcome
    }

    /// Removes one key of a client.
    ///
    /// - Throws: `SelfServiceRefusal`: `.noClient`, `.clientOfSupplier`, `.stale`; `AdministrationRefusal.key(.unknown)`.
    public func removeKey(
        _ kid: KeyID,
        from id: ClientID,
        by registrant: Registrant,
        expecting precondition: Precondition
    ) throws -> AdministrationOutcome<Client> {
        try precondition.check(try held(id, by: registrant).existingKeySetVersion)
        return try removeKey(kid, from: id)
    }

    /// Removes all keys of a client, which goes on authenticating by keys and so cannot until it gets one (DESIGN §2.2).
    ///
    /// - Throws: `SelfServiceRefusal`: `.noClient`, `.noKeys`, `.clientOfSupplier`, `.stale`.
    public func removeKeys(
        of id: ClientID,
        by registrant: Registrant,
        expecting precondition: Precondition
    ) throws -> AdministrationOutcome<Client> {
        let client = try held(id, by: registrant)
        try precondition.check(client.existingKeySetVersion)
        guard !client.keys.isEmpty else { throw SelfServiceRefusal.noKeys(id) }
        var outcome = AdministrationOutcome(client)
        for key in client.keys { outcome = try removeKey(key.id, from: id) }
        return outcome
    }
}

extension Client {
    /// Nil where there is no set to match: `If-Match` is never true of it.
    fileprivate var existingKeySetVersion: EntityVersion? { keys.isEmpty ? nil : keySetVersion }
}
