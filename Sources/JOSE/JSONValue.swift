/// A JSON value (RFC 8259), as it was read or as it will be written.
///
/// Strings are equal when their bytes are: `é` in one code point is not `é` in two.
public enum JSONValue: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number, in the text that stood there.
    case number(JSONNumber)
    /// A text.
    case string(String)
    /// An ordered list.
    case array([JSONValue])
    /// Named members.
    case object(JSONObject)
}

extension JSONValue {
    /// A number that is an integer.
    public static func integer(_ value: Int64) -> JSONValue { .number(JSONNumber(value)) }

    /// An array of texts.
    public static func strings(_ texts: some Sequence<String>) -> JSONValue { .array(texts.map { .string($0) }) }

    /// The text, nil for any other kind.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The truth value, nil for any other kind.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The number, nil for any other kind.
    public var number: JSONNumber? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    /// The number when it is an integer of 64 bits, nil for any other number or kind.
    public var integer: Int64? { number?.integer }

    /// The elements, nil for any other kind.
    public var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members, nil for any other kind.
    public var object: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// The texts of an array that holds nothing but texts, nil for anything else.
    public var strings: [String]? {
        guard case .array(let elements) = self else { return nil }
        var texts: [String] = []
        texts.reserveCapacity(elements.count)
        for element in elements {
            guard case .string(let text) = element else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// The member of that name, nil when there is none or when this is no object.
    public subscript(name: String) -> JSONValue? { object?[name] }
}

extension JSONValue: Hashable {
    /// Whether both are the same value, texts compared byte by byte, numbers as they were written.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): hasSameBytes(left, right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        case (.null, _), (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _): false
        }
    }

    /// Hashes the value.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .number(let number): hasher.combine(number)
        case .string(let text): hasher.combine(text)
        case .array(let elements): hasher.combine(elements)
        case .object(let object): hasher.combine(object)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// A text.
    public init(stringLiteral text: String) { self = .string(text) }

    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

    /// An object; a name that stands twice is a programmer's mistake.
    public init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(JSONObject(literal: members)) }

    /// `null`.
    public init(nilLiteral: ()) { self = .null }
}

/// Whether two texts are the same bytes; `==` of `String` takes canonically equivalent ones for equal.
func hasSameBytes(_ left: String, _ right: String) -> Bool {
    // Texts that `==` tells apart are not the same bytes, and it tells nearly all apart without a loop.
    guard left.utf8.count == right.utf8.count, left == right else { return false }
    let isSame = left.utf8.withContiguousStorageIfAvailable { left in
        right.utf8.withContiguousStorageIfAvailable { left.elementsEqual($0) }
    }
    return (isSame ?? nil) ?? left.utf8.elementsEqual(right.utf8)
}
