public import FoundationEssentials

/// Draws identifiers for requests and delegations.
public struct UUIDSource: Sendable {
    private let draw: @Sendable () -> UUID

    /// A source that takes its identifiers from `draw`.
    public init(_ draw: @escaping @Sendable () -> UUID) { self.draw = draw }

    /// Random UUIDs of the system (RFC 9562 §5.4).
    public static let system = UUIDSource { UUID() }

    /// A new identifier.
    public func next() -> UUID { draw() }
}

extension UUID {
    /// The form with hyphens, in lower case.
    var text: String { uuidString.lowercased() }
}
