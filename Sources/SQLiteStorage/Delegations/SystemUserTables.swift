public import Delegations
public import Foundation
internal import RelationalStorage
public import Vocabulary

/// Requests for system users, system users and the clients of agents.
extension SQLiteReader: SystemUserReader {
    /// The request of that identifier.
    public func systemUserRequest(_ id: UUID) throws -> SystemUserRequest? {
        try Self.requests.first(in: database, "WHERE id = ?", [id.stored])
    }

    /// The request that the triple of system, customer and vendor's name is taken by.
    public func systemUserRequest(
        system: SystemID,
        customer: OrganisationNumber,
        externalRef: String
    ) throws -> SystemUserRequest? {
        try Self.requests.first(
            in: database,
            "WHERE system = ? AND customer = ? AND external_ref = ?",
            [system.rawValue, customer.integer, externalRef]
        )
    }

    /// The requests made with a system, oldest first.
    public func systemUserRequests(of system: SystemID) throws -> [SystemUserRequest] {
        try Self.requests.all(in: database, "WHERE system = ? ORDER BY created, id", [system.rawValue])
    }

    /// The requests made to a customer, oldest first.
    public func systemUserRequests(to customer: OrganisationNumber) throws -> [SystemUserRequest] {
        try Self.requests.all(in: database, "WHERE customer = ? ORDER BY created, id", [customer.integer])
    }

    /// The change request of that identifier.
    public func changeRequest(_ id: UUID) throws -> SystemUserChangeRequest? {
        try Self.changes.first(in: database, "WHERE id = ?", [id.stored])
    }

    /// The change requests about a system user, oldest first.
    public func changeRequests(about systemUser: UUID) throws -> [SystemUserChangeRequest] {
        try Self.changes.all(in: database, "WHERE system_user = ? ORDER BY created, id", [systemUser.stored])
    }

    /// The system user of that identifier, also a deleted one.
    public func systemUser(_ id: UUID) throws -> SystemUser? {
        try Self.users.first(in: database, "WHERE id = ?", [id.stored])
    }

    /// The living system user of that system, owner and vendor's name.
    public func systemUser(system: SystemID, owner: OrganisationNumber, externalRef: String) throws -> SystemUser? {
        try Self.users.first(
            in: database,
            "WHERE system = ? AND owner = ? AND external_ref = ? AND deleted IS NULL",
            [system.rawValue, owner.integer, externalRef]
        )
    }

    /// An organisation's living system users, oldest first; of one system, or of all for nil.
    public func systemUsers(of owner: OrganisationNumber, system: SystemID?) throws -> [SystemUser] {
        var filter = SQLFilter()
        filter.require("deleted IS NULL")
        filter.require("owner = ?", owner.integer)
        filter.require("system = ?", system?.rawValue)
        return try Self.users.all(in: database, filter, orderedBy: "created, id")
    }

    /// A system's living system users, oldest first.
    public func systemUsers(ofSystem system: SystemID) throws -> [SystemUser] {
        var filter = SQLFilter()
        filter.require("deleted IS NULL")
        filter.require("system = ?", system.rawValue)
        return try Self.users.all(in: database, filter, orderedBy: "created, id")
    }

    /// An agent's client delegations, by client.
    public func clientDelegations(of agent: UUID) throws -> [ClientDelegation] {
        try Self.clientDelegations.all(in: database, "WHERE agent = ? ORDER BY client", [agent.stored])
    }

    /// The client delegations of one client, of all agents.
    public func clientDelegations(from client: OrganisationNumber) throws -> [ClientDelegation] {
        try Self.clientDelegations.all(in: database, "WHERE client = ? ORDER BY agent", [client.integer])
    }

    // MARK: Rows

    private static let requests = StoredRecord(
        """
        SELECT id, kind, system, customer, external_ref, title, rights, packages, redirect_url, created, escalated, answer, \
        answered FROM system_user_request
        """,
        read: request
    )
    private static let changes = StoredRecord(
        """
        SELECT id, system_user, required_rights, unwanted_rights, required_packages, unwanted_packages, redirect_url, \
        created, answer, answered FROM system_user_change
        """,
        read: change
    )
    private static let users = StoredRecord(
        """
        SELECT id, kind, system, owner, external_ref, title, rights, packages, basis, created, deleted FROM system_user
        """,
        read: user
    )
    private static let clientDelegations = StoredRecord(
        "SELECT id, agent, client, packages, basis, created FROM client_delegation",
        read: clientDelegation
    )

    private static func request(_ row: Row) throws -> SystemUserRequest {
        let owner = "request `\(row[0] as String)`"
        var request = SystemUserRequest(
            id: try StoredValue.uuid(row[0], of: owner),
            kind: try StoredValue.word(row[1], of: owner),
            system: try StoredValue.system(row[2]),
            customer: try StoredValue.organisation(row[3], of: owner),
            externalRef: row[4],
            integrationTitle: row[5],
            rights: try StoredValue.rights(row[6], of: owner),
            packages: try StoredValue.list(row[7], of: owner),
            redirectURL: row[8],
            created: Timestamp(seconds: row[9])
        )
        request.isEscalated = row[10]
        request.answer = try StoredValue.word(row[11], of: owner)
        request.answered = (row[12] as Int64?).map { Timestamp(seconds: $0) }
        return request
    }

    private static func change(_ row: Row) throws -> SystemUserChangeRequest {
        let owner = "change request `\(row[0] as String)`"
        var request = SystemUserChangeRequest(
            id: try StoredValue.uuid(row[0], of: owner),
            systemUser: try StoredValue.uuid(row[1], of: owner),
            requiredRights: try StoredValue.rights(row[2], of: owner),
            unwantedRights: try StoredValue.rights(row[3], of: owner),
            requiredPackages: try StoredValue.list(row[4], of: owner),
            unwantedPackages: try StoredValue.list(row[5], of: owner),
            redirectURL: row[6],
            created: Timestamp(seconds: row[7])
        )
        request.answer = try StoredValue.word(row[8], of: owner)
        request.answered = (row[9] as Int64?).map { Timestamp(seconds: $0) }
        return request
    }

    private static func user(_ row: Row) throws -> SystemUser {
        let owner = "system user `\(row[0] as String)`"
        return SystemUser(
            id: try StoredValue.uuid(row[0], of: owner),
            kind: try StoredValue.word(row[1], of: owner),
            system: try StoredValue.system(row[2]),
            owner: try StoredValue.organisation(row[3], of: owner),
            externalRef: row[4],
            integrationTitle: row[5],
            rights: try StoredValue.rights(row[6], of: owner),
            packages: try StoredValue.list(row[7], of: owner),
            basis: try StoredValue.basis(row[8], of: owner),
            created: Timestamp(seconds: row[9]),
            deleted: (row[10] as Int64?).map { Timestamp(seconds: $0) }
        )
    }

    private static func clientDelegation(_ row: Row) throws -> ClientDelegation {
        let owner = "client delegation `\(row[0] as String)`"
        return ClientDelegation(
            id: try StoredValue.uuid(row[0], of: owner),
            agent: try StoredValue.uuid(row[1], of: owner),
            client: try StoredValue.organisation(row[2], of: owner),
            packages: try StoredValue.list(row[3], of: owner),
            basis: try StoredValue.basis(row[4], of: owner),
            created: Timestamp(seconds: row[5])
        )
    }
}
