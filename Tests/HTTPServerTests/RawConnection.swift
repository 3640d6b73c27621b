import Foundation

/// A plain socket to this machine, for what no client would do.
final class RawConnection: Sendable {
    struct Failure: Error {
        let call: String
        let code = errno
    }

    /// How long this side waits for anything: longer than a busy machine can be busy.
    static let patience = Duration.seconds(60)

    private let descriptor: Int32

    init(_ port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(call: "socket") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(call: "connect") }
        // Short waits, so that a reader can look at its deadline.
        var wait = timeval(tv_sec: 0, tv_usec: 20_000)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close() }

    func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        // Waits of 20 ms: a minute without room.
        var patience = 3_000
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0 {
                patience -= 1
                guard errno == EAGAIN, patience > 0 else { throw Failure(call: "send") }
            } else {
                rest = rest.dropFirst(sent)
            }
        }
    }

    /// What comes until a text is in it, the peer closes, or the time is over.
    func read(until end: String?, within limit: Duration = patience) async throws -> String {
        let deadline = ContinuousClock.now + limit
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while ContinuousClock.now < deadline {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 { break }
            if count < 0 {
                guard errno == EAGAIN else { break }
                await Task.yield()
                continue
            }
            text += String(decoding: buffer[..<count], as: UTF8.self)
            if let end, text.contains(end) { break }
        }
        return text
    }

    /// Whether the peer has closed; eats what it has sent.
    var isClosed: Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count == 0 || (count < 0 && errno != EAGAIN)
    }

    static func exchange(_ port: Int, _ parts: [String], readingUntil end: String? = nil) async throws -> String {
        let connection = try RawConnection(port)
        for (index, part) in parts.enumerated() {
            if index > 0 { try await Task.sleep(for: .milliseconds(100)) }
            try connection.send(part)
        }
        return try await connection.read(until: end)
    }

    /// Whether the peer closes, at the latest a minute after the last part.
    static func isClosed(_ port: Int, sending parts: [String]) async throws -> Bool {
        let connection = try RawConnection(port)
        for part in parts {
            do { try connection.send(part) } catch { return true }
        }
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if connection.isClosed { return true }
            await Task.yield()
        }
        return false
    }

    /// How long the connection stood; nil when the peer has not closed it within a minute.
    ///
    /// Counted from before it was opened, so that no time-out of the peer began earlier. While it stands, `more` is sent at
    /// every `pause`.
    static func timeUntilClosed(
        _ port: Int,
        sending head: String,
        thenEvery pause: Duration = .seconds(3_600),
        _ more: String = ""
    ) async throws -> Duration? {
        let start = ContinuousClock.now
        let connection = try RawConnection(port)
        try connection.send(head)
        var next = start + pause
        while ContinuousClock.now - start < patience {
            if connection.isClosed { return ContinuousClock.now - start }
            if ContinuousClock.now >= next {
                do { try connection.send(more) } catch { return ContinuousClock.now - start }
                next = ContinuousClock.now + pause
            }
            await Task.yield()
        }
        return nil
    }
}
