package import Administration
import Delegations
import FoundationEssentials
package import Vocabulary

/// Agents and the clients that they act for.
enum AgentClients {
    static let agent = Parameter("agent", .text, "The agent.").required
    static let changing =
        [agent, Parameter("org", .organisation, "A client of the agent's owner.").list.required]
        + ActingPerson.parameters

    /// The living agent.
    static func agent(_ id: UUID, _ reader: some OperationReader, for viewer: Viewer) throws -> SystemUser {
        guard let user = try reader.systemUser(id), !user.isDeleted, viewer.isOne(of: user.owner) else {
            throw SystemUserRefusal(.systemUserNotFound)
        }
        guard user.kind == .agent else { throw SystemUserRefusal(.agentExpected) }
        return user
    }

    /// What was done to each client.
    static func report(_ rows: [(delegation: ClientDelegation, result: String)]) -> Report {
        Report(
            Table(
                "systemuser-clients-changed",
                rows,
                columns: [
                    Column("client_orgno", title: "CLIENT") { $0.delegation.client },
                    Column("packages") { $0.delegation.packages },
                    Column("result") { $0.result },
                ]
            )
        )
    }
}

/// The clients that an agent acts for.
package struct ListAgentClients: Inquiry {
    package static let name = "systemuser-clients-list"
    package static let summary = "List the clients that an agent acts for."
    package static let parameters = [AgentClients.agent]
    package let arguments: Arguments
    private let agent: UUID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        agent = try arguments.identifier("agent")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let agent = try AgentClients.agent(agent, reader, for: context.viewer)
        let relations = ClientRelations(reader)
        let rows = try reader.clientDelegations(of: agent.id).map { delegation in
            (delegation: delegation, packages: try relations.packages(of: delegation, to: agent))
        }
        return Report(
            Table(
                "systemuser-clients",
                rows,
                whenEmpty: "the agent acts for nobody",
                columns: [
                    Column("client_orgno", title: "CLIENT") { $0.delegation.client },
                    Column("packages") { $0.packages },
                    Column("since") { $0.delegation.created },
                    Column("basis", .detail) { $0.delegation.basis },
                    Column("id", .detail) { $0.delegation.id.uuidString.lowercased() },
                ]
            )
        )
    }
}

/// The clients of the agent's owner that it could act for.
package struct ListAvailableClients: Inquiry {
    package static let name = "systemuser-clients-available"
    package static let summary = "List the clients of the agent's owner that it could act for."
    package static let parameters = [AgentClients.agent]
    package let arguments: Arguments
    private let agent: UUID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        agent = try arguments.identifier("agent")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let agent = try AgentClients.agent(agent, reader, for: context.viewer)
        return Report(
            Table(
                "systemuser-clients-available",
                try ClientRelations(reader).available(for: agent),
                whenEmpty: "there is no such client",
                columns: [
                    Column("client_orgno", title: "CLIENT") { $0.client },
                    Column("roles") { $0.roles.map(\.rawValue) },
                    Column("packages") { $0.packages },
                ]
            )
        )
    }
}

/// Lets an agent act for clients of its owner.
package struct AddAgentClients: OperatorAct {
    package static let name = "systemuser-clients-add"
    package static let summary = "Let an agent act for clients of its owner."
    package static let parameters = AgentClients.changing
    package let arguments: Arguments
    private let agent: UUID
    private let clients: [OrganisationNumber]
    private let acting: ActingPerson

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        agent = try arguments.identifier("agent")
        clients = try arguments.organisations("org")
        acting = try ActingPerson(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let right = try acting.right(administration.transaction, context)
        let outcomes = try clients.map { try administration.addClient($0, to: agent, on: right) }
        return AgentClients.report(outcomes.map { ($0.value, $0.hasChanged ? "added" : "already") })
    }
}

/// Lets an agent act for clients no more.
package struct RemoveAgentClients: OperatorAct {
    package static let name = "systemuser-clients-remove"
    package static let summary = "Let an agent act for clients no more."
    package static let parameters = AgentClients.changing
    package let arguments: Arguments
    private let agent: UUID
    /// Those who are taken from it.
    package let clients: [OrganisationNumber]
    private let acting: ActingPerson

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        agent = try arguments.identifier("agent")
        clients = try arguments.organisations("org")
        acting = try ActingPerson(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let right = try acting.right(administration.transaction, context)
        let outcomes = try clients.map { try administration.removeClient($0, from: agent, on: right) }
        return AgentClients.report(outcomes.map { ($0.value, "removed") })
    }
}
