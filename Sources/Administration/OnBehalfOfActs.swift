import AuditLedger
public import Clients
import JOSE
public import Vocabulary

// On-behalf-of entries of clients (spec §5.5).
extension Administration {
    /// Puts an on-behalf-of entry on a client, or changes the name and description of one with the same value.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownClient`, `.unknownOrganisation`, `.onBehalfOf`.
    @discardableResult
    public func putOnBehalfOf(
        _ value: String,
        standingFor consumer: OrganisationNumber,
        name: String,
        description: String? = nil,
        uri: String? = nil,
        on id: ClientID
    ) throws -> AdministrationOutcome<OnBehalfOfEntry> {
        var client = try existing(id)
        let warnings = try warnings(about: consumer)
        let before = client.onBehalfOf(value)
        var entry = before ?? OnBehalfOfEntry(value: value, consumer: consumer, name: name, created: now)
        entry.consumer = consumer
        entry.name = name
        entry.description = description
        entry.uri = uri
        do throws(OnBehalfOfFault) { try OnBehalfOfRules.check(entry, on: client) } catch {
            throw AdministrationRefusal.onBehalfOf(error)
        }
        // A value that another customer has is refused above.
        if entry == before { return AdministrationOutcome(entry, hasChanged: false, warnings: warnings) }
        entry.lastUpdated = now
        client.onBehalfOf.removeAll { $0.value == value }
        client.onBehalfOf.append(entry)
        client.lastUpdated = now
        try transaction.update(client)
        var details = Self.details(of: entry)
        if let before { details["changes"] = changes(from: before, to: entry) }
        try record(before == nil ? .onBehalfOfAdded : .onBehalfOfChanged, details) { event in
            event.client = id
            event.consumer = entry.consumer
            event.supplier = client.holder
        }
        return AdministrationOutcome(entry, warnings: warnings)
    }

    /// Takes an on-behalf-of entry from a client; one that is not there is none.
    ///
    /// - Throws: `AdministrationRefusal.unknownClient`.
    /// - Returns: the entry that was taken; nil when there was none.
    @discardableResult
    public func removeOnBehalfOf(
        _ value: String,
        from id: ClientID
    ) throws -> AdministrationOutcome<OnBehalfOfEntry?> {
        var client = try existing(id)
        guard let entry = client.onBehalfOf(value) else { return AdministrationOutcome(nil, hasChanged: false) }
        client.onBehalfOf.removeAll { $0 == entry }
        client.lastUpdated = now
        try transaction.update(client)
        try record(.onBehalfOfRemoved, Self.details(of: entry)) { event in
            event.client = id
            event.consumer = entry.consumer
            event.supplier = client.holder
        }
        return AdministrationOutcome(entry)
    }

    private func changes(from before: OnBehalfOfEntry, to after: OnBehalfOfEntry) -> JSONValue {
        func values(_ entry: OnBehalfOfEntry) -> [(String, JSONValue?)] {
            [
                ("consumer", .string("\(entry.consumer)")), ("name", .string(entry.name)),
                ("description", entry.description.map { .string($0) }), ("uri", entry.uri.map { .string("\($0)") }),
            ]
        }
        var changes = JSONObject()
        for ((name, old), (_, new)) in zip(values(before), values(after)) where old != new {
            changes[name] = change(old, new)
        }
        return .object(changes)
    }

    private static func details(of entry: OnBehalfOfEntry) -> JSONObject {
        ["onbehalfof": .string(entry.value), "name": .string(entry.name)]
    }
}
