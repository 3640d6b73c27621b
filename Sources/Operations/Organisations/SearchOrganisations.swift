import Administration
import Organisations
import Vocabulary

/// Organisations by name.
package struct SearchOrganisations: Inquiry {
    package static let name = "org-search"
    package static let summary = "Find organisations by name."
    package static let parameters = [
        Parameter("name", .text, "Words of the name, or an organisation number.").required,
        Parameter("limit", .number(1...1_000), "The most units shown; 20 if not given."),
        Parameter("kind", .word(["main", "sub"]), "Only main units or only sub-units."),
    ]
    package let arguments: Arguments
    private let query: OrganisationNameQuery
    private let number: OrganisationNumber?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        let text = try arguments.requiredText("name")
        let kind: Organisation.Kind? =
            switch try arguments.text("kind") {
            case nil: nil
            case "main": .mainUnit
            case "sub": .subUnit
            case let other?: throw .usage("there is no kind `\(other)`", hint: "it is `main` or `sub`")
            }
        let limit = Int(try arguments.number("limit", in: 1...1_000) ?? 20)
        query = OrganisationNameQuery(text, kind: kind, limit: limit)
        number = try? OrganisationNumber(typed: text)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let result = try unit(reader) ?? reader.organisations(named: query)
        var report = Report(
            Table(
                "org-search",
                result.hits,
                facts: [
                    .init("query", query.words), .init("more", result.hasMore),
                    .init("index_complete", result.isComplete),
                ],
                whenEmpty: "no organisation is called so",
                columns: Self.columns
            )
        )
        if !result.isComplete {
            report.warnings.append(
                "the index of names is not finished, so units may be missing; `portvakt org index` finishes it"
            )
        }
        if query.words.isEmpty { report.notes.append("nothing to look for: there is no letter and no digit in it") }
        if result.hasMore { report.notes.append("there are more; add words, or raise `--limit`") }
        return report
    }

    /// The unit of a number that was given in place of a name.
    private func unit(_ reader: some OperationReader) throws -> OrganisationNameResult? {
        guard let number, let unit = try reader.organisation(number), let standing = try reader.standing(of: number)
        else { return nil }
        let hit = OrganisationNameHit(unit: unit, standing: standing, match: .exact)
        return OrganisationNameResult(hits: [hit], hasMore: false, isComplete: true)
    }

    private static let columns: [Column<OrganisationNameHit>] = [
        Column("organisation_number", title: "ORG") { $0.unit.number },
        Column("name") { $0.unit.name },
        Column("form") { $0.unit.form.code },
        Column("kind", .detail) { $0.unit.kind.rawValue },
        Column("status", style: { OrganisationStatus.tone($0.standing) }) { OrganisationStatus.words($0.standing) },
        Column("parent") { $0.unit.parent },
        Column("place") { $0.unit.address?.place },
        Column("municipality", .detail) { $0.unit.municipality },
        Column("earlier_names", .detail) { $0.unit.historicNames.map(\.name) },
        Column("match", .detail) { words($0.match) },
    ]

    /// How well it fits, as scripts compare it.
    private static func words(_ match: OrganisationNameMatch) -> String {
        switch match {
        case .exact, .exactButForMarks: "name"
        case .beginsWithWords, .beginning: "beginning"
        case .words, .beginningsOfWords: "words"
        case .elsewhere: "earlier_name_or_place"
        }
    }
}
