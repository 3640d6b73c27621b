import NIOCore
import NIOHTTP2
import NIOSSL

/// Sends what is written before an HTTP/2 connection is closed.
///
/// Hummingbird closes a connection that has said GOAWAY inside the very call that writes the last stream's end, before
/// anything flushes it: without this the last answers of a draining server would be lost.
final class FlushBeforeClose: ChannelOutboundHandler, Sendable {
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    /// Stands in the pipeline of `connection`, if it speaks HTTP/2; to be called on its event loop.
    static func install(on connection: any Channel) {
        let pipeline = connection.pipeline.syncOperations
        guard (try? pipeline.context(handlerType: FlushBeforeClose.self)) == nil,
            let multiplexer = try? pipeline.handler(type: NIOHTTP2Handler.self)
        else { return }
        try? pipeline.addHandler(FlushBeforeClose(), position: .after(multiplexer))
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // Later in this turn of the loop the rest is written; then it is flushed and the connection closed.
        context.eventLoop.assumeIsolated().execute {
            context.flush()
            context.channel.cutTLSSoon()
            context.close(mode: mode, promise: promise)
        }
    }
}

extension Channel {
    /// Ends a connection whose peer does not answer the closing of TLS, long before NIO's five seconds.
    ///
    /// Nothing is lost: our `close_notify` went out behind the last answer (RFC 8446 §6.1 asks for no more).
    func cutTLSSoon() {
        // Closed from the context of the TLS handler itself, the connection does not wait for the peer.
        guard let tls = try? pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) else { return }
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(500)) {
            if self.isActive { tls.close(promise: nil) }
        }
    }
}
