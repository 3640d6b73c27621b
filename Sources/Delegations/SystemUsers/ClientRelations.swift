public import Vocabulary

/// A client of an organisation, and what the relation lets the organisation do.
public struct ClientRelation: Sendable, Hashable {
    /// The client.
    public let client: OrganisationNumber
    /// The roles that make it one: `REGN`, `REVI`, `FFØR`.
    public let roles: [RoleCode]
    /// The slugs of the packages that the organisation has for it, which it may let an agent use.
    public let packages: [String]
}

/// Who is whose client, and which clients an agent system user may act for (spec/altinn §6.6).
public struct ClientRelations<Reader: SystemUserReader & RoleReader> {
    private let reader: Reader

    /// Rules over the facts that `reader` gives.
    public init(_ reader: Reader) { self.reader = reader }

    /// The clients of an organisation, by number; deleted ones are none.
    public func clients(of organisation: OrganisationNumber) throws -> [ClientRelation] {
        var roles: [OrganisationNumber: Set<RoleCode>] = [:]
        for assignment in try reader.assignments(heldBy: .organisation(organisation))
        where PackageFitness.clientRoles.contains(assignment.role) {
            roles[assignment.organisation, default: []].insert(assignment.role)
        }
        return try roles.keys.sorted().compactMap { client in
            guard try reader.unit(client)?.isLive == true else { return nil }
            let packages = try packages(of: organisation, for: client)
            return ClientRelation(client: client, roles: (roles[client] ?? []).sorted(), packages: packages)
        }
    }

    /// The clients that an agent could be given: whose relation gives all its packages, and for whom it does not act yet.
    public func available(for agent: SystemUser) throws -> [ClientRelation] {
        let taken = try Set(reader.clientDelegations(of: agent.id).map(\.client))
        return try clients(of: agent.owner).filter { relation in
            !taken.contains(relation.client) && missing(for: agent, in: relation).isEmpty
        }
    }

    /// Whether an agent may be given a client.
    ///
    /// - Throws: `SystemUserRefusal`: `.agentExpected`, `.clientUnknown`, `.clientLacksPackages`.
    public func check(_ client: OrganisationNumber, for agent: SystemUser) throws {
        guard agent.kind == .agent else { throw SystemUserRefusal(.agentExpected) }
        guard let relation = try clients(of: agent.owner).first(where: { $0.client == client }) else {
            throw SystemUserRefusal(.clientUnknown, about: "\(client)")
        }
        if let slug = missing(for: agent, in: relation).first {
            throw SystemUserRefusal(.clientLacksPackages, about: slug)
        }
    }

    /// The packages that an agent may use for a client at this moment.
    ///
    /// A client delegation lives no longer than the relation it came from: once the client has another accountant, it gives
    /// nothing. Nor does it give what was taken from the agent since.
    public func packages(of delegation: ClientDelegation, to agent: SystemUser) throws -> [String] {
        guard !agent.isDeleted else { return [] }
        let own = Set(agent.packages.map { $0.lowercased() })
        let usable = try own.intersection(packages(of: agent.owner, for: delegation.client))
        return delegation.packages.filter { usable.contains($0.lowercased()) }
    }

    private func packages(of organisation: OrganisationNumber, for client: OrganisationNumber) throws -> [String] {
        let held = try PackageRules(reader).packages(of: .organisation(organisation), for: client)
        return Set(held.filter(\.hasAccess).map(\.slug)).sorted()
    }

    private func missing(for agent: SystemUser, in relation: ClientRelation) -> [String] {
        agent.packages.filter { !relation.packages.contains($0.lowercased()) }
    }
}
