/// Lets few pages read at once: the readers' connections are there for token requests first.
actor ReadingTurns {
    /// How many of the store's five readers the console may hold.
    static let most = 2

    private var free = most
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Runs `body` when it is its turn; first come, first served.
    nonisolated func take<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        await enter()
        do {
            let value = try await body()
            await leave()
            return value
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        if free > 0 {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        // Whoever waits longest takes the turn over as it is.
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
