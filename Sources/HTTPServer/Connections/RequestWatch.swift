import CoreMetrics
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Watches the requests of one HTTP/1.1 connection or one HTTP/2 stream: counts them, and ends those that never end.
///
/// Hummingbird's own idle time-out looks at silence only; a peer that sends a byte now and then would pass it.
final class RequestWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let requests: RequestsInFlight
    private let limits: ListenerLimits
    private let metrics: ConnectionMetrics
    private let connections: OpenConnections
    /// The connection that this is, or whose stream it is.
    private var entry: OpenConnections.Entry?
    private var isEnding = false
    private var unanswered = 0
    private var isReadingBody = false
    private var bodyLength = 0
    private var requestNumber: UInt64 = 0
    private var deadline: Scheduled<Void>?
    private var writeDeadline: Scheduled<Void>?

    init(
        requests: RequestsInFlight,
        limits: ListenerLimits,
        metrics: ConnectionMetrics,
        connections: OpenConnections
    ) {
        self.requests = requests
        self.limits = limits
        self.metrics = metrics
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let connection = isStream(context) ? context.channel.parent : context.channel
        guard let connection else { return }
        entry = connections.entry(of: connection)
        if isStream(context) {
            FlushBeforeClose.install(on: connection)
        } else {
            HostDemand.install(on: connection)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            requestNumber += 1
            unanswered += 1
            requests.begin()
            entry?.requestBegan()
            isReadingBody = true
            bodyLength = 0
        case .body(let buffer):
            bodyLength += buffer.readableBytes
            // An endpoint refuses at its own limit; here ends the patience with a peer that goes on sending.
            guard bodyLength <= limits.maximumDiscardedBody else { return context.close(promise: nil) }
        case .end:
            isReadingBody = false
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Nearly every request arrives in one read and needs no timer.
        if isReadingBody, deadline == nil { scheduleDeadline(context) }
        context.fireChannelReadComplete()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where isEnding && head.status.kind != .informational:
            // RFC 9112 §9.6: the client must not send another request into a connection that is about to close.
            head.headerFields[.connection] = "close"
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        // What the parser refuses is answered too, and was never a request.
        case .end where unanswered > 0:
            unanswered -= 1
            requests.end()
            entry?.requestsEnded()
        case .head, .body, .end: break
        }
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .all, !isStream(context) { context.channel.cutTLSSoon() }
        context.close(mode: mode, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // On shutdown the HTTP/2 connection says GOAWAY and ends when its last stream has. The event is passed to the
        // streams too, where Hummingbird would close the stream right behind the answer and so cut it.
        if event is ChannelShouldQuiesceEvent {
            if isStream(context) { return }
            isEnding = true
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            writeDeadline?.cancel()
            writeDeadline = nil
        } else if writeDeadline == nil {
            scheduleWriteDeadline(context)
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError { metrics.unparsable.increment() }
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        settle()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { settle() }

    /// A stream's parent is the connection, whose parent is the listening socket.
    private func isStream(_ context: ChannelHandlerContext) -> Bool { context.channel.parent?.parent != nil }

    private func settle() {
        deadline?.cancel()
        deadline = nil
        writeDeadline?.cancel()
        writeDeadline = nil
        requests.end(unanswered)
        entry?.requestsEnded(unanswered)
        unanswered = 0
    }

    private func scheduleDeadline(_ context: ChannelHandlerContext) {
        let watched = requestNumber
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.bodyTimeout)) {
            self.deadline = nil
            guard self.isReadingBody else { return }
            if self.requestNumber == watched {
                self.metrics.timedOut.increment()
                context.close(promise: nil)
            } else {
                self.scheduleDeadline(context)
            }
        }
    }

    /// A peer that asks and asks and never reads would keep its connection and what is written for it.
    private func scheduleWriteDeadline(_ context: ChannelHandlerContext) {
        writeDeadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.idleTimeout)) {
            self.writeDeadline = nil
            guard context.channel.isActive, !context.channel.isWritable else { return }
            self.metrics.timedOut.increment()
            // A stream may only wait for its own window; where the connection is full, nothing gets through.
            if self.isStream(context), let connection = context.channel.parent, !connection.isWritable {
                return connection.close(promise: nil)
            }
            self.close(context: context, mode: .all, promise: nil)
        }
    }
}
