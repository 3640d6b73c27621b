import JOSE

extension FuzzTarget {
    /// Strict JSON (RFC 8259): what is read is written and read back as the same value.
    static let json = FuzzTarget("json") { input in
        guard let value = try? JSONValue(parsing: input) else { return false }
        try demand(String(validating: input, as: UTF8.self) != nil, "JSON that is not UTF-8 was accepted")
        let written = value.encoded()
        try demand(try JSONValue(parsing: written) == value, "a value is not read back as it was written")
        try demand(try JSONValue(parsing: value.pretty()) == value, "indentation changes a value")
        // The canonical form sorts members and spells numbers anew; it is a fixed point (RFC 8785 §3.2).
        let canonical = value.canonical()
        try demand(
            try JSONValue(parsing: canonical).canonical() == canonical,
            "the canonical form of the canonical form differs"
        )
        try checkNumbers(in: value)
        return true
    }

    /// Integers and dates never wrap, and agree with each other.
    private static func checkNumbers(in value: JSONValue) throws {
        switch value {
        case .number(let number):
            if let date = number.flooredNumericDate {
                try demand((0...JSONNumber.largestExactInteger).contains(date), "a date beyond 2^53 was taken")
                try demand(number.floor == date, "date and floor of \(number.source) differ")
            }
            if let integer = number.integer {
                try demand(number.floor == integer, "integer and floor of \(number.source) differ")
            }
            // A second opinion where a Double is exact.
            if let double = Double(number.source), abs(double) < 1e15, let floor = number.floor {
                try demand(abs(Double(floor) - double.rounded(.down)) <= 1, "floor of \(number.source) is \(floor)")
            }
        case .array(let elements): for element in elements { try checkNumbers(in: element) }
        case .object(let object): for member in object.members { try checkNumbers(in: member.value) }
        case .null, .bool, .string: break
        }
    }
}
