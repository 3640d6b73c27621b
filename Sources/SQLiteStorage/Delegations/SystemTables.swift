public import Delegations
internal import Foundation
internal import RelationalStorage
internal import JOSE
public import Vocabulary

/// Systems of the system register.
extension SQLiteReader {
    /// The system of that identifier, also a deleted one.
    public func system(_ id: SystemID) throws -> RegisteredSystem? {
        let statement = try database.cachedStatement(sql: Self.selectSystem + " WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id.rawValue]).map(system)
    }

    /// The living systems by identifier; of one vendor, or of all for nil.
    public func systems(of vendor: OrganisationNumber?) throws -> [RegisteredSystem] {
        var filter = SQLFilter()
        filter.require("deleted = 0")
        filter.require("vendor = ?", vendor?.integer)
        return try Row.fetchAll(
            database,
            sql: Self.selectSystem + filter.clause + " ORDER BY id",
            arguments: filter.arguments
        ).map(system)
    }

    /// The living system that the client belongs to.
    public func system(ofClient client: ClientID) throws -> RegisteredSystem? {
        let statement = try database.cachedStatement(
            sql: Self.selectSystem + " WHERE id = (SELECT system FROM system_client WHERE client = ?)"
        )
        return try Row.fetchOne(statement, arguments: [client.rawValue]).map(system)
    }

    /// A system's change log, oldest first.
    public func changes(of system: SystemID) throws -> [SystemChange] {
        try Row.fetchAll(
            database,
            sql: "SELECT time, kind, actor, changes FROM system_change WHERE system = ? ORDER BY id",
            arguments: [system.rawValue]
        ).map { row in
            let owner = "the change log of `\(system)`"
            guard let changes = (try? JSONValue(parsing: row[3] as String))?.object else {
                throw StorageError.corrupt(detail: "\(owner) is malformed")
            }
            return SystemChange(
                system: system,
                time: Timestamp(seconds: row[0]),
                kind: try StoredValue.word(row[1], of: owner),
                actor: row[2],
                changes: changes
            )
        }
    }

    // MARK: Rows

    private static let selectSystem = """
        SELECT id, name, description, rights, packages, redirect_urls, visible, deleted, created, last_updated FROM system
        """

    private func system(_ row: Row) throws -> RegisteredSystem {
        let id = try StoredValue.system(row[0])
        let owner = "system `\(id)`"
        var system = RegisteredSystem(
            id: id,
            name: try StoredValue.texts(row[1], of: owner),
            description: try StoredValue.texts(row[2], of: owner),
            rights: try StoredValue.rights(row[3], of: owner),
            packages: try StoredValue.list(row[4], of: owner),
            clients: try clients(of: id),
            isVisible: row[6],
            allowedRedirectURLs: try StoredValue.list(row[5], of: owner),
            isDeleted: row[7],
            created: Timestamp(seconds: row[8])
        )
        system.lastUpdated = Timestamp(seconds: row[9])
        return system
    }

    private func clients(of system: SystemID) throws -> [ClientID] {
        let statement = try database.cachedStatement(
            sql: "SELECT client FROM system_client WHERE system = ? ORDER BY position"
        )
        return try String.fetchAll(statement, arguments: [system.rawValue]).map { text in
            guard let client = try? ClientID(parsing: text) else {
                throw StorageError.corrupt(detail: "a client of system `\(system)` is malformed")
            }
            return client
        }
    }
}

extension SQLiteTransaction {
    /// Keeps a system, new or changed; a deleted one gives its clients free.
    public func put(_ system: RegisteredSystem) throws {
        try database.execute(
            sql: """
                INSERT INTO system (id, vendor, name, description, rights, packages, redirect_urls, visible, deleted, created,
                    last_updated)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description,
                    rights = excluded.rights, packages = excluded.packages, redirect_urls = excluded.redirect_urls,
                    visible = excluded.visible, deleted = excluded.deleted, last_updated = excluded.last_updated
                """,
            arguments: [
                system.id.rawValue, system.vendor.integer, system.name.stored, system.description.stored,
                system.rights.stored, system.packages.stored, system.allowedRedirectURLs.stored, system.isVisible,
                system.isDeleted, system.created.seconds, system.lastUpdated.seconds,
            ]
        )
        try database.execute(sql: "DELETE FROM system_client WHERE system = ?", arguments: [system.id.rawValue])
        guard !system.isDeleted else { return }
        let insert = try database.cachedStatement(
            sql: "INSERT INTO system_client (client, system, position) VALUES (?, ?, ?)"
        )
        for (position, client) in system.clients.enumerated() {
            try insert.execute(arguments: [client.rawValue, system.id.rawValue, position])
        }
    }

    /// Adds a line to a system's change log.
    public func append(_ change: SystemChange) throws {
        try database.execute(
            sql: "INSERT INTO system_change (system, time, kind, actor, changes) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                change.system.rawValue, change.time.seconds, change.kind.rawValue, change.actor,
                JSONValue.object(change.changes).text(),
            ]
        )
    }
}
