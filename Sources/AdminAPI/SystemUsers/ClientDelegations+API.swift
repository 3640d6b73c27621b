import HTTPTypes
import Organisations
import Administration
import Delegations
import FoundationEssentials
import HTTPServer
import JOSE
import Vocabulary

// The clients of agent system users (altinn.md §6.6).
extension AdminAPI {
    static var clientDelegations: [Operation<Store>] {
        let base = "/authentication/api/v1/enduser/systemuser"
        let read = AccessDemand.person(.clientDelegationsRead, .clientDelegationsWrite)
        let write = AccessDemand.person(.clientDelegationsWrite)
        return [
            Operation(.get, base + "/agents", .systemUsers, read, query: ["party"]) { call in
                let party = try call.query.requiredParty("party")
                let agents = try await asAdministrator(of: party, "read", call) { reader in
                    try reader.systemUsers(of: party, system: nil).filter { $0.kind == .agent }
                }
                return .json(.array(agents.map { .object($0.jsonObject) }))
            },
            Operation(.get, base + "/clients/available", .systemUsers, read, query: ["agent"]) { call in
                let agent = try await ownAgent(call, "read")
                return try await clientPage(of: agent, call) { reader in
                    try ClientRelations(reader).available(for: agent).map(\.client)
                }
            },
            Operation(.get, base + "/clients", .systemUsers, read, query: ["agent"]) { call in
                let agent = try await ownAgent(call, "read")
                return try await clientPage(of: agent, call) { try $0.clientDelegations(of: agent.id).map(\.client) }
            },
            Operation(.post, base + "/clients", .systemUsers, write, query: ["agent", "client"]) { call in
                let agent = try await ownAgent(call, "write")
                let (client, right) = (try call.query.requiredParty("client"), try call.right)
                _ = try await call.act { try $0.addClient(client, to: agent.id, on: right).value }
                return .json([
                    "agent": .string(agent.id.uuidString.lowercased()),
                    "client": .string("\(Party.organisation(client).uuid)"),
                ])
            },
            Operation(.delete, base + "/clients", .systemUsers, write, query: ["agent", "client"], answers: [204]) {
                call in
                let agent = try await ownAgent(call, "write")
                let (client, right) = (try call.query.requiredParty("client"), try call.right)
                _ = try await call.act { try $0.removeClient(client, from: agent.id, on: right).value }
                return .noContent
            },
        ]
    }

    /// The agent that the query names; one of an organisation whose clients the person may not see is none.
    private static func ownAgent(_ call: Call<Store>, _ action: String) async throws -> SystemUser {
        guard let id = try call.query.uuid("agent") else { throw Query.fault("agent", "is missing") }
        let user = try await call.read { try $0.systemUser(id) }
        guard let user, !user.isDeleted else { throw SystemUserProblem.systemUserNotFound }
        try await asAdministrator(of: user.owner, action, call) { _ in }
        guard user.kind == .agent else { throw SystemUserProblem.agentExpected }
        return user
    }

    /// The gate of this API: `altinn_client_administration`.
    private static func asAdministrator<Value: Sendable>(
        of owner: OrganisationNumber,
        _ action: String,
        _ call: Call<Store>,
        _ body: @escaping @Sendable (Store.Reader) throws -> Value
    ) async throws -> Value {
        let (person, level, now) = (try call.actingPerson, call.level, call.now)
        return try await call.read { reader in
            let isPermitted = try DecisionAuthority(reader, at: now)
                .permits(action, on: .clientAdministration, to: person, level: level, for: .organisation(owner))
            guard isPermitted else { throw SystemUserProblem.missingRole }
            return try body(reader)
        }
    }

    private static func clientPage(
        of agent: SystemUser,
        _ call: Call<Store>,
        _ find: @escaping @Sendable (Store.Reader) throws -> [OrganisationNumber]
    ) async throws -> APIAnswer {
        let clients = try await call.read { reader in
            try find(reader).map { number -> JSONValue in
                [
                    "clientId": .string("\(Party.organisation(number).uuid)"),
                    "clientOrganizationNumber": .string("\(number)"),
                    "clientOrganizationName": .string(try reader.organisation(number)?.name ?? ""),
                ]
            }
        }
        return .json([
            "links": ["next": .null],
            "systemUserInformation": [
                "systemUserId": .string(agent.id.uuidString.lowercased()),
                "systemUserOwnerOrg": .string("\(agent.owner)"),
            ],
            "data": .array(clients),
        ])
    }
}
