public import Delegations
public import Foundation
internal import GRDB
public import Vocabulary

/// Requests for system users, system users and the clients of agents.
extension SQLiteReader: SystemUserReader {
    /// The request of that identifier.
    public func systemUserRequest(_ id: UUID) throws -> SystemUserRequest? {
        try Row.fetchOne(database, sql: Self.selectRequest + " WHERE id = ?", arguments: [id.stored]).map(Self.request)
    }

    /// The request that the triple of system, customer and vendor's name is taken by.
    public func systemUserRequest(
        system: SystemID,
        customer: OrganisationNumber,
        externalRef: String
    ) throws -> SystemUserRequest? {
        try Row.fetchOne(
            database,
            sql: Self.selectRequest + " WHERE system = ? AND customer = ? AND external_ref = ?",
            arguments: [system.rawValue, customer.integer, externalRef]
        ).map(Self.request)
    }

    /// The requests made with a system, oldest first.
    public func systemUserRequests(of system: SystemID) throws -> [SystemUserRequest] {
        try Row.fetchAll(
            database,
            sql: Self.selectRequest + " WHERE system = ? ORDER BY created, id",
            arguments: [system.rawValue]
        ).map(Self.request)
    }

    /// The requests made to a customer, oldest first.
    public func systemUserRequests(to customer: OrganisationNumber) throws -> [SystemUserRequest] {
        try Row.fetchAll(
            database,
            sql: Self.selectRequest + " WHERE customer = ? ORDER BY created, id",
            arguments: [customer.integer]
        ).map(Self.request)
    }

    /// The change request of that identifier.
    public func changeRequest(_ id: UUID) throws -> SystemUserChangeRequest? {
        try Row.fetchOne(database, sql: Self.selectChange + " WHERE id = ?", arguments: [id.stored]).map(Self.change)
    }

    /// The change requests about a system user, oldest first.
    public func changeRequests(about systemUser: UUID) throws -> [SystemUserChangeRequest] {
        try Row.fetchAll(
            database,
            sql: Self.selectChange + " WHERE system_user = ? ORDER BY created, id",
            arguments: [systemUser.stored]
        ).map(Self.change)
    }

    /// The system user of that identifier, also a deleted one.
    public func systemUser(_ id: UUID) throws -> SystemUser? {
        let statement = try database.cachedStatement(sql: Self.selectUser + " WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id.stored]).map(Self.user)
    }

    /// The living system user of that system, owner and vendor's name.
    public func systemUser(system: SystemID, owner: OrganisationNumber, externalRef: String) throws -> SystemUser? {
        let statement = try database.cachedStatement(
            sql: Self.selectUser + " WHERE system = ? AND owner = ? AND external_ref = ? AND deleted IS NULL"
        )
        return try Row.fetchOne(statement, arguments: [system.rawValue, owner.integer, externalRef]).map(Self.user)
    }

    /// An organisation's living system users, oldest first; of one system, or of all for nil.
    public func systemUsers(of owner: OrganisationNumber, system: SystemID?) throws -> [SystemUser] {
        var filter = SQLFilter()
        filter.require("deleted IS NULL")
        filter.require("owner = ?", owner.integer)
        filter.require("system = ?", system?.rawValue)
        return try users(filter)
    }

    /// A system's living system users, oldest first.
    public func systemUsers(ofSystem system: SystemID) throws -> [SystemUser] {
        var filter = SQLFilter()
        filter.require("deleted IS NULL")
        filter.require("system = ?", system.rawValue)
        return try users(filter)
    }

    /// An agent's client delegations, by client.
    public func clientDelegations(of agent: UUID) throws -> [ClientDelegation] {
        try Row.fetchAll(
            database,
            sql: Self.selectClients + " WHERE agent = ? ORDER BY client",
            arguments: [agent.stored]
        ).map(Self.clientDelegation)
    }

    /// The client delegations of one client, of all agents.
    public func clientDelegations(from client: OrganisationNumber) throws -> [ClientDelegation] {
        try Row.fetchAll(
            database,
            sql: Self.selectClients + " WHERE client = ? ORDER BY agent",
            arguments: [client.integer]
        ).map(Self.clientDelegation)
    }

    // MARK: Rows

    private static let selectRequest = """
        SELECT id, kind, system, customer, external_ref, title, rights, packages, redirect_url, created, escalated, answer, \
        answered FROM system_user_request
        """
    private static let selectChange = """
        SELECT id, system_user, required_rights, unwanted_rights, required_packages, unwanted_packages, redirect_url, \
        created, answer, answered FROM system_user_change
        """
    private static let selectUser = """
        SELECT id, kind, system, owner, external_ref, title, rights, packages, basis, created, deleted FROM system_user
        """
    private static let selectClients = "SELECT id, agent, client, packages, basis, created FROM client_delegation"

    private func users(_ filter: SQLFilter) throws -> [SystemUser] {
        try Row.fetchAll(
            database,
            sql: Self.selectUser + filter.clause + " ORDER BY created, id",
            arguments: filter.arguments
        ).map(Self.user)
    }

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
