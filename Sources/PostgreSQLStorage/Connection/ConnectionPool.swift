/// A process's connections: made when they are wanted, kept, and never more than the limit.
///
/// Threads that may block take them; ``WorkerThreads`` are such for tasks.
final class ConnectionPool: Sendable {
    private struct State {
        /// Those that nobody uses, the one used last at the end.
        var idle: [Lent] = []
        /// How many there are, in use or not, and being made.
        var count = 0
        var isClosed = false
    }

    /// A connection on its way from one user to the next.
    private struct Lent: @unchecked Sendable {
        // INVARIANT: a connection has one owner at a time: the pool's state, or the thread that took it out.
        let connection: PostgreSQLConnection
    }

    private enum Turn {
        case use(Lent)
        case make
        case closed
    }

    private let settings: PostgreSQLSettings
    private let prepare: @Sendable (PostgreSQLConnection) throws -> Void
    private let state = Monitor(State())

    /// A pool that has no connection yet.
    ///
    /// - Parameters:
    ///   - settings: Where, and how many.
    ///   - prepare: What is done with each new connection.
    init(_ settings: PostgreSQLSettings, preparing prepare: @escaping @Sendable (PostgreSQLConnection) throws -> Void) {
        precondition(settings.connectionLimit > 0)
        self.settings = settings
        self.prepare = prepare
    }

    /// How many connections there are.
    var count: Int { state.withState { $0.count } }

    /// Lends a connection; blocks the calling thread.
    ///
    /// One that broke before is thrown away and another taken, so that the pool heals by itself; nothing was done on it.
    func withConnection<Result>(_ body: (PostgreSQLConnection) throws -> Result) throws -> Result {
        let connection = try take()
        defer { giveBack(connection) }
        return try body(connection)
    }

    /// Closes what is idle now, and the rest when it is given back.
    func close() {
        let idle = state.withState { state in
            state.isClosed = true
            state.count -= state.idle.count
            defer { state.idle = [] }
            return state.idle
        }
        state.wakeAll()
        // Their end may take a moment, which nobody waits for with the lock in hand.
        withExtendedLifetime(idle) {}
    }

    private func take() throws -> PostgreSQLConnection {
        while true {
            switch try nextTurn() {
            case .closed: throw PostgreSQLError.closed
            case .make: return try make()
            case .use(let lent):
                if lent.connection.seemsAlive { return lent.connection }
                state.withState { $0.count -= 1 }
            }
        }
    }

    private func nextTurn() throws -> Turn {
        let turn = state.wait(for: settings.poolTimeout) { state -> Turn? in
            if state.isClosed { return .closed }
            if let lent = state.idle.popLast() { return .use(lent) }
            guard state.count < settings.connectionLimit else { return nil }
            state.count += 1
            return .make
        }
        guard let turn else { throw PostgreSQLError.exhausted(connections: settings.connectionLimit) }
        return turn
    }

    private func make() throws -> PostgreSQLConnection {
        do {
            let connection = try PostgreSQLConnection(settings)
            try prepare(connection)
            return connection
        } catch {
            state.withState { $0.count -= 1 }
            throw error
        }
    }

    private func giveBack(_ connection: PostgreSQLConnection) {
        let isOld = connection.opened.duration(to: .now) > settings.connectionLifetime
        let lent = Lent(connection: connection)
        state.withState { state in
            if connection.fault != nil || isOld || state.isClosed {
                state.count -= 1
            } else {
                state.idle.append(lent)
            }
        }
    }
}
