import Attention
import Vocabulary

/// Where notices are sent, and how that goes.
package struct ListWebhooks: Inquiry {
    package static let name = "webhook-list"
    package static let summary = "List the webhooks that are told what wants attention."
    package static let parameters: [Parameter] = []
    package let arguments: Arguments

    package init(_ arguments: Arguments) throws(OperationFault) { self.arguments = arguments }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        // Webhooks are the operator's.
        let targets = context.viewer == .operator ? try reader.webhookTargets() : []
        let standings = Dictionary(try reader.webhookStandings().map { ($0.target, $0) }) { first, _ in first }
        let columns: [Column<WebhookTarget>] = [
            Column("webhook") { $0.name },
            Column("url") { $0.url },
            Column("created", .detail) { $0.created },
            Column("waiting") { standings[$0.name]?.pending ?? 0 },
            Column("given_up", style: { standings[$0.name]?.givenUp ?? 0 > 0 ? .warning : .plain }) {
                standings[$0.name]?.givenUp ?? 0
            },
            Column("last_delivered") { standings[$0.name]?.lastDelivered },
            Column("former_key_until", .detail) { $0.former?.until },
        ]
        return Report(Table("webhook-list", targets, whenEmpty: "there is no webhook", columns: columns))
    }
}
