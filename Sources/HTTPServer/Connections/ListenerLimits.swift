import NIOCore

/// What a listener takes from a peer before it gives up: size, time and connections.
///
/// What exceeds the header limits is answered by the parser itself (400) or closed; the body's limit is the endpoint's.
public struct ListenerLimits: Sendable, Hashable {
    /// The most connections at once; others wait in the kernel's queue.
    public var maximumConnections: Int
    /// How long a connection may be silent between requests or over the head of one, or leave answers unread.
    public var idleTimeout: Duration
    /// How long a TLS handshake may take.
    public var handshakeTimeout: Duration = .seconds(10)
    /// How long a request's body may take to arrive.
    public var bodyTimeout: Duration = .seconds(10)
    /// The largest sum of all header fields, in bytes.
    public var maximumHeaderListLength = 16 * 1024
    /// The most header fields.
    public var maximumHeaderFields = 100
    /// The most bytes of a refused body that are read and thrown away before the connection is closed.
    public var maximumDiscardedBody = 1024 * 1024

    /// Limits on connections and silence; the others have fixed values.
    public init(maximumConnections: Int = 10_000, idleTimeout: Duration = .seconds(60)) {
        self.maximumConnections = maximumConnections
        self.idleTimeout = idleTimeout
    }
}
