import Administration
import Organisations
import Scopes
import Vocabulary

/// Who has access to which scope.
package struct ListAccess: Inquiry {
    package static let name = "access-list"
    package static let summary = "List who has access to which scope."
    package static let parameters = [
        Parameter("scope", .scope, "Only access to this scope."),
        Parameter("org", .organisation, "Only access of this organisation."),
        Parameter("expiring", .span, "Only access that ends within this time, as 30d."),
        Parameter("inactive", .flag, "Access that is withdrawn or only asked for too."),
        Parameter("last_token", .flag, "When a token was last issued on each; reads the ledger."),
        Parameter("never_used", .flag, "Only access on which the ledger remembers no token."),
    ]
    package let arguments: Arguments
    private var query = AccessQuery()
    private let expiring: Seconds?
    private let isUnused: Bool
    private let showsLastToken: Bool

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.scope = try arguments.scope("scope")
        query.consumer = try arguments.organisation("org")
        query.includesUnapproved = try arguments.flag("inactive")
        expiring = try arguments.span("expiring")
        isUnused = try arguments.flag("never_used")
        let isAsked = try arguments.flag("last_token")
        showsLastToken = isUnused || isAsked
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        var query = query
        query.endingBefore = expiring.map { context.now + $0 }
        var names: [OrganisationNumber: String] = [:]
        var origins = ScopeOrigins(for: context.viewer)
        let tokens =
            showsLastToken ? try LastTokens(from: reader, scope: query.scope, consumer: query.consumer) : nil
        let rows = try Self.accesses(query, for: context.viewer, reader).compactMap { access -> Row? in
            let lastToken = tokens?[access.scope, access.consumer]
            if isUnused, lastToken != nil { return nil }
            if names[access.consumer] == nil {
                names[access.consumer] = try reader.organisation(access.consumer)?.name ?? ""
            }
            return Row(
                access: access,
                name: names[access.consumer],
                lastToken: lastToken,
                origin: try origins.origin(of: access, reader)
            )
        }
        var columns = Self.columns
        if showsLastToken {
            columns.insert(Column("last_token", title: "LAST TOKEN") { $0.lastToken }, at: columns.count - 1)
        }
        return Report(Table("access-list", rows, whenEmpty: "nobody has such access", columns: columns))
    }

    private struct Row: Sendable {
        let access: ScopeAccess
        let name: String?
        let lastToken: Timestamp?
        let origin: String?
    }

    private static let columns: [Column<Row>] = [
        Column("scope") { $0.access.scope },
        Column("consumer_orgno", title: "CONSUMER") { $0.access.consumer },
        Column("consumer_name", title: "NAME") { $0.name },
        Column("state", .detail) { $0.access.state.rawValue },
        Column("created", title: "SINCE") { $0.access.created },
        Column("valid_from", .detail) { $0.access.validFrom },
        Column("until") { $0.access.validUntil },
        Column("reason", .detail) { $0.access.reason },
        Column("legal_basis", .detail) { $0.access.legalBasis },
        Column("purpose", .detail) { $0.access.purpose },
        Column("origin") { $0.origin },
    ]

    /// The grants asked for that are the viewer's to see: those that it has, and those to what it owns.
    static func accesses(
        _ query: AccessQuery,
        for viewer: Viewer,
        _ reader: some OperationReader
    ) throws -> [ScopeAccess] {
        guard let organisation = viewer.organisation else { return try reader.accesses(query) }
        var given = query
        given.owner = organisation
        var found = query.owner.map { $0 == organisation } ?? true ? try reader.accesses(given) : []
        if query.consumer.map({ $0 == organisation }) ?? true {
            var held = query
            held.consumer = organisation
            let known = Set(found.map { Place($0) })
            found += try reader.accesses(held).filter { !known.contains(Place($0)) }
        }
        return found.sorted { ($0.scope.rawValue, $0.consumer) < ($1.scope.rawValue, $1.consumer) }
    }

    private struct Place: Hashable {
        let scope: ScopeName
        let consumer: OrganisationNumber

        init(_ access: ScopeAccess) { (scope, consumer) = (access.scope, access.consumer) }
    }
}
