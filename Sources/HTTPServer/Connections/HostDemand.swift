import NIOCore
import NIOHTTP1

/// Refuses requests of HTTP/1.1 without `Host`, as the parser refuses what is malformed (RFC 9112 §3.2).
///
/// Stands right behind the decoder, for later nobody sees the version any more: HTTP/1.0 knows no such demand, and the checks
/// of some load balancers speak it.
final class HostDemand: ChannelInboundHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// Stands in the pipeline of a connection that speaks HTTP/1; to be called on its event loop.
    static func install(on connection: any Channel) {
        let pipeline = connection.pipeline.syncOperations
        guard let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
        try? pipeline.addHandler(HostDemand(), position: .after(decoder))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data), (head.version.major, head.version.minor) >= (1, 1),
            !head.headers.contains(name: "host")
        {
            // The connection is closed behind the answer, so that what follows is no request's any more.
            return context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        }
        context.fireChannelRead(data)
    }
}
