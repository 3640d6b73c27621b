import CoreMetrics
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2

/// Closes connections that do not come to the end of the TLS handshake.
///
/// Hummingbird's idle time-outs begin when the protocol is known; before that a silent peer would be kept for ever.
struct HandshakeDeadline<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let limit: Duration
    let metrics: ConnectionMetrics

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) { [metrics] in
            guard channel.isActive, !channel.hasProtocol else { return }
            metrics.timedOut.increment()
            channel.close(promise: nil)
            channel.cutTLSSoon()
        }
        // A connection that has gone need not be kept for the time of the deadline.
        channel.closeFuture.whenComplete { _ in deadline.cancel() }
        return base.setup(channel: channel, logger: logger)
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

extension Channel {
    /// Whether the handshake has told what is spoken: then one of these stands in the pipeline.
    fileprivate var hasProtocol: Bool {
        let pipeline = pipeline.syncOperations
        return (try? pipeline.context(handlerType: RequestWatch.self)) != nil
            || (try? pipeline.context(handlerType: NIOHTTP2Handler.self)) != nil
    }
}
