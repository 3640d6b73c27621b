import Administration
import Delegations
import JOSE
import Vocabulary
import XACML

/// Resources.
package struct ListResources: Inquiry {
    package static let name = "resource-list"
    package static let summary = "List resources."
    package static let parameters = [
        Parameter("org", .organisation, "Only those of this competent authority."),
        Parameter("type", .word(ResourceType.allCases.map(\.rawValue)), "Only those of this type."),
        Parameter("scope", .scope, "Only those that bundle this scope."),
    ]
    package let arguments: Arguments
    private var query = ResourceQuery()
    private let scope: ScopeName?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.owner = try arguments.organisation("org")
        if let text = try arguments.text("type") {
            guard let type = ResourceType(rawValue: text) else {
                let words = ResourceType.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw .usage("`\(text)` is no type of resource", hint: "one of \(words)")
            }
            query.type = type
        }
        scope = try arguments.scope("scope")
    }

    // The registry is public: every viewer sees all of it.
    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let resources =
            if let scope {
                try reader.resources(referencing: scope).filter { resource in
                    (query.owner == nil || resource.competentAuthority?.organisation == query.owner)
                        && (query.type == nil || resource.type == query.type)
                }
            } else { try reader.resources(query) }
        return Report(Table("resource-list", resources, whenEmpty: "there is no such resource", columns: Self.columns))
    }

    private static let columns: [Column<Resource>] = [
        Column("identifier", title: "ID") { $0.identifier },
        Column("resource_type", title: "TYPE") { $0.type.rawValue },
        Column("title") { $0.title.preferred },
        Column("owner") { $0.competentAuthority?.organisation },
        Column("scopes") { $0.scopes },
        Column("delegable") { $0.isDelegable },
        Column("version") { $0.versionID },
        Column("last_changed", .detail) { $0.lastChanged },
    ]
}

/// A resource, or one of its versions.
package struct ShowResource: Inquiry {
    package static let name = "resource-show"
    package static let summary = "Show a resource, or one of its versions."
    package static let parameters = [
        Parameter("resource", .resource, "The resource.").required,
        Parameter("version", .number(0...Int64.max), "A version of it; the newest if not given."),
    ]
    package let arguments: Arguments
    private let id: ResourceID
    private let version: Int64?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.required("resource", arguments.resource)
        version = try arguments.number("version", in: 0...Int64.max)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let found =
            if let version { try reader.versions(of: id).first { $0.versionID == version } } else {
                try reader.resource(id)
            }
        guard let found else { throw AdministrationRefusal.unknownResource(id) }
        let subjects = try reader.policy(of: id)?.subjects ?? []
        return Report(
            Record(
                "resource",
                found.jsonObject.members.map { .init($0.name, $0.value) } + [
                    .init("lastChanged", found.lastChanged),
                    .init("policySubjects", subjects.map { "\($0.identifier)=\($0.value)" }),
                ]
            )
        )
    }
}
