import Administration
import Operations
import Organisations
import Server

/// How what a sync did is shown.
extension OrgSync {
    /// The most answers that could not be used and are named on stderr, for each feed.
    private static let unusableShown = 20

    /// A row for each feed; answers that could not be used are named on stderr.
    func show(_ outcomes: [RegisterUpdate.Outcome]) throws {
        for outcome in outcomes {
            for unusable in outcome.report.unusable.prefix(Self.unusableShown) {
                options.warn(
                    "`\(unusable.number)` stays as it is: the register's answer cannot be used: \(unusable.cause)"
                )
            }
            let more = outcome.report.unusableCount - Self.unusableShown
            if more > 0 { options.warn("\(more) more answers could not be used") }
        }
        try options.print(
            Table(
                "org-sync",
                outcomes,
                columns: [
                    Column("feed") { $0.feed.rawValue },
                    Column("state", style: { $0.fault == nil ? .good : .bad }) { $0.fault == nil ? "read" : "failed" },
                    Column("entries") { $0.report.entries },
                    Column("new") { $0.report.applied.added },
                    Column("changed") { $0.report.applied.changed },
                    Column("closed") { $0.report.applied.closed },
                    Column("purged") { $0.report.applied.purged },
                    Column("unchanged") { $0.report.applied.unchanged },
                    Column("not_found") { $0.report.notFound },
                    Column("unusable") { $0.report.unusableCount },
                    Column("invalid") { $0.report.malformed },
                    Column("latest") { $0.report.latest.map { "\($0)" } },
                    Column("cause", .detail) { $0.fault },
                ]
            )
        )
    }

    /// Fails when a feed was not read to its end.
    func verdict(_ outcomes: [RegisterUpdate.Outcome]) throws(CLIError) {
        let failed = outcomes.filter { $0.fault != nil }
        guard let first = failed.first, let fault = first.fault else { return }
        throw CLIError(
            "sync_failed",
            "`\(first.feed.rawValue)` was not read to its end: \(fault)"
                + (failed.count > 1 ? "; nor were \(failed.count - 1) more" : ""),
            hint: "what was read is kept, and the next sync goes on behind it",
            status: .unreachable
        )
    }
}
