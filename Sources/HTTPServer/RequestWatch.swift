import NIOCore
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
    private var unanswered = 0
    private var isReadingBody = false
    private var bodyLength = 0
    private var requestNumber: UInt64 = 0
    private var deadline: Scheduled<Void>?

    init(requests: RequestsInFlight, limits: ListenerLimits) {
        self.requests = requests
        self.limits = limits
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            requestNumber += 1
            unanswered += 1
            requests.begin()
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
        if case .end = unwrapOutboundIn(data) {
            unanswered -= 1
            requests.end()
        }
        context.write(data, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A stream's parent is the connection, whose parent is the listening socket.
        let isStream = context.channel.parent?.parent != nil
        // On shutdown the HTTP/2 connection says GOAWAY and ends when its last stream has. The event is passed to the
        // streams too, where Hummingbird would close the stream right behind the answer and so cut it.
        if event is ChannelShouldQuiesceEvent, isStream { return }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        settle()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { settle() }

    private func settle() {
        deadline?.cancel()
        deadline = nil
        requests.end(unanswered)
        unanswered = 0
    }

    private func scheduleDeadline(_ context: ChannelHandlerContext) {
        let watched = requestNumber
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.bodyTimeout)) {
            self.deadline = nil
            guard self.isReadingBody else { return }
            if self.requestNumber == watched {
                context.close(promise: nil)
            } else {
                self.scheduleDeadline(context)
            }
        }
    }
}
