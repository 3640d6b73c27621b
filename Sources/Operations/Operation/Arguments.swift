public import JOSE

/// What an operation was given, by the names of its parameters, before it is read.
public struct Arguments: Sendable, Hashable {
    /// How a parameter is called towards whoever gave it.
    public enum Naming: Sendable, Hashable {
        /// As an option of a command: `--legal-basis`.
        case options
        /// As a parameter or member of a call: `legal_basis`.
        case members
    }

    /// The values: texts, flags, numbers, lists of texts, objects; what was not given is not in it.
    public private(set) var values: JSONObject
    /// How a parameter is called in what is said of it.
    public var naming: Naming

    /// Arguments as they were given.
    public init(_ values: JSONObject = [:], naming: Naming = .options) {
        self.values = values
        self.naming = naming
    }

    /// The value of that parameter, nil when it was not given.
    public subscript(name: String) -> JSONValue? { values[name] }

    /// The same with another value for one parameter.
    public func setting(_ name: String, to value: any ArgumentValue) -> Arguments {
        var arguments = self
        arguments.values[name] = value.argument
        return arguments
    }

    /// How that parameter is called.
    func title(of name: String) -> String {
        naming == .members ? "`\(name)`" : "`--\(name.replacing("_", with: "-"))`"
    }
}

extension Arguments: ExpressibleByDictionaryLiteral {
    /// Arguments by name; one that is nil, false or an empty list is not given.
    public init(dictionaryLiteral elements: (String, any ArgumentValue)...) {
        var values = JSONObject()
        for (name, value) in elements { values[name] = value.argument }
        self.init(values)
    }
}

/// What can be given to an operation.
public protocol ArgumentValue: Sendable {
    /// The value as it is sent; nil: not given.
    var argument: JSONValue? { get }
}

extension String: ArgumentValue {
    /// The text.
    public var argument: JSONValue? { .string(self) }
}

extension Bool: ArgumentValue {
    /// True; false is the same as not given.
    public var argument: JSONValue? { self ? .bool(true) : JSONValue?.none }
}

extension Int: ArgumentValue {
    /// The number.
    public var argument: JSONValue? { .integer(Int64(self)) }
}

extension JSONObject: ArgumentValue {
    /// The object.
    public var argument: JSONValue? { .object(self) }
}

extension Array: ArgumentValue where Element: ArgumentValue {
    /// The values; an empty list is the same as not given.
    public var argument: JSONValue? { isEmpty ? JSONValue?.none : .array(compactMap(\.argument)) }
}

extension Optional: ArgumentValue where Wrapped: ArgumentValue {
    /// The value, if there is one.
    public var argument: JSONValue? { self?.argument }
}
