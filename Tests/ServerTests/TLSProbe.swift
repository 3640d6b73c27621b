import NIOCore
import NIOPosix
import NIOSSL

/// Shakes hands with a TLS server and tells which certificate it shows.
enum TLSProbe {
    static func certificate(
        port: Int,
        maximumVersion: TLSVersion = .tlsv13,
        suites: String? = nil
    ) async throws -> [UInt8] {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv1
        configuration.maximumTLSVersion = maximumVersion
        if let suites { configuration.cipherSuites = suites }
        let context = try NIOSSLContext(configuration: configuration)
        let shown = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: [UInt8].self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(
                        context: context,
                        serverHostname: nil,
                        customVerificationCallback: { certificates, verdict in
                            verdict.succeed(.certificateVerified)
                            shown.completeWith(Result { try certificates.first?.toDERBytes() ?? [] })
                        }
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                    try channel.pipeline.syncOperations.addHandler(FailureHandler(shown))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let certificate = try await shown.futureResult.get()
        try? await channel.close()
        return certificate
    }

    private final class FailureHandler: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        private let promise: EventLoopPromise<[UInt8]>

        init(_ promise: EventLoopPromise<[UInt8]>) { self.promise = promise }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            promise.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { promise.fail(ChannelError.eof) }
    }
}
