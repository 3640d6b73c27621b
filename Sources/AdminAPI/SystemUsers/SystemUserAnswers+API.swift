import HTTPTypes
import Administration
import Delegations
import FoundationEssentials
import HTTPServer
import JOSE
import Vocabulary

// What a person at a portal answers to requests for system users (altinn.md §6.3).
extension AdminAPI {
    static var systemUserAnswers: [Operation<Store>] {
        requestAnswers(.standard) + requestAnswers(.agent) + changeAnswers + ownedSystemUsers
    }

    private static func requestAnswers(_ kind: SystemUserKind) -> [Operation<Store>] {
        let base =
            "/authentication/api/v1/systemuser/request" + (kind == .agent ? "/agent" : "") + "/{party}/{requestId}"
        return [
            Operation(.get, base, .systemUsers, .person()) { call in
                let (party, id) = (try call.partyInPath(), try call.path.uuid("requestId"))
                try await requireGate(of: party, call)
                let request = try await call.read { try $0.systemUserRequest(id) }
                guard let request, request.kind == kind, request.customer == party else {
                    throw SystemUserProblem.requestNotFound
                }
                return .json(answer(request, call))
            },
            Operation(.post, base + "/approve", .systemUsers, .person()) { call in
                let (party, id, right) = (try call.partyInPath(), try call.path.uuid("requestId"), try call.right)
                _ = try await call.act {
                    try $0.approveSystemUserRequest(id, expecting: kind, of: party, on: right).value
                }
                return .json(true)
            },
            Operation(.post, base + "/reject", .systemUsers, .person()) { call in
                let (party, id, right) = (try call.partyInPath(), try call.path.uuid("requestId"), try call.right)
                _ = try await call.act { try $0.rejectSystemUserRequest(id, of: party, on: right).value }
                return .json(true)
            },
            // Whoever may not approve passes it on; that needs no right but being known to the portal.
            Operation(.post, base + "/escalate", .systemUsers, .person()) { call in
                let (party, id) = (try call.partyInPath(), try call.path.uuid("requestId"))
                _ = try await call.act { try $0.escalateSystemUserRequest(id, of: party).value }
                return .json(true)
            },
        ]
    }

    private static var changeAnswers: [Operation<Store>] {
        let base = "/authentication/api/v1/systemuser/changerequest/{party}/{requestId}"
        return [
            Operation(.get, base, .systemUsers, .person()) { call in
                let (party, id) = (try call.partyInPath(), try call.path.uuid("requestId"))
                try await requireGate(of: party, call)
                let found = try await call.read { reader -> (SystemUserChangeRequest, SystemUser)? in
                    guard let request = try reader.changeRequest(id),
                        let user = try reader.systemUser(request.systemUser), user.owner == party
                    else { return nil }
                    return (request, user)
                }
                guard let (request, user) = found else { throw SystemUserProblem.requestNotFound }
                return .json(answer(request, of: user, call))
            },
            Operation(.post, base + "/approve", .systemUsers, .person()) { call in
                let (party, id, right) = (try call.partyInPath(), try call.path.uuid("requestId"), try call.right)
                _ = try await call.act { try $0.approveChangeRequest(id, of: party, on: right).value }
                return .json(true)
            },
            Operation(.post, base + "/reject", .systemUsers, .person()) { call in
                let (party, id, right) = (try call.partyInPath(), try call.path.uuid("requestId"), try call.right)
                _ = try await call.act { try $0.rejectChangeRequest(id, of: party, on: right).value }
                return .json(true)
            },
        ]
    }

    /// An organisation's own system users, for its portal.
    private static var ownedSystemUsers: [Operation<Store>] {
        let base = "/authentication/api/v1/systemuser/{party}"
        return [
            Operation(.get, base, .systemUsers, .person()) { call in
                let party = try call.partyInPath()
                try await requireGate(of: party, call)
                let users = try await call.read { try $0.systemUsers(of: party, system: nil) }
                return .json(.array(users.map { .object($0.jsonObject) }))
            },
            Operation(.get, base + "/pending", .systemUsers, .person()) { call in
                let party = try call.partyInPath()
                try await requireGate(of: party, call)
                let now = call.now
                let requests = try await call.read { try $0.systemUserRequests(to: party) }
                    .filter { $0.status(at: now) == .new }
                return .json(.array(requests.map { answer($0, call) }))
            },
            Operation(.delete, base + "/{systemUserId}", .systemUsers, .person(), answers: [204]) { call in
                let (party, id, right) = (
                    try call.partyInPath(), try call.path.uuid("systemUserId"), try call.right
                )
                _ = try await call.act { try $0.deleteSystemUser(id, of: party, on: right).value }
                return .noContent
            },
        ]
    }

    /// The portal's gate for reading: the person may look at access of the organisation.
    private static func requireGate(of party: OrganisationNumber, _ call: Call<Store>) async throws {
        let (person, level, now) = (try call.actingPerson, call.level, call.now)
        let isPermitted = try await call.read { reader in
            try DecisionAuthority(reader, at: now)
                .permits("read", on: .accessManagement, to: person, level: level, for: .organisation(party))
        }
        guard isPermitted else { throw SystemUserProblem.missingRole }
    }
}
