/// The values of a statement's parameters, in their order.
package struct StatementArguments: ExpressibleByArrayLiteral, Sendable {
    package private(set) var values: [DatabaseValue]

    /// None.
    package init() { values = [] }

    /// These; nil is NULL.
    package init(arrayLiteral elements: (any DatabaseValueConvertible)?...) {
        values = elements.map { $0?.databaseValue ?? .null }
    }

    /// The elements of a list.
    package init(_ elements: some Sequence<some DatabaseValueConvertible>) { values = elements.map(\.databaseValue) }

    /// The elements of a list of several kinds.
    package init(_ elements: [any DatabaseValueConvertible]) { values = elements.map(\.databaseValue) }

    package static func + (first: StatementArguments, second: StatementArguments) -> StatementArguments {
        var all = first
        all += second
        return all
    }

    package static func += (arguments: inout StatementArguments, more: StatementArguments) {
        arguments.values += more.values
    }
}
