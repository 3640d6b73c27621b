import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An HTTP/2 connection that sends and shows frames as they are (RFC 9113 §4), for what no client would do.
final class HTTP2Probe: Sendable {
    /// A frame that came.
    struct Frame: Sendable, Equatable {
        let kind: UInt8
        let flags: UInt8
        let stream: UInt32
        let payload: [UInt8]

        /// Whether it begins an answer of 200 (index 8 of RFC 7541's static table).
        var isGranted: Bool { kind == Self.headers && payload.first == 0x88 }

        static let (headers, reset, settings, ping, goAway): (UInt8, UInt8, UInt8, UInt8, UInt8) = (1, 3, 4, 6, 7)
    }

    private let channel: any Channel
    private let collector: FrameCollector

    private init(_ channel: any Channel, _ collector: FrameCollector) {
        self.channel = channel
        self.collector = collector
    }

    /// Connects, and says the preface with these settings (RFC 9113 §3.4, §6.5.1).
    static func connect(port: Int, settings: [UInt16: UInt32] = [:]) async throws -> HTTP2Probe {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: configuration)
        let collector = FrameCollector()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(context: context, serverHostname: nil)
                    try channel.pipeline.syncOperations.addHandlers([handler, collector])
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        let probe = HTTP2Probe(channel, collector)
        var payload: [UInt8] = []
        for (name, value) in settings { payload += bytes(name) + bytes(value) }
        try await channel.writeAndFlush(ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
        try await probe.send(Frame(kind: Frame.settings, flags: 0, stream: 0, payload: payload))
        return probe
    }

    /// The frames that came until now.
    var frames: [Frame] { collector.state.withLock { $0.frames } }

    /// Whether the peer has closed.
    var isClosed: Bool { collector.state.withLock { $0.isClosed } }

    func send(_ frame: Frame) async throws {
        var buffer = ByteBuffer()
        buffer.writeBytes(Self.bytes(UInt32(frame.payload.count)).dropFirst())
        buffer.writeBytes([frame.kind, frame.flags] + Self.bytes(frame.stream) + frame.payload)
        try await channel.writeAndFlush(buffer)
    }

    /// A request on a stream, its fields as RFC 7541 §6.2.2 writes what is not indexed; with or without its end.
    func request(_ stream: UInt32, path: String, accept: String = "*/*", isPost: Bool = false) async throws {
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
        // `:method` and `:scheme` from the static table; `:path` is 4, `:authority` 1, `accept` 19.
        let fields =
            [isPost ? 0x83 : 0x82, 0x87, 0x04] + text(path) + [0x01] + text("localhost") + [0x0F, 0x04] + text(accept)
        try await send(Frame(kind: Frame.headers, flags: isPost ? 0x4 : 0x5, stream: stream, payload: fields))
    }

    /// A whole request with these fields and no others, written as they are (RFC 7541 §6.2.2, new names).
    func request(_ stream: UInt32, fields: [(name: String, value: String)]) async throws {
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
        var payload: [UInt8] = []
        for field in fields { payload += [0x00] + text(field.name) + text(field.value) }
        try await send(Frame(kind: Frame.headers, flags: 0x5, stream: stream, payload: payload))
    }

    func close() async { try? await channel.close() }

    private static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}

/// Cuts what comes into frames, keeps them, and acknowledges nothing.
private final class FrameCollector: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    struct State {
        var bytes = ByteBuffer()
        var frames: [HTTP2Probe.Frame] = []
        var isClosed = false
    }

    let state = Mutex(State())

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        state.withLock { state in
            state.bytes.writeBuffer(&buffer)
            while let frame = Self.frame(from: &state.bytes) { state.frames.append(frame) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) { state.withLock { $0.isClosed = true } }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static func frame(from bytes: inout ByteBuffer) -> HTTP2Probe.Frame? {
        var copy = bytes
        guard let high = copy.readInteger(as: UInt8.self), let low = copy.readInteger(as: UInt16.self),
            let kind = copy.readInteger(as: UInt8.self), let flags = copy.readInteger(as: UInt8.self),
            let stream = copy.readInteger(as: UInt32.self),
            let payload = copy.readBytes(length: Int(high) << 16 | Int(low))
        else { return nil }
        bytes = copy
        return HTTP2Probe.Frame(kind: kind, flags: flags, stream: stream & 0x7FFF_FFFF, payload: payload)
    }
}
