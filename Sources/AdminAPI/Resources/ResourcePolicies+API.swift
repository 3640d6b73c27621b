import Administration
import Delegations
import HTTPServer
import HTTPTypes
import JOSE
import TokenIssuance
import Vocabulary
import XACML

// The resource registry (altinn.md §3.2): policies, and what follows from them.
extension AdminAPI {
    /// The largest policy document, in bytes; a multipart body around it may have 16 KiB more.
    private static var policyLimit: Int { 1_048_576 }

    static var resourcePolicies: [Operation<Store>] {
        let path = registryBase + "/{id}/policy"
        let write = AccessDemand.anyOf(.resourceWrite, .resourceAdmin)
        let limit = policyLimit + 16_384
        return [
            Operation(.get, path, .resourceRegistry, readsResources, answerType: "application/xml") { call in
                let id = try call.path.resource("id")
                guard let document = try await call.read({ try $0.policyDocument(of: id) }) else {
                    throw Problem.unknown("policy of `\(id)`")
                }
                return .document(document, type: "application/xml")
            },
            Operation(.post, path, .resourceRegistry, write, body: limit, bodyType: "application/xml", answers: [201]) {
                call in
                try await setPolicy(call)
                return .created(["policy": "stored"])
            },
            Operation(.put, path, .resourceRegistry, write, body: limit, bodyType: "application/xml") { call in
                try await setPolicy(call)
                return .json(["policy": "stored"])
            },
            Operation(.get, path + "/subjects", .resourceRegistry, readsResources) { call in
                let policy = try await policy(call)
                return .json(page(policy.subjects.map { .object(subject($0)) }))
            },
            Operation(.get, path + "/rules", .resourceRegistry, readsResources) { call in
                let policy = try await policy(call)
                return .json(.array(policy.combinations.map { .object(rule($0)) }))
            },
            Operation(.get, path + "/rights", .resourceRegistry, readsResources) { call in
                let policy = try await policy(call)
                return .json(page(policy.rights.map { .object(right($0)) }))
            },
            Operation(
                .post,
                registryBase + "/bysubjects",
                .resourceRegistry,
                readsResources,
                body: Operation<Store>.jsonLimit,
                resourcesBySubjects
            ),
        ]
    }

    private static func setPolicy(_ call: Call<Store>) async throws {
        let (id, caller) = (try call.path.resource("id"), caller(call))
        let mediaType = call.headers[.contentType] ?? ""
        let kind = mediaType.split(separator: ";").first.map { $0.lowercased() } ?? ""
        let document: [UInt8]
        switch kind {
        case "multipart/form-data": document = try Multipart.file(in: call.body, mediaType: mediaType)
        case "application/xml", "text/xml": document = call.body
        default:
            throw Problem(
                .malformedRequest,
                reason: "body_malformed",
                "the policy must come as a file in `multipart/form-data`, or as `application/xml`"
            )
        }
        guard document.count <= policyLimit else { throw Refusal.bodyTooLarge(limit: policyLimit) }
        // Read here: within the act every other writer would wait for it.
        let policy = try PolicyDocument(parsing: document)
        _ = try await call.act { try $0.setPolicy(policy, of: id, for: caller).hasChanged }
    }

    private static func policy(_ call: Call<Store>) async throws -> XACMLPolicy {
        let id = try call.path.resource("id")
        guard let policy = try await call.read({ try $0.policy(of: id) }) else {
            throw Problem.unknown("policy of `\(id)`")
        }
        return policy
    }

    private static func resourcesBySubjects(_ call: Call<Store>) async throws -> APIAnswer {
        let body = try call.json()
        let asked = Set(try body.elements().map { part throws(Problem) in try part.text().lowercased() })
        let found = try await call.read { reader in
            var resources: [String: [ResourceID]] = [:]
            for resource in try reader.resources(ResourceQuery()) {
                for subject in try reader.policy(of: resource.identifier)?.subjects ?? [] {
                    let urn = "\(subject.identifier):\(subject.value)".lowercased()
                    if asked.contains(urn) { resources[urn, default: []].append(resource.identifier) }
                }
            }
            return resources
        }
        let data = found.sorted { $0.key < $1.key }.map { urn, resources -> JSONValue in
            [
                "subject": .object(subject(urn: urn)),
                "resources": .array(resources.map { .object(resource($0)) }),
            ]
        }
        return .json(page(data))
    }

    /// Which subjects newer policies name, for those who keep a copy: the pairs of each resource that changed since then.
    static func updatedSubjects(_ call: Call<Store>) async throws -> APIAnswer {
        let since = try time(call.query, "since")
        let limit = try call.query.number("limit", in: 1...1_000) ?? 1_000
        let pairs = try await call.read { reader in
            try reader.resources(ResourceQuery())
                .filter { resource in since.map { (resource.lastChanged ?? $0) >= $0 } ?? true }
                .flatMap { resource -> [JSONValue] in
                    try (reader.policy(of: resource.identifier)?.subjects ?? []).map { subject in
                        [
                            "subjectUrn": .string("\(subject.identifier):\(subject.value)"),
                            "resourceUrn": .string("urn:altinn:resource:\(resource.identifier)"),
                            "updatedAt": .string("\(resource.lastChanged ?? Timestamp(seconds: 0))"),
                            "deleted": false,
                        ]
                    }
                }
        }
        return .json(page(Array(pairs.prefix(Int(limit)))))
    }

    // MARK: JSON

    private static func page(_ data: [JSONValue]) -> JSONValue {
        ["links": ["next": .null], "data": .array(data)]
    }

    private static func subject(_ attribute: XACMLTargetAttribute) -> JSONObject {
        subject(urn: "\(attribute.identifier):\(attribute.value)")
    }

    private static func subject(urn: String) -> JSONObject {
        let parts = urn.split(separator: ":")
        return [
            "type": .string(parts.dropLast().joined(separator: ":")),
            "value": .string(parts.last.map(String.init) ?? ""),
            "urn": .string(urn),
        ]
    }

    private static func resource(_ id: ResourceID) -> JSONObject {
        subject(urn: "urn:altinn:resource:\(id)")
    }

    private static func attributes(_ attributes: [XACMLTargetAttribute]) -> JSONValue {
        .array(attributes.map { .object(subject($0)) })
    }

    private static func rule(_ combination: XACMLCombination) -> JSONObject {
        [
            "subject": attributes(combination.subject),
            "action": combination.action.first.map { .object(subject($0)) } ?? .null,
            "resource": attributes(combination.resource),
        ]
    }

    private static func right(_ right: XACMLRight) -> JSONObject {
        let action = right.action.first
        return [
            "action": action.map { .object(subject($0)) } ?? .null,
            "resource": attributes(right.resource),
            "subjects": .array(right.subjects.map { ["subjectAttributes": attributes($0)] }),
        ]
    }
}
