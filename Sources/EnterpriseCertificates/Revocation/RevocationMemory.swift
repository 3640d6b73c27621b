package import LibCrypto
import Synchronization
package import Vocabulary

/// What is known about revocation, in memory: readers never wait for anybody who asks.
package final class RevocationMemory: Sendable {
    /// One certificate.
    private struct Entry {
        var record: RevocationRecord
        /// Made from the record's chain when it is first needed after a restart.
        var question: RevocationQuestion?
        /// Not before this time again, after failures.
        var nextAttempt: Timestamp?
    }

    /// A list that has been proven.
    package struct HeldList: Sendable {
        /// The list.
        package let list: CertificateRevocationList
        /// What is kept of it.
        package var record: RevocationRecord
        /// The thumbprint of the issuer all of whose certificates it covers; nil when that is not known.
        package var covered: [UInt8]?
        /// Whether nobody has looked yet whom else it names.
        package var isNew = false
    }

    private struct State {
        var entries: [RevocationQuestion.ID: Entry] = [:]
        var lists: [String: HeldList] = [:]
        var revision = 0
    }

    package let rules: RevocationRules
    private let state: Mutex<State>

    /// A memory that begins with what was kept.
    package init(rules: RevocationRules, records: [RevocationRecord] = []) {
        self.rules = rules
        var state = State()
        for record in records {
            switch record.kind {
            case .certificate: state.entries[record.id] = Entry(record: record)
            case .list:
                guard let answer = record.answer, let list = try? CertificateRevocationList(der: answer.der) else {
                    continue
                }
                state.lists[record.subject] = HeldList(list: list, record: record)
            }
        }
        self.state = Mutex(state)
    }

    /// Rises whenever a certificate that was good is so no more.
    package var revision: Int { state.withLock { $0.revision } }

    /// What is known of a certificate, and that somebody wants to know it.
    package func standing(of question: RevocationQuestion, at now: Timestamp) -> RevocationStanding {
        state.withLock { state in
            var entry = state.entries[question.id]
            if entry == nil {
                if state.entries.count >= rules.maximumCertificates { Self.evictOldest(&state) }
                entry = Entry(
                    record: RevocationRecord(
                        kind: .certificate,
                        id: question.id,
                        subject: question.subject,
                        chain: question.chainPEM,
                        used: now
                    )
                )
            }
            guard var entry else { return .unknown("nothing is known") }
            entry.question = entry.question ?? question
            entry.record.used = now
            state.entries[question.id] = entry
            return rules.standing(of: entry.record, nextAttempt: entry.nextAttempt, at: now)
        }
    }

    /// The question of this name.
    func question(_ id: RevocationQuestion.ID) -> RevocationQuestion? {
        state.withLock { state in
            guard var entry = state.entries[id] else { return nil }
            if entry.question == nil {
                entry.question = RevocationQuestion(chainPEM: entry.record.chain)
                state.entries[id] = entry
            }
            return entry.question
        }
    }

    /// The record of this name.
    func record(_ id: RevocationQuestion.ID) -> RevocationRecord? { state.withLock { $0.entries[id]?.record } }

    /// All records of certificates and lists.
    package var records: [RevocationRecord] {
        state.withLock { $0.entries.values.map(\.record) + $0.lists.values.map(\.record) }
    }

    /// What an answer changed.
    struct Change {
        let record: RevocationRecord
        /// The status before, when it was another.
        let before: RevocationRecord.Status?
    }

    /// Takes note of an answer.
    ///
    /// A revocation is lifted only by a newer answer from the same kind of source: a responder that has not heard of what
    /// the list says would otherwise undo it.
    func note(_ answer: RevocationRecord.Answer, for id: RevocationQuestion.ID, at now: Timestamp) -> Change? {
        state.withLock { state in
            guard var entry = state.entries[id] else { return nil }
            let before = entry.record.answer
            entry.record.attempted = now
            entry.record.failures = 0
            entry.record.fault = nil
            entry.nextAttempt = nil
            let isLifting = before?.status == .revoked && answer.status != .revoked
            if isLifting, before?.source != answer.source || answer.thisUpdate <= before?.thisUpdate ?? now {
                entry.record.answer?.fetched = now
            } else {
                entry.record.answer = answer
                if let before, before.status == .good, answer.status != .good { state.revision += 1 }
            }
            state.entries[id] = entry
            let after = entry.record.answer?.status
            return Change(record: entry.record, before: before?.status == after ? nil : before?.status)
        }
    }

    /// Takes note that nobody answered.
    func noteFailure(_ fault: String, for id: RevocationQuestion.ID, at now: Timestamp) -> RevocationRecord? {
        state.withLock { state in
            guard var entry = state.entries[id] else { return nil }
            entry.record.attempted = now
            entry.record.failures += 1
            entry.record.fault = fault
            entry.nextAttempt = now + rules.retry(after: entry.record.failures, id: id)
            state.entries[id] = entry
            return entry.record
        }
    }

    /// The certificates that are to be asked about again, those that end first before others.
    func due(at now: Timestamp, limit: Int) -> [RevocationQuestion.ID] {
        state.withLock { state in
            var due: [(id: RevocationQuestion.ID, end: Int64)] = []
            for (id, entry) in state.entries where entry.record.used > now - rules.unusedLife {
                if let next = entry.nextAttempt, now < next { continue }
                guard let answer = entry.record.answer else {
                    due.append((id, 0))
                    continue
                }
                // A clock that was set back must not stop renewal.
                guard now >= rules.renewal(of: answer, id: id) || answer.fetched > now + rules.clockSkew else {
                    continue
                }
                due.append((id, answer.until.seconds))
            }
            return due.sorted { $0.end < $1.end }.prefix(limit).map(\.id)
        }
    }

    /// Forgets what nothing has rested on for long, and tells what it was.
    func forget(at now: Timestamp) -> [[UInt8]] {
        state.withLock { state in
            let old = state.entries.filter { $0.value.record.used <= now - rules.memory }.map(\.key)
            for id in old { state.entries[id] = nil }
            let lists = state.lists.filter { $0.value.record.used <= now - rules.memory }
            for address in lists.keys { state.lists[address] = nil }
            return old + lists.values.map(\.record.id)
        }
    }

    private static func evictOldest(_ state: inout State) {
        guard let oldest = state.entries.min(by: { $0.value.record.used < $1.value.record.used }) else { return }
        state.entries[oldest.key] = nil
    }
}

// MARK: Lists

extension RevocationMemory {
    /// The list that is held of this address.
    func list(at address: String, used now: Timestamp) -> HeldList? {
        state.withLock { state in
            state.lists[address]?.record.used = now
            return state.lists[address]
        }
    }

    /// Holds a list that has been proven, in place of the older one.
    func hold(_ held: HeldList, at address: String) {
        state.withLock { state in
            if state.lists[address] == nil, state.lists.count >= rules.maximumLists,
                let oldest = state.lists.min(by: { $0.value.record.used < $1.value.record.used })
            {
                state.lists[oldest.key] = nil
            }
            state.lists[address] = held
        }
    }

    /// The lists that have come since the last call.
    func newLists() -> [(address: String, held: HeldList)] {
        state.withLock { state in
            let new = state.lists.filter(\.value.isNew)
            for address in new.keys { state.lists[address]?.isNew = false }
            return new.map { ($0.key, $0.value) }
        }
    }

    /// Certificates whose issuer's list lies at this address and that the list may name.
    func questions(namedBy list: CertificateRevocationList, at address: String) -> [RevocationQuestion] {
        let ids = state.withLock { state in
            state.entries.filter { $0.value.record.answer?.status != .revoked }.map(\.key)
        }
        return ids.compactMap(question).filter { question in
            (question.lists.contains(address) || question.deltas.contains(address))
                && list.names(question.certificate.serialNumber)
        }
    }
}
