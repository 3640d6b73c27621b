import ArgumentParser
import AuditLedger
import SQLiteStorage
import Vocabulary

/// `portvakt audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read the ledger, and prove that nobody has changed it.",
        subcommands: [AuditSearch.self, AuditTail.self, AuditVerify.self]
    )
}

extension GlobalOptions {
    /// The store of the data folder, for a command that only reads.
    func openStore() throws -> SQLiteStore {
        try SQLiteStore(.init(path: dataFolder().path), opening: .requireCurrent)
    }
}

/// A moment that a search begins or ends at: a time, or how long ago.
enum AuditTime {
    /// Parses a time, or `90s`, `30m`, `24h`, `7d` before now.
    ///
    /// - Throws: `CLIError` (usage).
    static func time(_ text: String?, option: String, now: Timestamp) throws(CLIError) -> Timestamp? {
        guard let text else { return nil }
        if let match = text.wholeMatch(of: /(\d{1,9})([smhd])/), let count = Int64(match.1) {
            switch match.2 {
            case "s": return now - Seconds(count)
            case "m": return now - .minutes(count)
            case "h": return now - .hours(count)
            default: return now - .days(count)
            }
        }
        do throws(CLIError) {
            return try TimeArgument.time(text, option: option)
        } catch {
            throw .usage(
                error.message,
                hint: "write 2026-11-22T08:00:00Z, 2026-11-22, or how long ago: 90s, 30m, 24h, 7d"
            )
        }
    }
}

/// What was typed, as the value that it must be.
///
/// - Throws: `CLIError` (usage) naming the option.
func auditValue<Value>(
    _ text: String?,
    option: String,
    _ parse: (String) throws -> Value
) throws(CLIError) -> Value? {
    guard let text else { return nil }
    do {
        return try parse(text)
    } catch {
        throw .usage("`\(option)` cannot be `\(text)`")
    }
}

/// The kinds of event named by `--event`.
///
/// - Throws: `CLIError` (usage) for one that does not exist.
func auditKinds(_ names: [String]) throws(CLIError) -> Set<LedgerEvent.Kind> {
    var kinds: Set<LedgerEvent.Kind> = []
    for name in names {
        guard let kind = LedgerEvent.Kind(rawValue: name) else {
            throw .usage(
                "there is no event `\(name)`",
                hint: "events are \(LedgerEvent.Kind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))"
            )
        }
        kinds.insert(kind)
    }
    return kinds
}
