import Synchronization

/// Who waits for which answer; bounded.
final class RevocationWaits: Sendable {
    private struct State {
        var tickets: [RevocationQuestion.ID: [RevocationTicket]] = [:]
        var count = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// A ticket for an answer; nil when too many wait already.
    func ticket(for id: RevocationQuestion.ID) -> RevocationTicket? {
        state.withLock { state in
            guard state.count < limit else { return nil }
            let ticket = RevocationTicket()
            state.tickets[id, default: []].append(ticket)
            state.count += 1
            return ticket
        }
    }

    /// The answer is there, or will not come.
    func finish(_ id: RevocationQuestion.ID) {
        let tickets = state.withLock { state in
            let tickets = state.tickets.removeValue(forKey: id) ?? []
            state.count -= tickets.count
            return tickets
        }
        for ticket in tickets { ticket.finish() }
    }

    /// Nobody asks any more.
    func finishAll() {
        let tickets = state.withLock { state in
            defer { state = State() }
            return state.tickets.values.flatMap { $0 }
        }
        for ticket in tickets { ticket.finish() }
    }
}

/// One who waits; cancelled with its task.
final class RevocationTicket: Sendable {
    private struct State {
        var isOver = false
        var continuation: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Waits until the answer is there or the task is cancelled; once only.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.isOver { state.continuation = continuation }
                    return state.isOver
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            finish()
        }
    }

    /// Ends the wait.
    func finish() {
        let continuation = state.withLock { state in
            state.isOver = true
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume()
    }
}
