public import Vocabulary

/// Why no system user answers to a client's words (spec/maskinporten §4.3); the raw values are reasons of MP-303.
public enum SystemUserLookupFailure: String, Error, Sendable, Hashable, CaseIterable {
    /// The client is on no system of its owner.
    case clientNotOnSystem = "client_not_on_system"
    /// The organisation has no system user of that system.
    case noSystemUser = "system_user_unknown"
    /// The organisation has one under another external reference.
    case externalRefMismatch = "external_ref_mismatch"
    /// The organisation has not approved the request.
    case notApproved = "system_user_not_approved"
    /// The organisation is a client of an agent, and it is the agent's owner who must be named.
    case agentAddressedByClient = "agent_addressed_by_client"
}

/// Finds the system user that a client means (spec/altinn §6.4).
public struct SystemUserLookup<Reader: SystemUserReader> {
    private let reader: Reader

    /// A look-up in the facts that `reader` gives.
    public init(_ reader: Reader) { self.reader = reader }

    /// The living system user of a vendor's client for an owner; without an external reference, the owner's number is it.
    ///
    /// - Returns: the system user, or why there is none.
    public func systemUser(
        ofClient client: ClientID,
        vendor: OrganisationNumber,
        owner: OrganisationNumber,
        externalRef: String?
    ) throws -> Result<SystemUser, SystemUserLookupFailure> {
        guard let system = try reader.system(ofClient: client), system.vendor == vendor else {
            return .failure(.clientNotOnSystem)
        }
        let reference = externalRef ?? "\(owner)"
        if let user = try reader.systemUser(system: system.id, owner: owner, externalRef: reference) {
            return .success(user)
        }
        return .failure(try failure(in: system.id, owner: owner, externalRef: reference))
    }

    private func failure(
        in system: SystemID,
        owner: OrganisationNumber,
        externalRef: String
    ) throws -> SystemUserLookupFailure {
        let request = try reader.systemUserRequest(system: system, customer: owner, externalRef: externalRef)
        if let request, request.answer != .accepted { return .notApproved }
        if try !reader.systemUsers(of: owner, system: system).isEmpty { return .externalRefMismatch }
        for delegation in try reader.clientDelegations(from: owner) {
            if let agent = try reader.systemUser(delegation.agent), agent.system == system, !agent.isDeleted {
                return .agentAddressedByClient
            }
        }
        let waits = try reader.systemUserRequests(to: owner).contains { $0.system == system && $0.answer == .new }
        return waits ? .notApproved : .noSystemUser
    }
}
