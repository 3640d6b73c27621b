public import Vocabulary

/// Says whether a client that has proved who it is may go on: its budget is drawn on by refusals after that alone.
public protocol ClientAdmission: Sendable {
    /// Lets the client go on.
    ///
    /// - Throws: `Refusal.tooManyRequests`.
    func admit(_ client: ClientID) throws(Refusal)
}

/// Lets everybody go on.
public struct UnlimitedClients: ClientAdmission {
    /// No limits.
    public init() {}

    /// Lets the client go on.
    public func admit(_ client: ClientID) throws(Refusal) {}
}
