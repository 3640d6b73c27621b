public import Administration
internal import RelationalStorage
public import Organisations
internal import Vocabulary

/// Finding organisations by name.
extension SQLiteReader: RegisterBrowsingReader {
    /// So many rows of the index are looked at in one place; a place with more is asked about with more words.
    private static let mostCandidates = 5_000

    /// The units that a query finds: the living first, and of those the best fitting.
    ///
    /// The index only says where to look; what is told of a unit is what the register says now.
    public func organisations(named query: OrganisationNameQuery) throws -> OrganisationNameResult {
        let isComplete = try OrganisationNameState(self).isComplete
        var hits: [(unit: Organisation, match: OrganisationNameMatch)] = []
        var seen: Set<OrganisationNumber> = []
        for range in Self.ranges(of: query.kind) {
            for expression in Self.expressions(query.words) {
                // All that a looser expression finds besides fits less well than what is there.
                guard hits.count <= query.limit else { break }
                for number in try numbers(matching: expression, in: range) where seen.insert(number).inserted {
                    guard let unit = try organisation(number), !unit.isPurged,
                        query.kind == nil || unit.kind == query.kind
                    else { continue }
                    hits.append((unit, query.match(of: unit)))
                }
            }
        }
        hits.sort { Self.order($0) < Self.order($1) }
        return OrganisationNameResult(
            hits: try hits.prefix(query.limit).compactMap { hit in
                try standing(of: hit.unit.number).map {
                    OrganisationNameHit(unit: hit.unit, standing: $0, match: hit.match)
                }
            },
            hasMore: hits.count > query.limit,
            isComplete: isComplete
        )
    }

    /// What comes first: the living, the better fit, main units, short names; the rest by name and number.
    private static func order(
        _ hit: (unit: Organisation, match: OrganisationNameMatch)
    ) -> (Int, Int, Int, Int, String, Int64) {
        (
            hit.unit.isLive ? 0 : 1, hit.match.rawValue, hit.unit.kind == .mainUnit ? 0 : 1, hit.unit.name.count,
            hit.unit.name, hit.unit.number.integer
        )
    }

    /// Where living units of a kind stand in the index, and where deleted ones.
    private static func ranges(of kind: Organisation.Kind?) -> [ClosedRange<Int64>] {
        func range(_ first: OrganisationNameRow.Class, _ last: OrganisationNameRow.Class) -> ClosedRange<Int64> {
            (first.rawValue << 32)...((last.rawValue + 1) << 32 - 1)
        }
        return switch kind {
        case .mainUnit: [range(.liveMainUnit, .liveMainUnit), range(.deletedMainUnit, .deletedMainUnit)]
        case .subUnit: [range(.liveSubUnit, .liveSubUnit), range(.deletedSubUnit, .deletedSubUnit)]
        case nil: [range(.liveMainUnit, .liveSubUnit), range(.deletedMainUnit, .deletedSubUnit)]
        }
    }

    /// The same words as expressions of FTS5, the strictest first.
    ///
    /// Words hold letters and digits only, and are quoted.
    private static func expressions(_ words: [String]) -> [String] {
        guard !words.isEmpty else { return [] }
        let quoted = words.map { "\"\($0)\"" }
        let inOrder = quoted.joined(separator: " + ")
        return [
            "name : ^ \(inOrder)", "name : ^ \(inOrder) *", quoted.map { "\($0) *" }.joined(separator: " AND "),
        ]
    }

    private func numbers(matching expression: String, in range: ClosedRange<Int64>) throws -> [OrganisationNumber] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT rowid & 0xFFFFFFFF FROM organisation_name
                WHERE organisation_name MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ?
                """
        )
        return try Int64.fetchAll(
            statement,
            arguments: [expression, range.lowerBound, range.upperBound, Self.mostCandidates]
        )
        .map(OrganisationRow.number(from:))
    }
}
