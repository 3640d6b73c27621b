internal import Vocabulary

/// What the writer's thread does, from start to stop.
struct WriterLoop<Store: LedgerStore>: Sendable {
    let store: Store
    let settings: LedgerWriterSettings
    let clock: any WallClock
    let bootClock: any BootClock
    let notify: @Sendable (LedgerNotice) -> Void
    let mailbox: ThreadMailbox<WriterItem<Store>>
    let status: WriterStatus
    let hand: WriterHand<Store>

    /// With nothing to do it looks at the clock so often, in seconds.
    private static var idle: Int { 1 }

    /// Runs until the mailbox is closed and empty; says through `started` how the start went.
    func run(started: (Result<Void, any Error>) -> Void) {
        let memory: WriterMemory
        do {
            memory = try recall()
        } catch {
            mailbox.close()
            started(.failure(error))
            return drain(failing: error)
        }
        publish(memory, failure: nil)
        started(.success(()))
        var health = Health()
        var items: [WriterItem<Store>] = []
        while mailbox.take(into: &items, waiting: Self.idle) {
            if items.isEmpty { rest(memory, &health) }
            hand.take(items)
            deal(with: items, memory, &health)
            hand.take([])
        }
        commit([], memory, &health, closing: true)
        status.publish(nil, failure: nil)
    }

    /// Whether the last batch failed, and what nobody was told of yet.
    private struct Health {
        var failure: String?
        var untold = 0
        var toldAt: Int64 = 0
    }

    /// A store that fails is told of at once and then so often, in seconds: each request is a batch of its own by then.
    private static var notificationInterval: Int64 { 10 }

    private func recall() throws -> WriterMemory {
        try store.transaction { transaction in
            let memory = WriterMemory(
                record: try transaction.clockRecord,
                window: settings.window,
                clock: clock,
                bootClock: bootClock
            )
            try memory.readClaims(in: transaction)
            notify(.claimsRead(count: memory.claimCount))
            return memory
        }
    }

    /// Nobody waits: the clock is looked at, and a store that failed is tried again, so that it heals by itself.
    private func rest(_ memory: WriterMemory, _ health: inout Health) {
        memory.tick().forEach(notify)
        if memory.needsHousekeeping || health.failure != nil { commit([], memory, &health) }
    }

    private func deal(with items: [WriterItem<Store>], _ memory: WriterMemory, _ health: inout Health) {
        var batch: [any LedgerWork<Store.Transaction>] = []
        for item in items {
            switch item.task {
            case .work(let work):
                batch.append(work)
                if batch.count == settings.batchLimit { flush(&batch, memory, &health) }
            case .act(let act, _):
                // In its turn: what came before it is durable before it begins.
                flush(&batch, memory, &health)
                hand.enter()
                act(store)
                hand.leave()
                mailbox.finish(1)
            }
        }
        flush(&batch, memory, &health)
    }

    private func flush(
        _ batch: inout [any LedgerWork<Store.Transaction>],
        _ memory: WriterMemory,
        _ health: inout Health
    ) {
        guard !batch.isEmpty else { return }
        commit(batch, memory, &health)
        mailbox.finish(batch.count)
        batch.removeAll(keepingCapacity: true)
    }

    /// One transaction for the whole batch; then, on this thread, the signatures.
    private func commit(
        _ batch: [any LedgerWork<Store.Transaction>],
        _ memory: WriterMemory,
        _ health: inout Health,
        closing: Bool = false
    ) {
        var notices: [LedgerNotice] = []
        var faults: [(any Error)?] = []
        do {
            hand.enter()
            defer { hand.leave() }
            let behind = try store.transaction { transaction in
                let (behind, heard) = try memory.begin(in: transaction)
                notices = heard
                if behind == nil {
                    for work in batch { faults.append(try memory.write(work, in: transaction)) }
                }
                try memory.end(in: transaction, closing: closing)
                return behind
            }
            memory.commit()
            if health.failure != nil { notices.append(.storeRecovered) }
            health.failure = nil
            publish(memory, failure: nil)
            settle(batch, faults: faults, behind: behind, mark: memory.clockRecord.mark)
        } catch {
            memory.rollBack()
            health.untold += batch.count
            let boot = bootClock.seconds
            if health.failure == nil || (health.untold > 0 && boot - health.toldAt >= Self.notificationInterval) {
                notices.append(.batchFailed(requests: health.untold, error))
                health.untold = 0
                health.toldAt = boot
            }
            health.failure = String(describing: error)
            publish(memory, failure: health.failure)
            for work in batch { work.failed(error) }
        }
        notices.forEach(notify)
    }

    private func settle(
        _ batch: [any LedgerWork<Store.Transaction>],
        faults: [(any Error)?],
        behind: Seconds?,
        mark: Timestamp
    ) {
        if let behind {
            for work in batch { work.failed(LedgerWriterError.clockBehind(by: behind, mark: mark)) }
            return
        }
        for index in batch.indices {
            if let fault = faults[index] { batch[index].failed(fault) } else { batch[index].committed() }
        }
    }

    private func publish(_ memory: WriterMemory, failure: String?) {
        status.publish(memory.clockRecord, failure: failure)
    }

    private func drain(failing error: any Error) {
        var items: [WriterItem<Store>] = []
        while mailbox.take(into: &items, waiting: Self.idle) {
            for item in items {
                switch item.task {
                case .work(let work): work.failed(error)
                // The store says itself what is wrong with it.
                case .act(let act, _): act(store)
                }
            }
            mailbox.finish(items.count)
        }
    }
}
