import Operations
import Scopes

extension ScopePlan {
    /// Writes what the plan would change, or has changed, in the format asked for.
    func show(_ options: GlobalOptions, isApplied: Bool, onlySummary: Bool = false) throws {
        guard options.rendering.format == .table else {
            return try options.print(Report(self, isApplied: isApplied, onlySummary: onlySummary))
        }
        let coloured = options.rendering.coloured
        let shown = onlySummary ? [summary] : lines
        try Console.current.write(
            shown.map { Self.tone($0).apply(visible($0), coloured: coloured) + "\n" }.joined()
        )
    }

    private static func tone(_ line: String) -> Tone {
        switch line.first {
        case "+": .good
        case "~": .warning
        case "−": .bad
        default: .plain
        }
    }
}
