import HTTPTypes
import Administration
import Delegations
import HTTPServer
import JOSE
import Vocabulary

// The system register of vendors (altinn.md §6.2).
extension AdminAPI {
    static var systemRegister: [Operation<Store>] {
        let base = "/authentication/api/v1/systemregister/vendor"
        let demand = AccessDemand.anyOf(.systemsWrite, .systemsAdmin)
        let limit = Operation<Store>.jsonLimit
        return [
            Operation(.post, base, .systemRegister, demand, body: limit) { call in
                let draft = SystemDraft(reading: try object(of: call))
                let vendor = vendor(call)
                let system = try await call.act { try $0.registerSystem(draft, by: vendor).value }
                return .json(.object(system.jsonObject))
            },
            Operation(.get, base, .systemRegister, demand) { call in
                let vendor = vendor(call)
                return .json(.array(try await call.read { try $0.systems(of: vendor).map { .object($0.jsonObject) } }))
            },
            Operation(.get, base + "/{systemId}", .systemRegister, demand) { call in
                .json(.object(try await ownSystem(call).jsonObject))
            },
            Operation(.put, base + "/{systemId}", .systemRegister, demand, body: limit) { call in
                let (id, draft, vendor) = (
                    try call.path.system("systemId"), SystemDraft(reading: try object(of: call)), vendor(call)
                )
                let system = try await call.act { try $0.changeSystem(id, to: draft, by: vendor).value }
                return .json(.object(system.jsonObject))
            },
            Operation(.delete, base + "/{systemId}", .systemRegister, demand) { call in
                let (id, vendor) = (try call.path.system("systemId"), vendor(call))
                let system = try await call.act { try $0.deleteSystem(id, by: vendor).value }
                return .json(.object(system.jsonObject))
            },
            Operation(.put, base + "/{systemId}/rights", .systemRegister, demand, body: limit) { call in
                let rights = try SystemDraft.rights(reading: try call.json().value)
                let (id, vendor) = (try call.path.system("systemId"), vendor(call))
                let system = try await call.act { try $0.setRights(rights, ofSystem: id, by: vendor).value }
                return .json(.object(system.jsonObject))
            },
            Operation(.put, base + "/{systemId}/accesspackages", .systemRegister, demand, body: limit) { call in
                let packages = try SystemDraft.packages(reading: try call.json().value)
                let (id, vendor) = (try call.path.system("systemId"), vendor(call))
                let system = try await call.act { try $0.setPackages(packages, ofSystem: id, by: vendor).value }
                return .json(.object(system.jsonObject))
            },
            Operation(.get, base + "/{systemId}/changelog", .systemRegister, demand) { call in
                let system = try await ownSystem(call)
                let changes = try await call.read { try $0.changes(of: system.id) }
                return .json(.array(changes.map { .object($0.jsonObject) }))
            },
        ]
    }

    /// The vendor whose systems a caller may see and change; nil: all of them.
    static func vendor(_ call: Call<Store>) -> OrganisationNumber? {
        call.token.holds(.systemsAdmin) ? nil : call.token.consumer
    }

    /// The body, which must be an object.
    static func object(of call: Call<Store>) throws -> JSONObject {
        let body = try call.json()
        guard let object = body.value.object else { throw body.fault("is no object") }
        return object
    }

    private static func ownSystem(_ call: Call<Store>) async throws -> RegisteredSystem {
        let (id, vendor) = (try call.path.system("systemId"), vendor(call))
        let system = try await call.read { try $0.system(id) }
        // Another vendor's system is told of no more than one that is not there.
        guard let system, vendor == nil || system.vendor == vendor, !system.isDeleted else {
            throw SystemUserProblem.systemNotFound
        }
        return system
    }
}
