package import Foundation

/// A value as it goes into a database and comes out of it.
package enum DatabaseValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)
    case bytes([UInt8])

    /// What kind of value it is, for messages: values themselves are in none.
    package enum Kind: Hashable, Sendable {
        case null, integer, text, bytes
    }

    /// Its kind.
    package var kind: Kind {
        switch self {
        case .null: .null
        case .integer: .integer
        case .text: .text
        case .bytes: .bytes
        }
    }
}

/// What can be given to a statement and read from a row.
package protocol DatabaseValueConvertible {
    /// As the database has it.
    var databaseValue: DatabaseValue { get }

    /// From what the database has; nil when that is of another kind.
    init?(databaseValue: DatabaseValue)
}

extension Int64: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { .integer(self) }

    package init?(databaseValue: DatabaseValue) {
        guard case .integer(let number) = databaseValue else { return nil }
        self = number
    }
}

extension Int: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { .integer(Int64(self)) }

    package init?(databaseValue: DatabaseValue) {
        guard case .integer(let number) = databaseValue else { return nil }
        self = Int(number)
    }
}

/// Truth is 0 or 1 in every table.
extension Bool: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { .integer(self ? 1 : 0) }

    package init?(databaseValue: DatabaseValue) {
        guard case .integer(let number) = databaseValue else { return nil }
        self = number != 0
    }
}

extension String: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { .text(self) }

    package init?(databaseValue: DatabaseValue) {
        guard case .text(let text) = databaseValue else { return nil }
        self = text
    }
}

extension Data: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { .bytes(Array(self)) }

    package init?(databaseValue: DatabaseValue) {
        guard case .bytes(let bytes) = databaseValue else { return nil }
        self.init(bytes)
    }
}
