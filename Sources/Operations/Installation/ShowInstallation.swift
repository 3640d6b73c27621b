import Administration
import AuditLedger
import Organisations
import Vocabulary

/// How the installation stands: the ledger's head, the age of each register.
package struct ShowInstallation: Inquiry {
    package static let name = "installation-show"
    package static let summary = "Show how the installation stands: the ledger's head and the age of the registers."
    package static let parameters: [Parameter] = []
    package let arguments: Arguments

    package init(_ arguments: Arguments) throws(OperationFault) { self.arguments = arguments }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let last = try reader.lastSequence
        let head = try reader.newestEntries(LedgerQuery(), limit: 1).first
        let feeds = try RegisterFeed.allCases.map { try reader.registerFeed($0) }
        return Report(
            Record(
                "installation",
                [
                    .init("issuer", try reader.setting("issuer")),
                    .init("environment", try reader.setting("environment")),
                    .init("created", try reader.setting("created")),
                    .init("ledger_entries", last),
                    .init("ledger_newest", head?.event.time),
                    // What is chained can be read; whether nothing was altered, `audit verify` says.
                    .init("ledger_head", head == nil ? last == 0 : head?.position.sequence == last),
                    .init("registers", feeds.map { Self.value(of: $0, at: context.now) }),
                ]
            )
        )
    }

    private static func value(of feed: RegisterFeedState, at now: Timestamp) -> OutputValue {
        let age = feed.age(at: now)
        return .object([
            .init("register", feed.feed.rawValue), .init("updated", feed.updated),
            .init("state", age.map { RegisterFreshness(age: $0).rawValue }),
            .init("failures", feed.failures), .init("failure", feed.failure),
        ])
    }
}
