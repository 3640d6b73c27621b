public import Clients
public import Vocabulary

// On-behalf-of entries of clients (spec §5.5).
extension Administration {
    /// Puts an entry on a client; one of the same value is changed.
    ///
    /// - Throws: `SelfServiceRefusal`: `.noClient`, `.clientOfSupplier`, `.noEntry`; `AdministrationRefusal`:
    ///   `.unknownOrganisation`, `.onBehalfOf`.
    public func putEntry(
        _ entry: OnBehalfOfEntry,
        on id: ClientID,
        by registrant: Registrant,
        replacing isThere: Bool
    ) throws -> AdministrationOutcome<OnBehalfOfEntry> {
        let client = try held(id, by: registrant)
        if isThere, client.onBehalfOf(entry.value) == nil { throw SelfServiceRefusal.noEntry(entry.value) }
        return try putOnBehalfOf(
            entry.value,
            standingFor: entry.consumer,
            name: entry.name,
            description: entry.description,
            uri: entry.uri,
            on: id
        )
    }

    /// Takes an entry from a client.
    ///
    /// - Throws: `SelfServiceRefusal`: `.noClient`, `.clientOfSupplier`, `.noEntry`.
    public func removeEntry(_ value: String, from id: ClientID, by registrant: Registrant) throws {
        _ = try held(id, by: registrant)
        guard try removeOnBehalfOf(value, from: id).value != nil else { throw SelfServiceRefusal.noEntry(value) }
    }
}
