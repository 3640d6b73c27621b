internal import Administration
internal import RelationalStorage

/// Conditions and order of a list that is read part by part.
struct BrowsingFilter {
    private var conditions: [String] = []
    private(set) var arguments = StatementArguments()

    /// Adds a condition on one value, which may stand in it several times as `?`; left out when the value is nil.
    mutating func require(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
        guard let value else { return }
        conditions.append(condition)
        for character in condition where character == "?" { arguments += [value] }
    }

    /// Adds a condition.
    mutating func require(_ condition: String) { conditions.append(condition) }

    /// ` WHERE …`, or nothing.
    var clause: String { conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ") }

    /// The pattern of texts that hold this one, whatever stands in it.
    static func pattern(holding text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
        return "%\(escaped)%"
    }
}

extension Paging {
    /// `ORDER BY … LIMIT …` on that column and, behind it, the list's own order; nothing comes before what has no value.
    func clause(_ column: String, then own: String) -> String {
        let direction = isDescending ? "DESC" : "ASC"
        return " ORDER BY \(column) \(direction) NULLS LAST, \(own) LIMIT \(limit) OFFSET \(offset)"
    }
}
