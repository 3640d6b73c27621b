import ArgumentParser
import Operations
import Organisations
import SQLiteStorage
import Vocabulary

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

        var kind: Organisation.Kind {
            switch self {
            case .main: .mainUnit
            case .sub: .subUnit
            }
        }
    }

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit is between 1 and 1000.") }
        guard !name.isEmpty else { throw ValidationError("Name what to look for.") }
    }

    func run() async throws {
        let text = name.joined(separator: " ")
        let query = OrganisationNameQuery(text, kind: kind?.kind, limit: limit)
        let number = try? OrganisationNumber(typed: text)
        let result = try options.look { reader in
            if let number, let hit = try Self.hit(number, reader) {
                return OrganisationNameResult(hits: [hit], hasMore: false, isComplete: true)
            }
            return try reader.organisations(named: query)
        }
        if !result.isComplete {
            options.warn(
                "the index of names is not finished, so units may be missing; `portvakt org index` finishes it"
            )
        }
        if query.words.isEmpty { options.note("nothing to look for: there is no letter and no digit in it") }
        if result.hasMore { options.note("there are more; add words, or raise `--limit`") }
        try options.print(
            Table(
                "org-search",
                result.hits,
                facts: [
                    .init("query", query.words), .init("more", result.hasMore),
                    .init("index_complete", result.isComplete),
                ],
                whenEmpty: "no organisation is called so",
                columns: columns
            )
        )
    }

    private var columns: [Column<OrganisationNameHit>] {
        [
            Column("organisation_number", title: "ORG") { $0.unit.number },
            Column("name") { $0.unit.name },
            Column("form") { $0.unit.form.code },
            Column("kind", .detail) { $0.unit.kind.rawValue },
            Column("status", style: { OrganisationStatus.tone($0.standing) }) {
                OrganisationStatus.words($0.standing)
            },
            Column("parent") { $0.unit.parent },
            Column("place") { $0.unit.address?.place },
            Column("municipality", .detail) { $0.unit.municipality },
            Column("earlier_names", .detail) { $0.unit.historicNames.map(\.name) },
            Column("match", .detail) { $0.match.words },
        ]
    }

    /// The unit of a number that was typed in place of a name.
    private static func hit(_ number: OrganisationNumber, _ reader: SQLiteReader) throws -> OrganisationNameHit? {
        guard let unit = try reader.organisation(number), let standing = try reader.standing(of: number) else {
            return nil
        }
        return OrganisationNameHit(unit: unit, standing: standing, match: .exact)
    }
}

extension OrganisationNameMatch {
    /// How well it fits, as scripts compare it.
    fileprivate var words: String {
        switch self {
        case .exact, .exactButForMarks: "name"
        case .beginsWithWords, .beginning: "beginning"
        case .words, .beginningsOfWords: "words"
        case .elsewhere: "earlier_name_or_place"
        }
    }
}
