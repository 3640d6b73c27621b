import Foundation
import Synchronization
import Testing

/// A server on a free port of this machine that answers each connection with given bytes, in pieces if asked.
final class LoopbackServer: Sendable {
    /// What is done with a connection after its request was read.
    struct Answer: Sendable {
        /// What is sent, piece by piece.
        var pieces: [String]
        /// The pause before each piece but the first.
        var pause: Duration = .zero
    }

    let port: UInt16
    private let descriptor: Int32
    private let received = Mutex<[String]>([])

    init(_ answer: Answer) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(descriptor, generic, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        try #require(bound)
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { self.serve(answer) }
    }

    /// The requests so far.
    var requests: [String] { received.withLock { $0 } }

    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    private func serve(_ answer: Answer) {
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { break }
            // A client that gives up closes its end: no reason to die.
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &buffer, buffer.count, 0)
            received.withLock { $0.append(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)) }
            for (index, piece) in answer.pieces.enumerated() {
                if index > 0 { Thread.sleep(forTimeInterval: answer.pause / .seconds(1)) }
                guard send(connection, piece, piece.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else { break }
            }
            close(connection)
        }
        close(descriptor)
    }
}
