public import Delegations
internal import RelationalStorage
internal import JOSE
public import Vocabulary

/// Access lists, who is on them, and for which resources they count.
extension SQLiteReader: AccessListReader {
    /// The list of that name.
    public func accessList(_ id: AccessListID) throws -> AccessList? {
        try Self.lists.first(in: database, "WHERE owner = ? AND identifier = ?", [id.owner.integer, id.identifier])
    }

    /// The lists asked for, by name.
    public func accessLists(_ query: AccessListQuery) throws -> [AccessList] {
        var filter = SQLFilter()
        filter.require("owner = ?", query.owner?.integer)
        filter.require("id IN (SELECT list FROM access_list_member WHERE organisation = ?)", query.member?.integer)
        filter.require("id IN (SELECT list FROM access_list_connection WHERE resource = ?)", query.resource?.rawValue)
        return try Self.lists.all(in: database, filter, orderedBy: "owner, identifier")
    }

    /// Who is on a list, by number.
    public func members(of list: AccessListID) throws -> [AccessListMember] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT organisation, since FROM access_list_member WHERE list = \(Self.selectListKey)
                ORDER BY organisation
                """,
            arguments: [list.owner.integer, list.identifier]
        ).map { row in
            AccessListMember(
                organisation: try StoredValue.organisation(row[0], of: "access list `\(list)`"),
                since: Timestamp(seconds: row[1])
            )
        }
    }

    /// For which resources a list counts, by identifier.
    public func connections(of list: AccessListID) throws -> [AccessListConnection] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT resource, actions FROM access_list_connection WHERE list = \(Self.selectListKey)
                ORDER BY resource
                """,
            arguments: [list.owner.integer, list.identifier]
        ).map { try Self.connection($0[0], $0[1], of: "access list `\(list)`") }
    }

    /// The lists that an organisation is on and that count for a resource, each with its connection, by name.
    public func accessLists(
        admitting member: OrganisationNumber,
        to resource: ResourceID
    ) throws -> [(list: AccessListID, connection: AccessListConnection)] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT owner, identifier, resource, actions FROM access_list_member AS member
                JOIN access_list_connection AS connection ON connection.list = member.list AND connection.resource = ?
                JOIN access_list ON access_list.id = member.list
                WHERE member.organisation = ? ORDER BY owner, identifier
                """
        )
        return try Row.fetchAll(statement, arguments: [resource.rawValue, member.integer]).map { row in
            let list = try Self.listID(row[0], row[1])
            return (list, try Self.connection(row[2], row[3], of: "access list `\(list)`"))
        }
    }

    // MARK: Rows

    private static let lists = StoredRecord(
        """
        SELECT owner, identifier, name, description, created, last_updated FROM access_list
        """,
        read: accessList
    )

    static let selectListKey = "(SELECT id FROM access_list WHERE owner = ? AND identifier = ?)"

    private static func accessList(_ row: Row) throws -> AccessList {
        var list = AccessList(
            id: try listID(row[0], row[1]),
            name: row[2],
            description: row[3],
            created: Timestamp(seconds: row[4])
        )
        list.lastUpdated = Timestamp(seconds: row[5])
        return list
    }

    private static func listID(_ owner: Int64, _ identifier: String) throws -> AccessListID {
        let number = try StoredValue.organisation(owner, of: "access list `\(identifier)`")
        guard let id = try? AccessListID(owner: number, parsing: identifier) else {
            throw StorageError.corrupt(detail: "access list `\(identifier)` is malformed")
        }
        return id
    }

    private static func connection(
        _ resource: String,
        _ actions: String,
        of owner: String
    ) throws -> AccessListConnection {
        guard let id = try? ResourceID(parsing: resource),
            let actions = (try? JSONValue(parsing: Array(actions.utf8)))?.strings
        else { throw StorageError.corrupt(detail: "\(owner) is malformed") }
        return AccessListConnection(resource: id, actions: actions)
    }
}

extension SQLiteTransaction: AccessListStore {
    /// Keeps a list, new or with new texts.
    public func put(_ list: AccessList) throws {
        try database.execute(
            sql: """
                INSERT INTO access_list (owner, identifier, name, description, created, last_updated)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (owner, identifier) DO UPDATE SET
                    name = excluded.name, description = excluded.description, last_updated = excluded.last_updated
                """,
            arguments: [
                list.id.owner.integer, list.id.identifier, list.name, list.description, list.created.seconds,
                list.lastUpdated.seconds,
            ]
        )
    }

    /// Forgets a list, its members and its connections.
    public func deleteAccessList(_ id: AccessListID) throws {
        for table in ["access_list_member", "access_list_connection"] {
            try database.execute(
                sql: "DELETE FROM \(table) WHERE list = \(Self.selectListKey)",
                arguments: [id.owner.integer, id.identifier]
            )
        }
        try database.execute(
            sql: "DELETE FROM access_list WHERE owner = ? AND identifier = ?",
            arguments: [id.owner.integer, id.identifier]
        )
    }

    /// Puts an organisation on a list; one that is on it stays as it is.
    public func add(_ member: AccessListMember, to list: AccessListID) throws {
        try database.execute(
            sql: """
                INSERT INTO access_list_member (organisation, list, since) VALUES (?, \(Self.selectListKey), ?)
                ON CONFLICT DO NOTHING
                """,
            arguments: [member.organisation.integer, list.owner.integer, list.identifier, member.since.seconds]
        )
    }

    /// Takes an organisation off a list.
    public func remove(_ member: OrganisationNumber, from list: AccessListID) throws {
        try database.execute(
            sql: "DELETE FROM access_list_member WHERE organisation = ? AND list = \(Self.selectListKey)",
            arguments: [member.integer, list.owner.integer, list.identifier]
        )
    }

    /// Makes a list count for a resource, new or with other actions.
    public func connect(_ connection: AccessListConnection, to list: AccessListID) throws {
        try database.execute(
            sql: """
                INSERT INTO access_list_connection (resource, list, actions) VALUES (?, \(Self.selectListKey), ?)
                ON CONFLICT (resource, list) DO UPDATE SET actions = excluded.actions
                """,
            arguments: [
                connection.resource.rawValue, list.owner.integer, list.identifier,
                JSONValue.strings(connection.actions).text(),
            ]
        )
    }

    /// Makes a list count for a resource no more.
    public func disconnect(_ resource: ResourceID, from list: AccessListID) throws {
        try database.execute(
            sql: "DELETE FROM access_list_connection WHERE resource = ? AND list = \(Self.selectListKey)",
            arguments: [resource.rawValue, list.owner.integer, list.identifier]
        )
    }
}
