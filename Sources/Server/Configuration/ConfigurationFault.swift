/// One thing that is wrong with a configuration.
public struct ConfigurationFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The key, where it is about one.
    public let key: String?
    /// Where the value came from: a flag, a variable, a line of a file.
    public let origin: String?
    /// What is wrong, and what would be right.
    public let problem: String

    /// A fault.
    public init(key: String?, origin: String?, problem: String) {
        self.key = key
        self.origin = origin
        self.problem = problem
    }

    /// The fault on one line.
    public var description: String {
        switch (key, origin) {
        case (let key?, let origin?): "`\(key)` (\(origin)): \(problem)"
        case (let key?, nil): "`\(key)`: \(problem)"
        case (nil, let origin?): "\(origin): \(problem)"
        case (nil, nil): problem
        }
    }
}

/// Everything that is wrong with a configuration, told together before anything starts.
public struct ConfigurationFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// The faults, in the order of the keys.
    public let faults: [ConfigurationFault]

    /// Faults.
    public init(_ faults: [ConfigurationFault]) { self.faults = faults }

    /// One line for each.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
