public import Delegations
public import Foundation
internal import RelationalStorage
internal import Vocabulary

extension SQLiteTransaction: SystemUserStore {
    /// Keeps a request, new or answered.
    public func put(_ request: SystemUserRequest) throws {
        try database.execute(
            sql: """
                INSERT INTO system_user_request (id, kind, system, customer, external_ref, title, rights, packages,
                    redirect_url, created, escalated, answer, answered)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET escalated = excluded.escalated, answer = excluded.answer,
                    answered = excluded.answered
                """,
            arguments: [
                request.id.stored, request.kind.rawValue, request.system.rawValue, request.customer.integer,
                request.externalRef, request.integrationTitle, request.rights.stored, request.packages.stored,
                request.redirectURL, request.created.seconds, request.isEscalated, request.answer.rawValue,
                request.answered?.seconds,
            ]
        )
    }

    /// Forgets a request.
    public func deleteSystemUserRequest(_ id: UUID) throws {
        try database.execute(sql: "DELETE FROM system_user_request WHERE id = ?", arguments: [id.stored])
    }

    /// Keeps a change request, new or answered.
    public func put(_ request: SystemUserChangeRequest) throws {
        try database.execute(
            sql: """
                INSERT INTO system_user_change (id, system_user, required_rights, unwanted_rights, required_packages,
                    unwanted_packages, redirect_url, created, answer, answered)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET answer = excluded.answer, answered = excluded.answered
                """,
            arguments: [
                request.id.stored, request.systemUser.stored, request.requiredRights.stored,
                request.unwantedRights.stored, request.requiredPackages.stored, request.unwantedPackages.stored,
                request.redirectURL, request.created.seconds, request.answer.rawValue, request.answered?.seconds,
            ]
        )
    }

    /// Forgets a change request.
    public func deleteChangeRequest(_ id: UUID) throws {
        try database.execute(sql: "DELETE FROM system_user_change WHERE id = ?", arguments: [id.stored])
    }

    /// Keeps a system user, new or changed.
    public func put(_ user: SystemUser) throws {
        let person: PersonPseudonym? =
            switch user.basis {
            case .person(let person): person
            case .operator: nil
            }
        try database.execute(
            sql: """
                INSERT INTO system_user (id, kind, system, owner, external_ref, title, rights, packages, basis, created,
                    deleted)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET title = excluded.title, rights = excluded.rights,
                    packages = excluded.packages, deleted = excluded.deleted
                """,
            arguments: [
                user.id.stored, user.kind.rawValue, user.system.rawValue, user.owner.integer, user.externalRef,
                user.integrationTitle, user.rights.stored, user.packages.stored, person?.stored, user.created.seconds,
                user.deleted?.seconds,
            ]
        )
    }

    /// Keeps a new client delegation.
    public func insert(_ delegation: ClientDelegation) throws {
        let person: PersonPseudonym? =
            switch delegation.basis {
            case .person(let person): person
            case .operator: nil
            }
        try database.execute(
            sql: """
                INSERT INTO client_delegation (id, agent, client, packages, basis, created) VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                delegation.id.stored, delegation.agent.stored, delegation.client.integer, delegation.packages.stored,
                person?.stored, delegation.created.seconds,
            ]
        )
    }

    /// Ends a client delegation.
    public func deleteClientDelegation(_ id: UUID) throws {
        try database.execute(sql: "DELETE FROM client_delegation WHERE id = ?", arguments: [id.stored])
    }
}
