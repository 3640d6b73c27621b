internal import RelationalStorage
internal import Vocabulary

/// Reads values that only this program writes: what does not parse is a damaged database, never a caller's fault.
enum StoredValue {
    /// An organisation number.
    static func organisation(_ integer: Int64, of owner: String) throws -> OrganisationNumber {
        guard let number = OrganisationNumber(integer: integer) else {
            throw StorageError.corrupt(detail: "\(owner) names `\(integer)`, which is no organisation number")
        }
        return number
    }
}

/// The conditions of a list, joined by `AND`; a condition on nil is left out.
struct SQLFilter {
    private var conditions: [String] = []
    private(set) var arguments = StatementArguments()

    /// Adds a condition on a value, unless that is nil.
    mutating func require(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
        guard let value else { return }
        conditions.append(condition)
        arguments += [value]
    }

    /// Adds the condition that a scope's name stands under a prefix: a stretch of the key, where the prefix itself has no index.
    mutating func requireName(_ column: String, under prefix: ScopePrefix?) {
        guard let prefix else { return }
        // `;` is the character behind `:`.
        conditions.append("\(column) >= ? AND \(column) < ?")
        arguments += ["\(prefix):", "\(prefix);"]
    }

    /// Adds a condition that a value is one of a list.
    mutating func require(_ condition: String, anyOf values: [some DatabaseValueConvertible]) {
        conditions.append("\(condition) (\(values.map { _ in "?" }.joined(separator: ", ")))")
        for value in values { arguments += [value] }
    }

    /// Adds a condition.
    mutating func require(_ condition: String) { conditions.append(condition) }

    /// ` WHERE …`, or nothing.
    var clause: String { conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ") }
}
