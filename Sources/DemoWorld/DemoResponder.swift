public import Logging
import LibCrypto
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
public import ServiceLifecycle
public import Vocabulary

/// The demo world's OCSP responder and revocation lists, on the loopback address that its certificates name.
///
/// `serve` runs it beside a demo world's server: without it `require` would refuse every certificate there.
public struct DemoResponder: Service {
    private let authorities: DemoAuthorities
    private let clock: any WallClock
    private let logger: Logger

    /// A responder of these issuers.
    public init(_ authorities: DemoAuthorities, clock: any WallClock = SystemClock(), logger: Logger) {
        self.authorities = authorities
        self.clock = clock
        self.logger = logger
    }

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// Answers until the graceful end begins.
    ///
    /// A port that is taken is logged and no failure: another server on a copy of the world may answer there.
    public func run() async throws {
        let listening: NIOAsyncChannel<Connection, Never>
        do {
            listening = try await bind()
        } catch {
            logger.warning(
                "demo responder not started",
                metadata: ["address": "\(authorities.host):\(authorities.port)", "cause": "\(error)"]
            )
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            try? await listening.executeThenClose { connections in
                await withDiscardingTaskGroup { group in
                    do {
                        for try await connection in connections {
                            group.addTask { await serve(connection) }
                        }
                    } catch {
                        group.cancelAll()
                    }
                }
            }
        }
    }

    private func bind() async throws -> NIOAsyncChannel<Connection, Never> {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: authorities.host, port: authorities.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        IdleStateHandler(readTimeout: Self.idleTimeout)
                    )
                    try channel.pipeline.syncOperations.addHandler(CloseWhenIdle())
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
    }

    private static let idleTimeout = TimeAmount.seconds(10)
    /// Longer requests are no OCSP requests on one certificate.
    private static let maximumRequestSize = 8_192

    /// Answers one request and closes.
    private func serve(_ connection: Connection) async {
        try? await connection.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let found): head = found
                case .body(let bytes):
                    body += bytes.readableBytesView
                    guard body.count <= Self.maximumRequestSize else { return }
                case .end:
                    guard let head else { return }
                    let (status, type, content) = answer(head, body)
                    var fields = HTTPHeaders()
                    fields.add(name: "Content-Type", value: type)
                    fields.add(name: "Content-Length", value: String(content.count))
                    fields.add(name: "Connection", value: "close")
                    try await outbound.write(
                        .head(HTTPResponseHead(version: .http1_1, status: status, headers: fields))
                    )
                    try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: content))))
                    try await outbound.write(.end(nil))
                    return
                }
            }
        }
    }

    private func answer(_ head: HTTPRequestHead, _ body: [UInt8]) -> (HTTPResponseStatus, String, [UInt8]) {
        let now = clock.now
        let name = head.uri.split(separator: "?").first.map { String($0.drop { $0 == "/" }) } ?? ""
        do {
            if name == "ocsp", head.method == .POST {
                let response = try authorities.response(to: OCSPRequest(der: body), at: now)
                return (.ok, "application/ocsp-response", response)
            }
            guard head.method == .GET else { return (.methodNotAllowed, "text/plain", []) }
            if name.hasSuffix(".crl"), let list = try authorities.list(named: String(name.dropLast(4)), at: now) {
                return (.ok, "application/pkix-crl", list)
            }
            if name.hasSuffix(".cer"), let certificate = authorities.certificate(named: String(name.dropLast(4))) {
                return (.ok, "application/pkix-cert", certificate)
            }
            return (.notFound, "text/plain", [])
        } catch {
            logger.warning("demo responder failed", metadata: ["path": "\(name)", "cause": "\(error)"])
            return (.internalServerError, "text/plain", [])
        }
    }
}

/// Closes a connection on which nothing comes.
private final class CloseWhenIdle: ChannelInboundHandler, Sendable {
    typealias InboundIn = Any

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}
