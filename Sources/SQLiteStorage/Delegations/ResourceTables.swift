public import Delegations
internal import Foundation
internal import RelationalStorage
internal import JOSE
internal import Scopes
public import Vocabulary
public import XACML

/// The resource registry: what is stored, and what scopes and the system have of their own from the start.
extension SQLiteReader: ResourceRecordReader {
    /// The newest version of that resource; nil when there is none, or when it was deleted.
    public func resource(_ id: ResourceID) throws -> Resource? {
        let live = "WHERE identifier = ? AND deleted IS NULL"
        if let stored = try Self.resources.first(in: database, live, [id.rawValue]) { return stored }
        if let system = SystemResources.resource(id) { return system }
        return try id.ownScope.flatMap { try ownResource(of: $0) }
    }

    /// The resource's policy; nil when it has none.
    public func policy(of id: ResourceID) throws -> XACMLPolicy? {
        guard let document = try policyDocument(of: id) else { return nil }
        return try policies.policy(of: document, named: id)
    }

    /// The resource's policy as the document that was uploaded; nil when it has none.
    public func policyDocument(of id: ResourceID) throws -> [UInt8]? {
        let statement = try database.cachedStatement(
            sql: "SELECT policy FROM resource WHERE identifier = ? AND deleted IS NULL"
        )
        if let row = try Row.fetchOne(statement, arguments: [id.rawValue]) {
            if let policy = row[0] as Data? { return Array(policy) }
            // A stored record in the place of an own resource keeps the own policy until one is uploaded.
            guard id.ownScope != nil else { return nil }
        }
        if let document = SystemResources.policyDocument(of: id) { return document }
        guard let scope = id.ownScope, try ownResource(of: scope) != nil else { return nil }
        return InternalResources.policyDocument(of: id)
    }

    /// The resources that bundle that scope, by identifier.
    public func resources(referencing scope: ScopeName) throws -> [Resource] {
        var found = try Self.resources.all(
            in: database,
            "JOIN resource_scope USING (identifier) WHERE scope = ? ORDER BY identifier",
            [scope.rawValue]
        )
        if let own = try ownResource(of: scope), try isFree(own.identifier) {
            found.append(own)
            found.sort { $0.identifier < $1.identifier }
        }
        return found
    }

    /// The resources asked for that are stored, by identifier.
    public func resources(_ query: ResourceQuery) throws -> [Resource] {
        var filter = SQLFilter()
        filter.require("deleted IS NULL")
        filter.require("type = ?", query.type?.rawValue)
        filter.require("owner = ?", query.owner?.integer)
        filter.require("identifier IN (SELECT identifier FROM resource_scope WHERE scope = ?)", query.scope?.rawValue)
        return try Self.resources.all(in: database, filter, orderedBy: "identifier")
    }

    /// All versions of a resource, the oldest first, also of a deleted one.
    public func versions(of id: ResourceID) throws -> [Resource] {
        try Self.versions.all(in: database, "WHERE identifier = ? ORDER BY version", [id.rawValue])
    }

    /// The identifiers of the resources that bundle that scope, without their records: all that a token request needs.
    func identifiers(referencing scope: Scope) throws -> [ResourceID] {
        let statement = try database.cachedStatement(
            sql: "SELECT identifier FROM resource_scope WHERE scope = ? ORDER BY identifier"
        )
        var found = try String.fetchAll(statement, arguments: [scope.name.rawValue]).map { text in
            guard let id = try? ResourceID(parsing: text) else {
                throw StorageError.corrupt(detail: "resource `\(text)` is malformed")
            }
            return id
        }
        if scope.delegationSource == ScopeRules.internalDelegationSource, let own = ResourceID(of: scope.name),
            try isFree(own)
        {
            found.append(own)
        }
        return found
    }

    /// Whether no resource of that identifier is stored, so that a scope's own stands in its place.
    private func isFree(_ id: ResourceID) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: "SELECT 1 FROM resource WHERE identifier = ? AND deleted IS NULL"
        )
        return try Int.fetchOne(statement, arguments: [id.rawValue]) == nil
    }

    /// What a scope whose delegations are registered here has of its own; nil for any other scope.
    private func ownResource(of name: ScopeName) throws -> Resource? {
        guard let scope = try scope(name), scope.delegationSource == ScopeRules.internalDelegationSource else {
            return nil
        }
        return InternalResources.resource(of: name, ownedBy: scope.owner, described: scope.description)
    }

    // MARK: Rows

    private static let resources = StoredRecord(
        """
        SELECT record, version, stored, identifier FROM resource JOIN resource_version USING (identifier, version)
        """,
        read: resource
    )
    private static let versions = StoredRecord(
        "SELECT record, version, stored, identifier FROM resource_version",
        read: resource
    )

    private static func resource(_ row: Row) throws -> Resource {
        let text: String = row[3]
        guard let object = (try? JSONValue(parsing: Array((row[0] as String).utf8)))?.object,
            var resource = try? Resource(reading: object)
        else { throw StorageError.corrupt(detail: "resource `\(text)` is malformed") }
        resource.versionID = row[1]
        resource.lastChanged = Timestamp(seconds: row[2])
        return resource
    }
}

extension SQLiteTransaction: ResourceStore {
    /// Keeps a new version of a resource, the first one of a new resource; its number is the next.
    @discardableResult
    public func put(_ resource: Resource, at now: Timestamp) throws -> Resource {
        let id = resource.identifier.rawValue
        let last = try Int64.fetchOne(
            database,
            sql: "SELECT max(version) FROM resource_version WHERE identifier = ?",
            arguments: [id]
        )
        var stored = resource
        stored.versionID = (last ?? 0) + 1
        stored.lastChanged = now
        try database.execute(
            sql: """
                INSERT INTO resource (identifier, type, owner, version) VALUES (?, ?, ?, ?)
                ON CONFLICT (identifier) DO UPDATE SET type = excluded.type, owner = excluded.owner,
                    version = excluded.version, deleted = NULL
                """,
            arguments: [
                id, resource.type.rawValue, resource.competentAuthority?.organisation.integer, stored.versionID,
            ]
        )
        try database.execute(
            sql: "INSERT INTO resource_version (identifier, version, record, stored) VALUES (?, ?, ?, ?)",
            arguments: [
                id, stored.versionID, String(decoding: JSONValue.object(resource.record).encoded(), as: UTF8.self),
                now.seconds,
            ]
        )
        try database.execute(sql: "DELETE FROM resource_scope WHERE identifier = ?", arguments: [id])
        for scope in Set(resource.scopes) {
            try database.execute(
                sql: "INSERT INTO resource_scope (scope, identifier) VALUES (?, ?)",
                arguments: [scope.rawValue, id]
            )
        }
        return stored
    }

    /// Keeps the resource's policy, as the XML document that was uploaded; nil takes it away.
    public func setPolicy(_ document: [UInt8]?, of id: ResourceID, at now: Timestamp) throws {
        try database.execute(
            sql: "UPDATE resource SET policy = ?, policy_updated = ? WHERE identifier = ?",
            arguments: [document.map { Data($0) }, now.seconds, id.rawValue]
        )
    }

    /// Takes the resource out of the registry; its versions stay.
    public func deleteResource(_ id: ResourceID, at now: Timestamp) throws {
        try database.execute(sql: "DELETE FROM resource_scope WHERE identifier = ?", arguments: [id.rawValue])
        try database.execute(
            sql: """
                UPDATE resource SET deleted = ?, policy = NULL, policy_updated = NULL
                WHERE identifier = ? AND deleted IS NULL
                """,
            arguments: [now.seconds, id.rawValue]
        )
    }
}
