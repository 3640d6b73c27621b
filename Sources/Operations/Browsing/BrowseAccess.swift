import Administration
import Delegations
import Organisations
import Scopes
import Vocabulary

/// Who has access to what, through whom, and how it is used; part by part.
package struct BrowseAccess: Inquiry {
    package static let name = "access-use"
    package static let summary = "List who has access to what, through which supplier, since when and how it is used."
    package static let parameters =
        [
            Parameter("prefix", .prefix, "Only scopes under this prefix."),
            Parameter("scope", .scope, "Only access to this scope."),
            Parameter("org", .organisation, "Only access of this organisation."),
            Parameter("supplier", .organisation, "Only what this supplier may use for the consumer."),
            Parameter("owner", .organisation, "Only scopes of this organisation."),
            Parameter("expiring", .span, "Only access that ends within this time, as 30d."),
            Parameter("never_used", .flag, "Only access that no token was ever issued on."),
            Parameter("inactive", .flag, "Access that is withdrawn or only asked for too."),
            Parameter("at", .time, "What gave a right at that moment, rather than what is stored now."),
        ] + PagedList.parameters(AccessBrowsing.Order.self)
    package let arguments: Arguments
    private var query = AccessBrowsing()
    private let expiring: Seconds?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.prefix = try arguments.prefix("prefix")
        query.scope = try arguments.scope("scope")
        query.consumer = try arguments.organisation("org")
        query.supplier = try arguments.organisation("supplier")
        query.owner = try arguments.organisation("owner")
        query.isNeverUsed = try arguments.flag("never_used")
        query.includesUnapproved = try arguments.flag("inactive")
        query.paging = try arguments.paging(.scope)
        expiring = try arguments.span("expiring")
        if let text = try arguments.text("at") {
            guard let time = Self.moment(text) else {
                throw .usage("`at` is no time: `\(text)`", hint: "write 2026-11-22 or 2026-11-22T08:00:00Z")
            }
            query.moment = time
        }
    }

    /// A day counts whole: what gave a right in its last second.
    private static func moment(_ text: String) -> Timestamp? {
        CalendarDate(parsing: text).map { $0.start + .days(1) - 1 } ?? Timestamp(parsing: text)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        var query = query
        query.viewer = context.viewer.organisation
        query.endingBefore = expiring.map { context.now + $0 }
        // The days that come are not known.
        query.moment = query.moment.flatMap { $0 >= context.now ? nil : $0 }
        let listed = try reader.browse(query, at: context.now)
        var names = OrganisationNames()
        var suppliers = SuppliersByScope()
        var origins = ScopeOrigins(for: context.viewer)
        let rows = try listed.rows.map { use in
            let found = try suppliers.suppliers(of: use.access, at: context.now, reader)
            return Row(
                use: use,
                name: try names.name(of: use.access.consumer, reader),
                suppliers: found,
                supplierNames: try found.map { try names.name(of: $0, reader) },
                origin: try origins.origin(of: use.access, reader),
                isInForce: use.access.impediment(at: query.moment ?? context.now, requiredTerms: nil) == nil
            )
        }
        return Report(
            Table(
                "access-use",
                rows,
                facts: listed.facts(query.paging),
                whenEmpty: "nobody has such access",
                columns: Self.columns
            )
        )
    }

    private struct Row: Sendable {
        let use: AccessUse
        let name: String
        let suppliers: [OrganisationNumber]
        let supplierNames: [String]
        let origin: String?
        let isInForce: Bool
    }

    private static let columns: [Column<Row>] = [
        Column("scope") { $0.use.access.scope },
        Column("consumer_orgno", title: "CONSUMER") { $0.use.access.consumer },
        Column("consumer_name", title: "NAME") { $0.name },
        Column("suppliers", title: "VIA SUPPLIER") { $0.suppliers },
        Column("supplier_names", .detail) { $0.supplierNames },
        Column("clients") { $0.use.clients },
        Column("state", .detail) { $0.use.access.state.rawValue },
        Column("in_force", .detail) { $0.isInForce },
        Column("created", title: "SINCE") { $0.use.access.created },
        Column("valid_from", .detail) { $0.use.access.validFrom },
        Column("until", style: { $0.isInForce ? .plain : .bad }) { $0.use.access.validUntil },
        Column("origin", title: "GRANTED BY") { $0.origin },
        Column("reason") { $0.use.access.reason },
        Column("legal_basis", .detail) { $0.use.access.legalBasis },
        Column("purpose", .detail) { $0.use.access.purpose },
        Column("last_token") { $0.use.lastToken },
        Column("tokens_30d", title: "TOKENS 30 D") { $0.use.recentTokens },
    ]
}

/// Who acts for a consumer with a scope, by delegations; each consumer's are read once.
private struct SuppliersByScope {
    private var delegations: [OrganisationNumber: [(supplier: OrganisationNumber, scopes: [ScopeName])]] = [:]

    mutating func suppliers(
        of access: ScopeAccess,
        at now: Timestamp,
        _ reader: some OperationReader
    ) throws -> [OrganisationNumber] {
        if delegations[access.consumer] == nil {
            delegations[access.consumer] = try reader.delegations(DelegationQuery(consumer: access.consumer))
                .filter { $0.isInForce(at: now) }
                .map { ($0.supplier, try reader.resource($0.resource)?.scopes ?? []) }
        }
        let found = (delegations[access.consumer] ?? []).filter { $0.scopes.contains(access.scope) }.map(\.supplier)
        return Set(found).sorted()
    }
}
