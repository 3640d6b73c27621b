import Administration
import Delegations
import Vocabulary

/// Access lists.
package struct ListAccessLists: Inquiry {
    package static let name = "accesslist-list"
    package static let summary = "List access lists."
    package static let parameters = [
        Parameter("owner", .organisation, "Only those that this organisation keeps."),
        Parameter("member", .organisation, "Only those that this organisation is on."),
        Parameter("resource", .resource, "Only those that count for this resource."),
    ]
    package let arguments: Arguments
    private let query: AccessListQuery

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query = AccessListQuery(
            owner: try arguments.organisation("owner"),
            member: try arguments.organisation("member"),
            resource: try arguments.resource("resource")
        )
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let rows = try reader.accessLists(query).filter { context.viewer.isOne(of: $0.id.owner) }.map { list in
            Row(
                list: list,
                members: try reader.members(of: list.id).count,
                resources: try reader.connections(of: list.id).count
            )
        }
        return Report(Table("access-list-list", rows, whenEmpty: "no access list found", columns: Self.columns))
    }

    private struct Row: Sendable {
        let list: AccessList
        let members: Int
        let resources: Int
    }

    private static let columns: [Column<Row>] = [
        Column("access_list") { $0.list.id }, Column("name") { $0.list.name },
        Column("members") { $0.members }, Column("resources") { $0.resources },
        Column("description", .detail) { $0.list.description },
        Column("created", .detail) { $0.list.created },
        Column("last_updated", .detail) { $0.list.lastUpdated },
    ]
}

/// A list: who is on it, and for which resources it counts.
package struct ShowAccessList: Inquiry {
    package static let name = "accesslist-show"
    package static let summary = "Show a list: who is on it, and for which resources it counts."
    package static let parameters = [AccessListArguments.list]
    package let arguments: Arguments
    private let id: AccessListID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.accessList("list")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard context.viewer.isOne(of: id.owner), let list = try reader.accessList(id) else {
            throw AccessListRefusal.unknownList(id)
        }
        let connections = try reader.connections(of: id).map { connection in
            OutputValue.object([.init("resource", connection.resource), .init("actions", connection.actions)])
        }
        return Report(
            Record(
                "access-list",
                [
                    .init("access_list", id), .init("name", list.name), .init("description", list.description),
                    .init("created", list.created), .init("last_updated", list.lastUpdated),
                    .init("members", try reader.members(of: id).map(\.organisation)),
                    .init("resources", connections),
                ]
            )
        )
    }
}
