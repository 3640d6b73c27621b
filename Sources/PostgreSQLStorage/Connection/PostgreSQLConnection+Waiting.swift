#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

extension PostgreSQLConnection {
    /// What a socket is waited for.
    enum Readiness {
        case readable, writable, either
    }

    /// Waits for the socket; false when the time is over.
    func wait(for readiness: Readiness, until deadline: ContinuousClock.Instant) throws(PostgreSQLError) -> Bool {
        let socket = library.socket(handle)
        guard socket >= 0 else { throw .lost(reason: message) }
        let events =
            switch readiness {
            case .readable: POLLIN
            case .writable: POLLOUT
            case .either: POLLIN | POLLOUT
            }
        while true {
            let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
            guard left > 0 else { return false }
            var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
            let count = poll(&entry, 1, Int32(min(left.rounded(.up), 60_000)))
            if count > 0 { return true }
            guard count == 0 || errno == EINTR else { throw .lost(reason: "poll failed with \(errno)") }
        }
    }

    /// Sends what waits to be sent, taking in what comes meanwhile: else both sides could wait for each other.
    func send(by deadline: ContinuousClock.Instant) throws(PostgreSQLError) {
        while true {
            switch library.flush(handle) {
            case 0: return
            case 1:
                guard try wait(for: .either, until: deadline) else { throw noting(.timeout(patience)) }
                guard library.consumeInput(handle) == 1 else { throw noting(.lost(reason: message)) }
            default: throw noting(.lost(reason: message))
            }
        }
    }

    /// The next answer; nil where one command's answers end.
    func answer(by deadline: ContinuousClock.Instant) throws(PostgreSQLError) -> PostgreSQLResult? {
        while library.isBusy(handle) == 1 {
            try send(by: deadline)
            guard library.isBusy(handle) == 1 else { break }
            guard try wait(for: .readable, until: deadline) else { throw noting(.timeout(patience)) }
            guard library.consumeInput(handle) == 1 else { throw noting(.lost(reason: message)) }
        }
        return library.getResult(handle).map { PostgreSQLResult($0, library) }
    }

    /// Whether the server still seems to be there, without asking it.
    ///
    /// What comes unasked is its farewell, or the end; whatever else it may be, a new connection costs little.
    var seemsAlive: Bool {
        guard fault == nil else { return false }
        let socket = library.socket(handle)
        guard socket >= 0 else { return false }
        var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) == 0
    }
}
