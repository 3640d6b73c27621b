import ArgumentParser
import AuditLedger
import JOSE
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt audit compare`.
struct AuditCompare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Tell from an export which tokens a restored database lacks, and where the two part.",
        discussion: """
            For the day after a restore: the export (`portvakt audit export`) tells which tokens were issued after the \
            backup was made. The export's own chain is checked first. Exits with 3 when it does not hold, or does not \
            reach back to what the database has.
            """
    )

    @Argument(help: "The export, as JSON lines; - is stdin.", completion: .file()) var file: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireDataFolder()
        let lines = try LineReader(file)
        let store = try options.openStore()
        defer { try? store.close() }
        let comparison = try compare(lines, with: store)
        try options.print(comparison.report)
        if let fault = comparison.fault {
            throw CLIError.verdict("export_broken", fault, hint: "take another copy of the export")
        }
        if let gap = comparison.gap {
            throw CLIError.verdict(
                "export_gap",
                "entries \(gap.lowerBound) to \(gap.upperBound) are neither in the database nor in the export",
                hint: "an export that begins earlier is needed: `--after \(gap.lowerBound - 1)`"
            )
        }
    }
}

extension AuditCompare {
    private func compare(_ lines: LineReader, with store: SQLiteStore) throws -> LedgerComparison {
        try store.read { try LedgerComparison(lines, with: $0) }
    }
}

/// An export laid beside a database.
private struct LedgerComparison {
    /// A token that the database has no entry of.
    struct Token {
        let sequence: Int64
        let event: LedgerEvent
    }

    private(set) var tokens: [Token] = []
    /// Other entries that the database lacks.
    private(set) var others: Int64 = 0
    /// The last entry that both have.
    private(set) var common: Int64 = 0
    /// The first number under which the two have different entries.
    private(set) var parted: Int64?
    private(set) var first: Int64?
    private(set) var last: Int64 = 0
    private(set) var fault: String?
    private(set) var gap: ClosedRange<Int64>?
    private let stored: Int64

    init(_ lines: LineReader, with reader: SQLiteReader) throws {
        stored = try reader.lastSequence
        let begin = try reader.cut?.size ?? 0
        var head: LedgerEntry?
        while let text = try lines.next() {
            guard let line = ExportLine(parsing: text) else {
                fault = "line \(lines.number) of the export is no entry"
                return
            }
            let entry = line.entry
            let sequence = entry.position.sequence
            guard entry.hash == LedgerEntry.hash(of: entry.body, after: entry.previous),
                line.content.position == entry.position
            else {
                fault = "entry \(sequence) of the export was altered: its hash does not fit"
                return
            }
            if let head, sequence != head.position.sequence + 1 || entry.previous != head.hash {
                fault = "entry \(sequence) of the export does not follow the one before it"
                return
            }
            head = entry
            if first == nil {
                first = sequence
                if sequence > stored + 1 { gap = stored + 1...sequence - 1 }
            }
            last = sequence
            guard sequence > begin else { continue }
            if parted == nil, sequence <= stored {
                if try reader.row(sequence)?.entry.hash == entry.hash {
                    common = sequence
                    continue
                }
                parted = sequence
            }
            if line.content.event.kind == .tokenIssued {
                tokens.append(Token(sequence: sequence, event: line.content.event))
            } else {
                others += 1
            }
        }
    }

    var report: Report {
        var report = Report(
            Table(
                "audit-comparison",
                tokens,
                facts: [
                    .init("export_first", first), .init("export_last", last), .init("store_last", stored),
                    .init("common_through", common > 0 ? common : nil), .init("parted_at", parted),
                    .init("tokens", tokens.count), .init("other_entries", others),
                ],
                whenEmpty: "the database has every token of the export",
                columns: [
                    Column("jti") { $0.event.tokenID },
                    Column("time") { $0.event.time },
                    Column("client") { $0.event.client?.rawValue },
                    Column("consumer") { $0.event.consumer },
                    Column("supplier") { $0.event.supplier },
                    Column("scopes") { $0.event.scopes },
                    Column("expires") { $0.expires },
                    Column("sequence", .detail) { $0.sequence },
                    Column("trace_id", .detail) { $0.event.traceID },
                ]
            )
        )
        if let parted {
            report.warnings.append(
                "from entry \(parted) on the database goes its own way: it was restored, or one of the two was rewritten"
            )
        }
        report.notes.append(
            "\(tokens.count) tokens and \(others) other entries of the export are not in the database"
        )
        return report
    }
}

extension LedgerComparison.Token {
    /// When it ended by itself; nil when the entry does not tell its lifetime.
    fileprivate var expires: Timestamp? { event.details["lifetime"]?.integer.map { event.time + Seconds($0) } }
}
