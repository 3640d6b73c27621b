public import StatusLists

/// Whoever knows the statuses of tokens.
public protocol StatusSource: Sendable {
    /// The status that a token refers to: 0 for one that nothing was done to.
    ///
    /// - Throws: ``StatusListError``.
    func status(of reference: StatusReference) async throws(StatusListError) -> UInt8
}
