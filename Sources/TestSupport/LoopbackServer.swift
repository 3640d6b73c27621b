import Foundation
import Synchronization

/// A raw HTTP server on a free port of this machine, for what no well-behaved server can be made to do.
///
/// Each connection's first bytes are read, answered by the script's pieces with a pause between them, and closed.
public final class LoopbackServer: Sendable {
    /// What is sent on a connection.
    public struct Answer: Sendable {
        /// What is sent, piece by piece.
        public var pieces: [String]
        /// The pause before each piece but the first.
        public var pause: Duration

        /// An answer.
        public init(pieces: [String], pause: Duration = .zero) {
            self.pieces = pieces
            self.pause = pause
        }

        /// A whole answer with a body.
        public static func whole(_ status: Int, _ body: String, headers: [String] = []) -> Answer {
            let head = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers
            return Answer(pieces: [head.joined(separator: "\r\n") + "\r\n\r\n" + body])
        }
    }

    /// The machine gave no socket.
    public struct NoSocket: Error {}

    /// The port on 127.0.0.1.
    public let port: UInt16
    private let descriptor: Int32
    private let received = Mutex<[String]>([])

    /// Starts a server whose script is given each request's text.
    ///
    /// - Throws: `NoSocket`.
    public init(_ script: @escaping @Sendable (String) -> Answer) throws(NoSocket) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw NoSocket() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isListening else { throw NoSocket() }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { self.serve(script) }
    }

    /// Starts a server that always answers the same.
    ///
    /// - Throws: `NoSocket`.
    public convenience init(_ answer: Answer) throws(NoSocket) { try self.init { _ in answer } }

    /// The requests so far.
    public var requests: [String] { received.withLock { $0 } }

    /// Stops listening; connections under way are finished.
    public func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private func serve(_ script: @escaping @Sendable (String) -> Answer) {
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { break }
            // A connection of its own thread: a slow answer must not hold up the next request.
            Thread.detachNewThread { self.answer(connection, script) }
        }
        close(descriptor)
    }

    private func answer(_ connection: Int32, _ script: @Sendable (String) -> Answer) {
        defer { close(connection) }
        let request = Self.readRequest(connection)
        received.withLock { $0.append(request) }
        let answer = script(request)
        for (index, piece) in answer.pieces.enumerated() {
            if index > 0 { Thread.sleep(forTimeInterval: answer.pause / .seconds(1)) }
            // A client that gives up closes its end: no reason to die.
            guard send(connection, piece, piece.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else { return }
        }
    }

    /// Head and body, whose length the head tells.
    private static func readRequest(_ connection: Int32) -> String {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            content += buffer.prefix(count)
            let text = String(decoding: content, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let head = text[..<end.lowerBound].lowercased()
            let line = head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            let length = line.flatMap { Int($0.dropFirst("content-length:".count).filter(\.isNumber)) } ?? 0
            if text[end.upperBound...].utf8.count >= length { break }
        }
        return String(decoding: content, as: UTF8.self)
    }
}
