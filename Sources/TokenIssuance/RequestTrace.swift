public import Vocabulary

/// What identifies one request in the answer, the log, the ledger and the ring of early refusals.
public struct RequestTrace: Sendable, Hashable {
    /// Our own identifier of the request.
    public let traceID: TraceID
    /// The identifier that the caller sent in `traceparent`; recorded, never believed.
    public let parentTraceID: TraceID?
    /// The peer's address, without port.
    public let remoteAddress: String

    /// A request's identity.
    public init(traceID: TraceID, parentTraceID: TraceID? = nil, remoteAddress: String) {
        self.traceID = traceID
        self.parentTraceID = parentTraceID
        self.remoteAddress = remoteAddress
    }
}
