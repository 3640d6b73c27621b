import Administration
import Organisations
import Scopes
import Vocabulary

/// The prefixes of scopes, and who owns them.
package struct ListPrefixes: Inquiry {
    package static let name = "prefix-list"
    package static let summary = "List the prefixes of scopes and who owns them."
    package static let parameters: [Parameter] = []
    package let arguments: Arguments

    package init(_ arguments: Arguments) throws(OperationFault) { self.arguments = arguments }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let scopes = Dictionary(grouping: try reader.scopes(ScopeQuery()), by: \.name.prefix)
        let rows = try reader.prefixAssignments().filter { context.viewer.isOne(of: $0.owner) }.map { assignment in
            Row(
                assignment: assignment,
                ownerName: try reader.organisation(assignment.owner)?.name,
                scopes: scopes[assignment.prefix]?.count ?? 0
            )
        }
        return Report(Table("prefix-list", rows, whenEmpty: "no prefix is assigned", columns: Self.columns))
    }

    private struct Row: Sendable {
        let assignment: ScopePrefixAssignment
        let ownerName: String?
        let scopes: Int
    }

    private static let columns: [Column<Row>] = [
        Column("prefix") { $0.assignment.prefix },
        Column("owner_orgno", title: "OWNER") { $0.assignment.owner },
        Column("owner_name", title: "NAME") { $0.ownerName },
        Column("scopes") { $0.scopes },
        Column("created") { $0.assignment.created },
    ]
}
