import ArgumentParser
import Operations

/// `portvakt org search NAME`.
struct OrgSearch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find organisations by name.",
        discussion: """
            Words may be unfinished and stand in any order; case and marks do not matter. Earlier names and places are looked \
            at too. What fits best comes first, deleted units last. A valid organisation number finds its unit.
            """
    )

    @Argument(help: ArgumentHelp("Words of the name.", valueName: "name"))
    var name: [String]

    @Option(help: "The most units shown, up to 1000.")
    var limit = 20

    @Option(help: "Only main units or only sub-units.")
    var kind: UnitKind?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    /// The kinds as they are typed.
    enum UnitKind: String, CaseIterable, ExpressibleByArgument {
        case main
        case sub
    }

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit is between 1 and 1000.") }
        guard !name.isEmpty else { throw ValidationError("Name what to look for.") }
    }

    func run() async throws {
        try await options.perform(
            SearchOrganisations(["name": name.joined(separator: " "), "limit": limit, "kind": kind?.rawValue])
        )
    }
}
