import LibCrypto
import Synchronization
package import Vocabulary

/// Keeps what is known about revocation up to date while a server runs, and answers from memory.
///
/// All asking is done by ``run()``: decisions look, and wait only for what nobody has ever asked.
package final class RevocationWatch: Sendable {
    package let rules: RevocationRules
    /// Hears of events.
    let report: @Sendable (RevocationEvent) -> Void

    private let memory: RevocationMemory
    private let fetching: RevocationFetching
    private let archive: any RevocationArchive
    private let clock: any WallClock
    private let waits: RevocationWaits
    private let (events, wake) = AsyncStream<Event>.makeStream()

    private enum Event: Sendable {
        case wanted(RevocationQuestion.ID)
        case tick
        case ended(RevocationQuestion.ID)
    }

    /// A watch.
    ///
    /// - Parameters:
    ///   - rules: times and limits.
    ///   - http: how others are asked.
    ///   - archive: where it is kept what they say.
    ///   - records: what was kept before.
    ///   - clock: the clock of every judgement.
    ///   - nonces: draws a nonce for each request.
    ///   - report: hears of events; called from any thread.
    package init(
        rules: RevocationRules,
        http: any OutboundHTTP,
        archive: any RevocationArchive,
        records: [RevocationRecord],
        clock: any WallClock,
        nonces: @escaping @Sendable () -> [UInt8] = RevocationWatch.randomNonce,
        report: @escaping @Sendable (RevocationEvent) -> Void
    ) {
        self.rules = rules
        self.report = report
        self.archive = archive
        self.clock = clock
        waits = RevocationWaits(limit: rules.maximumWaiting)
        memory = RevocationMemory(rules: rules, records: records)
        fetching = RevocationFetching(
            http: http,
            memory: memory,
            shelf: RevocationListShelf(http: http, memory: memory, archive: archive, clock: clock, report: report),
            clock: clock,
            nonces: nonces
        )
    }

    /// 32 random octets (RFC 9654 §2.1).
    package static func randomNonce() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Rises whenever a certificate that was good is so no more.
    package var revision: Int { memory.revision }

    /// All that is known.
    package var records: [RevocationRecord] { memory.records }

    /// What is known of a certificate.
    package func standing(of question: RevocationQuestion, at now: Timestamp) -> RevocationStanding {
        memory.standing(of: question, at: now)
    }

    /// Has those questions asked of which nothing is known, and waits for them; not longer than a request can wait.
    package func settle(_ questions: [RevocationQuestion]) async {
        let now = clock.now
        let pending = questions.filter { question in
            guard question.namesSource, case .unknown(let doubt) = memory.standing(of: question, at: now) else {
                return false
            }
            return doubt.isPending
        }
        // All tickets before the first wait: an answer that comes at once must find its waiter.
        let tickets = pending.compactMap { waits.ticket(for: $0.id) }
        guard !tickets.isEmpty else { return }
        for question in pending { wake.yield(.wanted(question.id)) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for ticket in tickets { await ticket.wait() } }
            group.addTask { [rules] in try? await Task.sleep(for: rules.maximumWait) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Asks, renews and forgets until the task is cancelled; once only.
    ///
    /// - Parameter interval: how often it looks at what is due.
    package func run(every interval: Duration = .seconds(1)) async {
        await withDiscardingTaskGroup { group in
            group.addTask { [wake] in
                while (try? await Task.sleep(for: interval)) != nil { wake.yield(.tick) }
            }
            var queue = RevocationQueue(width: rules.concurrency, share: rules.concurrencyPerHost)
            var ticks = 0
            for await event in events {
                switch event {
                case .wanted(let id): queue.add(id, at: host(of: id), first: true)
                case .ended(let id):
                    queue.finish(id)
                    waits.finish(id)
                case .tick:
                    for id in memory.due(at: clock.now, limit: rules.maximumWaiting) {
                        queue.add(id, at: host(of: id), first: false)
                    }
                    ticks += 1
                    if ticks % Self.ticksBetweenForgetting == 1 { await forget() }
                }
                while let id = queue.next() {
                    group.addTask { [self] in
                        await look(id)
                        wake.yield(.ended(id))
                    }
                }
            }
            group.cancelAll()
        }
        waits.finishAll()
    }

    private func host(of id: RevocationQuestion.ID) -> String { memory.question(id)?.host ?? "" }

    private static let ticksBetweenForgetting = 600

    private func forget() async {
        let ids = memory.forget(at: clock.now)
        guard !ids.isEmpty else { return }
        do { try await archive.remove(ids) } catch { report(.notKept("\(error)")) }
    }

    /// Finds out about one certificate, and whatever else the lists read for it say of others.
    private func look(_ id: RevocationQuestion.ID) async {
        guard let question = memory.question(id) else { return }
        do throws(RevocationFetching.Failure) {
            let answer = try await fetching.answer(question)
            await note(answer, on: question)
        } catch {
            guard !Task.isCancelled else { return }
            let fault = error.faults.isEmpty ? "it names no source" : error.faults.joined(separator: "; ")
            guard let record = memory.noteFailure(fault, for: id, at: clock.now) else { return }
            report(.failed(subject: record.subject, faults: error.faults, failures: record.failures))
            await keep(record)
        }
        await lookAtOthers(but: id)
    }

    private func note(_ answer: RevocationRecord.Answer, on question: RevocationQuestion) async {
        guard let change = memory.note(answer, for: question.id, at: clock.now) else { return }
        report(.answered(subject: question.subject, answer))
        if change.before != nil, let status = change.record.answer?.status {
            let serial = question.certificate.serialNumber.hexadecimal
            report(.changed(subject: question.subject, serialNumber: serial, to: status))
        }
        await keep(change.record)
    }

    /// A list that was read for one certificate may name another that a responder still calls good.
    private func lookAtOthers(but id: RevocationQuestion.ID) async {
        for (address, held) in memory.newLists() {
            for question in memory.questions(namedBy: held.list, at: address) where question.id != id {
                let verdict = RevocationListJudge.verdict(
                    on: question.certificate,
                    issuers: question.issuers,
                    lists: [held.list],
                    at: max(clock.now, held.list.thisUpdate)
                )
                guard case .revoked(let time) = verdict, var answer = held.record.answer else { continue }
                answer.der = []
                (answer.status, answer.revoked) = (.revoked, time)
                await note(answer, on: question)
            }
        }
    }

    private func keep(_ record: RevocationRecord) async {
        do { try await archive.save([record]) } catch { report(.notKept("\(error)")) }
    }
}
