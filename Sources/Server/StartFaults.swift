import NIOCore

/// Everything that keeps a server from starting, told together; nothing was started.
public struct StartFaults: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line for each.
    public let faults: [String]

    /// Faults.
    public init(_ faults: [String]) { self.faults = faults }

    /// One line for each.
    public var description: String { faults.joined(separator: "\n") }
}

extension StartFaults {
    /// What made a listener or the writer fail, in words for an operator.
    static func explaining(_ error: any Error, _ configuration: ServerConfiguration) -> any Error {
        guard let error = error as? IOError else { return error }
        // The error does not tell whose it is; the one that can still not be listened at is named.
        let named = configuration.addresses.compactMap { $0.obstacle() }
        return StartFaults(named.isEmpty ? ["cannot listen: \(error)"] : named)
    }
}
