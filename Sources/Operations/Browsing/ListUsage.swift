import Administration
import Clients
import Organisations
import Scopes
import Vocabulary

/// Tokens and refusals by the hour.
package struct ListUsage: Inquiry {
    package static let name = "usage"
    package static let summary = "Count tokens and refusals by the hour and code."
    package static let parameters = [
        Parameter("hours", .number(1...720), "How many hours back; 24 if not given.")
    ]
    package let arguments: Arguments
    private let hours: Int64

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        hours = try arguments.number("hours", in: 1...720) ?? 24
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let first = UsageHour.start(of: context.now) - .hours(hours - 1)
        let counts = try reader.usage(from: first, of: context.viewer.organisation)
        return Report(
            Table(
                "usage",
                counts,
                facts: [
                    .init("from", first),
                    .init("tokens", counts.reduce(0) { $0 + ($1.code == nil ? $1.count : 0) }),
                    .init("refusals", counts.reduce(0) { $0 + ($1.code == nil ? 0 : $1.count) }),
                    .init("behind", try reader.isUsageBehind),
                ],
                whenEmpty: "nobody asked for a token",
                columns: [
                    Column("hour") { $0.start },
                    Column("result", style: { $0.code == nil ? .good : .bad }) {
                        $0.code == nil ? "issued" : "refused"
                    },
                    Column("code") { $0.code },
                    Column("count") { $0.count },
                ]
            )
        )
    }
}

/// Who asked for scopes and did not get them: what a provider follows up.
package struct ListScopeRefusals: Inquiry {
    package static let name = "scope-refusals"
    package static let summary = "List who asked for scopes and did not get them, and why."
    package static let parameters = [
        Parameter("scope", .scope, "Only this scope."),
        Parameter("org", .organisation, "Only for this organisation."),
        Parameter("client", .client, "Only by this client."),
        Parameter("limit", .number(1...1_000), "At most so many; 100 if not given."),
    ]
    package let arguments: Arguments
    private var query = ScopeRefusalQuery()

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.scope = try arguments.scope("scope")
        query.consumer = try arguments.organisation("org")
        query.client = try arguments.client("client")
        query.limit = Int(try arguments.number("limit", in: 1...1_000) ?? 100)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let refusals = try reader.scopeRefusals(query).filter { refusal in
            guard context.viewer.organisation != nil else { return true }
            if let client = try reader.client(refusal.client), context.viewer.sees(client) { return true }
            return context.viewer.isOne(of: try reader.scope(refusal.scope)?.owner)
        }
        var names = OrganisationNames()
        let rows = try refusals.map { refusal in
            Row(refusal: refusal, name: try refusal.consumer.map { try names.name(of: $0, reader) })
        }
        return Report(
            Table(
                "scope-refusals",
                rows,
                whenEmpty: "nobody was refused",
                columns: [
                    Column("scope") { $0.refusal.scope },
                    Column("consumer_orgno", title: "CONSUMER") { $0.refusal.consumer },
                    Column("consumer_name", .detail) { $0.name },
                    Column("client") { $0.refusal.client },
                    Column("code") { $0.refusal.code },
                    Column("reason") { $0.refusal.reason },
                    Column("count") { $0.refusal.count },
                    Column("last") { $0.refusal.last },
                ]
            )
        )
    }

    private struct Row: Sendable {
        let refusal: ScopeRefusal
        let name: String?
    }
}
