import ArgumentParser
import Operations
import SQLiteStorage

/// `portvakt org index`.
struct OrgIndex: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Finish the index of names that `org search` looks into.",
        discussion: """
            An import and a sync do so by themselves; this is for what one that was killed, or told `--no-index`, left to do. \
            Beside a running server it writes for an instant at a time and rests as long.
            """
    )

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let store = try options.openStore()
        defer { try? store.close() }
        guard case .complete(let units) = try options.indexNames(in: store) else {
            throw CLIError.conflict("index_running", "another process is building the index of names")
        }
        try options.print(Record("org-index", [.init("units", units), .init("complete", true)]))
    }
}

extension GlobalOptions {
    /// Brings the index of names up to the register, with a bar of its own.
    func indexNames(in store: SQLiteStore) throws -> SQLiteOrganisationNameIndex.Outcome {
        let bar = progress("indexing names", total: Self.indexSteps)
        defer { bar.finish() }
        return try SQLiteOrganisationNameIndex(in: store).catchUp {
            bar.update(Int($0.share * Double(Self.indexSteps)), "\($0.units) units")
        }
    }

    /// As ``indexNames(in:)`` after the register itself was changed, which stays so whatever becomes of the index.
    func indexNamesAfterwards(in store: SQLiteStore) {
        do {
            if case .busy = try indexNames(in: store) {
                note("another process is building the index of names and takes this along")
            }
        } catch {
            let fault = CLIError(describing: error)
            warn(
                "the register is up to date, but the index of names is not: \(fault.message); run `portvakt org index`"
            )
        }
    }

    private static let indexSteps = 1_000
}
