import JOSE

/// One figure of the report, and what it must reach.
struct Row {
    let name: String
    let value: Double
    let unit: String
    /// What is demanded, as a person reads it; nil for a figure that only explains another.
    let must: String?
    let passed: Bool

    /// A figure that explains another.
    init(_ name: String, _ value: Double, _ unit: String) {
        self.name = name
        self.value = value
        self.unit = unit
        must = nil
        passed = true
    }

    /// A figure with a budget.
    init(_ name: String, _ value: Double, _ unit: String, atMost limit: Double) {
        self.name = name
        self.value = value
        self.unit = unit
        must = "<= \(limit)"
        passed = value <= limit
    }

    /// A figure that must not be below a limit.
    init(_ name: String, _ value: Double, _ unit: String, atLeast limit: Double) {
        self.name = name
        self.value = value
        self.unit = unit
        must = ">= \(limit)"
        passed = value >= limit
    }

    /// The row as reports have it.
    var json: JSONValue {
        let thousandths = (value * 1000).rounded() / 1000
        return .object([
            "name": .string(name), "value": Self.number(thousandths), "unit": .string(unit),
            "must": must.map { .string($0) } ?? .null, "passed": .bool(passed),
        ])
    }

    private static func number(_ value: Double) -> JSONValue { (try? JSONValue(parsing: "\(value)")) ?? .null }
}
