import TokenIssuance
import HTTPTypes
import Administration
import Delegations
import HTTPServer
import JOSE
import Vocabulary

// The resource registry (altinn.md §3.2): records.
extension AdminAPI {
    static var registryBase: String { "/resourceregistry/api/v1/resource" }

    static var resourceRegistry: [Operation<Store>] { resourceReading + resourceWriting + resourcePolicies }

    static var readsResources: AccessDemand {
        AccessDemand(scopes: [
            .resourceRead, .resourceWrite, .resourceAdmin, .portal, .suppliersRead, .suppliersWrite, .authorize,
            .systemsWrite, .consentRequestsWrite,
        ])
    }

    private static var resourceReading: [Operation<Store>] {
        [
            Operation(.get, registryBase + "/resourcelist", .resourceRegistry, readsResources) { call in
                let resources = try await call.read { try $0.resources(ResourceQuery()) }
                return .json(.array(resources.filter(\.isVisible).map { .object($0.jsonObject) }))
            },
            Operation(.get, registryBase + "/{id}", .resourceRegistry, readsResources) { call in
                let id = try call.path.resource("id")
                guard let resource = try await call.read({ try $0.resource(id) }) else {
                    throw AdministrationRefusal.unknownResource(id)
                }
                return .json(.object(resource.jsonObject))
            },
            Operation(
                .get,
                registryBase + "/updated",
                .resourceRegistry,
                readsResources,
                query: ["since", "limit"],
                updatedSubjects
            ),
            Operation(.get, registryBase + "/changes", .resourceRegistry, readsResources, query: ["since"]) { call in
                let since = try time(call.query, "since")
                let resources = try await call.read { try $0.resources(ResourceQuery()) }
                    .filter { resource in since.map { (resource.lastChanged ?? $0) >= $0 } ?? true }
                    .sorted { ($0.versionID, $0.identifier.rawValue) < ($1.versionID, $1.identifier.rawValue) }
                return .json(.array(resources.map { .object($0.jsonObject) }))
            },
        ]
    }

    private static var resourceWriting: [Operation<Store>] {
        let demand = AccessDemand.anyOf(.resourceWrite, .resourceAdmin)
        return [
            Operation(.post, registryBase, .resourceRegistry, demand, body: Operation<Store>.jsonLimit, answers: [201])
            { call in
                let (resource, caller) = (try record(in: call), caller(call))
                let stored = try await call.act { try $0.createResource(resource, for: caller).value }
                return .created(.object(stored.jsonObject), at: "\(call.address)/\(stored.identifier)")
            },
            Operation(.put, registryBase + "/{id}", .resourceRegistry, demand, body: Operation<Store>.jsonLimit) {
                call in
                let (id, resource, caller) = (try call.path.resource("id"), try record(in: call), caller(call))
                guard resource.identifier == id else {
                    throw PathValues.fault("id", "is not the `identifier` of the body")
                }
                let stored = try await call.act { try $0.updateResource(resource, for: caller).value }
                return .json(.object(stored.jsonObject))
            },
            Operation(
                .delete,
                registryBase + "/{id}",
                .resourceRegistry,
                demand,
                query: ["deleteDelegations"],
                answers: [204]
            ) { call in
                let (id, caller) = (try call.path.resource("id"), caller(call))
                let ending = try call.query.flag("deleteDelegations")
                _ = try await call.act { try $0.deleteResource(id, endingDelegations: ending, for: caller).value }
                return .noContent
            },
        ]
    }

    /// For whom the registry is changed: the organisation with its prefixes, or an administrator.
    static func caller(_ call: Call<Store>) -> Administration<Store.Transaction>.ResourceCaller {
        call.token.holds(.resourceAdmin)
            ? .administrator
            : .organisation(
                call.token.consumer,
                prefixes: Set(call.token.prefixes.compactMap { try? ScopePrefix(parsing: $0) })
            )
    }

    private static func record(in call: Call<Store>) throws -> Resource {
        let object = try object(of: call)
        do throws(ResourceRecordFault) { return try Resource(reading: object) } catch {
            throw Problem(.malformedRequest, reason: "body_member", "\(error)")
        }
    }

    static func time(_ query: Query, _ name: String) throws(Problem) -> Timestamp? {
        guard let text = query[name] else { return nil }
        guard let time = InternetTime.parse(text) else {
            throw Query.fault(name, "is no time, as `2026-01-31T12:00:00Z`")
        }
        return time
    }
}
