public import FoundationEssentials
public import Vocabulary

/// Reads systems, requests and system users inside an open transaction or snapshot; blocks.
public protocol SystemUserReader {
    /// The system of that identifier, also a deleted one.
    func system(_ id: SystemID) throws -> RegisteredSystem?

    /// The living systems by identifier; of one vendor, or of all for nil.
    func systems(of vendor: OrganisationNumber?) throws -> [RegisteredSystem]

    /// The living system that the client belongs to.
    func system(ofClient client: ClientID) throws -> RegisteredSystem?

    /// A system's change log, oldest first.
    func changes(of system: SystemID) throws -> [SystemChange]

    /// The request of that identifier.
    func systemUserRequest(_ id: UUID) throws -> SystemUserRequest?

    /// The request that the triple of system, customer and vendor's name is taken by.
    func systemUserRequest(
        system: SystemID,
        customer: OrganisationNumber,
        externalRef: String
    ) throws -> SystemUserRequest?

    /// The requests made with a system, oldest first.
    func systemUserRequests(of system: SystemID) throws -> [SystemUserRequest]

    /// The requests made to a customer, oldest first.
    func systemUserRequests(to customer: OrganisationNumber) throws -> [SystemUserRequest]

    /// The change request of that identifier.
    func changeRequest(_ id: UUID) throws -> SystemUserChangeRequest?

    /// The change requests about a system user, oldest first.
    func changeRequests(about systemUser: UUID) throws -> [SystemUserChangeRequest]

    /// The system user of that identifier, also a deleted one.
    func systemUser(_ id: UUID) throws -> SystemUser?

    /// The living system user of that system, owner and vendor's name.
    func systemUser(system: SystemID, owner: OrganisationNumber, externalRef: String) throws -> SystemUser?

    /// An organisation's living system users, oldest first; of one system, or of all for nil.
    func systemUsers(of owner: OrganisationNumber, system: SystemID?) throws -> [SystemUser]

    /// A system's living system users, oldest first.
    func systemUsers(ofSystem system: SystemID) throws -> [SystemUser]

    /// An agent's client delegations, by client.
    func clientDelegations(of agent: UUID) throws -> [ClientDelegation]

    /// The client delegations of one client, of all agents.
    func clientDelegations(from client: OrganisationNumber) throws -> [ClientDelegation]
}

/// Keeps systems, requests and system users inside an open transaction; blocks.
///
/// It keeps what it is given: rules, revision and ledger are for whoever calls it.
public protocol SystemUserStore: SystemUserReader {
    /// Keeps a system, new or changed.
    func put(_ system: RegisteredSystem) throws

    /// Adds a line to a system's change log.
    func append(_ change: SystemChange) throws

    /// Keeps a request, new or answered.
    func put(_ request: SystemUserRequest) throws

    /// Forgets a request.
    func deleteSystemUserRequest(_ id: UUID) throws

    /// Keeps a change request, new or answered.
    func put(_ request: SystemUserChangeRequest) throws

    /// Forgets a change request.
    func deleteChangeRequest(_ id: UUID) throws

    /// Keeps a system user, new or changed.
    func put(_ systemUser: SystemUser) throws

    /// Keeps a new client delegation.
    func insert(_ delegation: ClientDelegation) throws

    /// Ends a client delegation.
    func deleteClientDelegation(_ id: UUID) throws
}
