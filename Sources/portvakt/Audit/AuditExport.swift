import ArgumentParser
import AuditLedger
import JOSE
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt audit export`.
struct AuditExport: AsyncParsableCommand {
    /// A form of the export.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// One JSON object a line, with the hashed bytes.
        case jsonl
        /// Comma-separated values, for spreadsheets.
        case csv
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the ledger out, as JSON lines that can be checked, or as CSV.",
        discussion: """
            JSON lines hold each entry's hashed bytes and hashes: `portvakt audit compare` tells from them which tokens a \
            restored backup lacks. An export has no gaps: --since begins at the first entry from that time on, --until ends \
            before the first one from that time on. The number of the last entry is told on stderr, for the next --after.
            """
    )

    @Option(help: "The form: jsonl or csv.") var format = Format.jsonl
    @Option(help: ArgumentHelp("Begin at the first entry from that time on.", valueName: "time")) var since: String?
    @Option(help: ArgumentHelp("End before the first entry from that time on.", valueName: "time")) var until: String?
    @Option(help: ArgumentHelp("Begin after this entry.", valueName: "sequence")) var after: Int64?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    /// So many entries are read in one snapshot, so that a server's log can be folded in between.
    private static let stretch: Int64 = 5_000

    func validate() throws {
        guard after ?? 0 >= 0 else { throw ValidationError("--after must be 0 or more.") }
        guard since == nil || after == nil else { throw ValidationError("Give --since or --after, not both.") }
    }

    func run() async throws {
        try options.requireDataFolder()
        let times: Arguments = ["since": since, "until": until]
        let (since, until) = (
            try times.past("since", before: options.now), try times.past("until", before: options.now)
        )
        let store = try options.openStore()
        defer { try? store.close() }
        try export(store, since: since, until: until)
    }

    private func export(_ store: SQLiteStore, since: Timestamp?, until: Timestamp?) throws {
        let (last, cut) = try store.read { (try $0.lastSequence, try $0.cut?.size ?? 0) }
        if let after, after < cut {
            options.warn("entries up to \(cut) were let go: the export begins after them")
        }
        var next = max(after ?? 0, cut) + 1
        if let since { next = try store.read { try $0.firstEntry(notBefore: since) } ?? last + 1 }
        let end = try until.map { time in try store.read { try $0.firstEntry(notBefore: time) }.map { $0 - 1 } ?? last }
        let progress = options.progress("exporting", total: Int(max(0, (end ?? last) - next + 1)))
        if format == .csv { try Console.current.write(ExportLine.head) }
        var written: Int64 = 0
        while next <= end ?? last {
            let stretchEnd = min(next + Self.stretch - 1, end ?? last)
            let text = try store.read { try Self.text(next...stretchEnd, as: format, from: $0) }
            try Console.current.write(text)
            written += stretchEnd - next + 1
            next = stretchEnd + 1
            progress.update(Int(written), "\(written) entries")
        }
        progress.finish()
        options.note("\(written) entries were exported; the last is number \(next - 1)")
    }

    private static func text(_ range: ClosedRange<Int64>, as format: Format, from reader: SQLiteReader) throws -> String
    {
        var text = ""
        var expected = range.lowerBound
        try reader.visitRows(from: range.lowerBound, through: range.upperBound) { row in
            guard row.entry.position.sequence == expected else { throw broken(expected) }
            expected += 1
            do throws(LedgerContent.ReadError) {
                let line = try ExportLine(row.entry)
                text += format == .csv ? line.commaSeparated : line.json
            } catch { throw broken(row.entry.position.sequence) }
        }
        guard expected == range.upperBound + 1 else { throw broken(expected) }
        return text
    }

    private static func broken(_ sequence: Int64) -> CLIError {
        CLIError(
            "ledger_broken",
            "entry \(sequence) is missing or cannot be read",
            hint: "run `portvakt audit verify`; what stands before it was exported"
        )
    }
}

/// One entry in an export.
struct ExportLine {
    /// The entry, byte for byte.
    let entry: LedgerEntry
    /// What it says.
    let content: LedgerContent

    /// The line of an entry.
    ///
    /// - Throws: `LedgerContent.ReadError`.
    init(_ entry: LedgerEntry) throws(LedgerContent.ReadError) {
        self.entry = entry
        content = try LedgerContent(parsing: entry.body)
    }

    /// Reads a line of JSON; nil when it is none.
    init?(parsing line: some Collection<UInt8>) {
        guard let object = try? JSONValue(parsing: Array(line)).object, let node = object["node"]?.string,
            let sequence = object["sequence"]?.integer,
            let previous = object["previous"]?.string.flatMap({ try? Base64.decode($0) }),
            let hash = object["hash"]?.string.flatMap({ try? Base64.decode($0) }), let body = object["body"]?.string,
            let content = try? LedgerContent(parsing: Array(body.utf8))
        else { return nil }
        entry = LedgerEntry(
            position: LedgerPosition(node: node, sequence: sequence),
            previous: previous,
            hash: hash,
            body: Array(body.utf8)
        )
        self.content = content
    }

    /// What most look for stands first; `body` holds the hashed text.
    var json: String {
        let event = content.event
        var object: JSONObject = [
            "sequence": .integer(entry.position.sequence), "time": .string("\(event.time)"),
            "kind": .string(event.kind.rawValue),
        ]
        object["jti"] = event.tokenID.map { .string($0.rawValue) }
        object["client_id"] = event.client.map { .string($0.rawValue) }
        object["consumer"] = event.consumer.map { .string("\($0)") }
        object["supplier"] = event.supplier.map { .string("\($0)") }
        if !event.scopes.isEmpty { object["scopes"] = .strings(event.scopes.map(\.rawValue)) }
        object["node"] = .string(entry.position.node)
        object["previous"] = .string(Base64.encode(entry.previous))
        object["hash"] = .string(Base64.encode(entry.hash))
        object["body"] = .string(String(decoding: entry.body, as: UTF8.self))
        return JSONValue.object(object).text() + "\n"
    }

    private static let hash = Column<ExportLine>("hash") { Base64.encode($0.entry.hash) }

    private var report: Report {
        let columns = AuditEntry.columns.map { column in
            Column<ExportLine>(column.key) { column.value(AuditEntry($0.content)) }
        }
        return Report(Table("audit-export", [self], columns: columns + [Self.hash]))
    }

    /// The names of the columns.
    static var head: String {
        (AuditEntry.columns.map(\.key) + ["hash"]).joined(separator: ",") + "\r\n"
    }

    /// The values, as every list of ours writes them (RFC 4180; nothing that a spreadsheet takes for a formula).
    var commaSeparated: String {
        let text = report.commaSeparated
        return String(text.dropFirst(Self.head.count))
    }
}
