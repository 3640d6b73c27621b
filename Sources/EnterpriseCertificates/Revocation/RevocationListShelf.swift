import LibCrypto
import Vocabulary

/// Reads revocation lists, each address once for all who want it, and judges by them.
actor RevocationListShelf {
    private let http: any OutboundHTTP
    private let memory: RevocationMemory
    private let archive: any RevocationArchive
    private let clock: any WallClock
    private let report: @Sendable (RevocationEvent) -> Void
    /// Who waits for an address that is being read.
    private var reading: [String: [CheckedContinuation<Void, Never>]] = [:]
    /// Addresses that gave nothing usable: when, and why.
    private var faults: [String: (at: Timestamp, text: String)] = [:]

    init(
        http: any OutboundHTTP,
        memory: RevocationMemory,
        archive: any RevocationArchive,
        clock: any WallClock,
        report: @escaping @Sendable (RevocationEvent) -> Void
    ) {
        self.http = http
        self.memory = memory
        self.archive = archive
        self.clock = clock
        self.report = report
    }

    /// What lists say of a certificate: good or revoked, and by which list.
    ///
    /// - Parameters:
    ///   - question: the certificate.
    ///   - addresses: where its issuer's lists lie; all are tried.
    ///   - deltas: where delta lists lie; they may be missing.
    /// - Returns: the verdict, never `unknown`, and the list that gave it.
    /// - Throws: `Failure` when no list covers the certificate, with what came from each address.
    func verdict(
        on question: RevocationQuestion,
        addresses: [String],
        deltas: [String]
    ) async throws(RevocationFetching.Failure) -> (RevocationListJudge.Verdict, RevocationMemory.HeldList) {
        var failure = RevocationFetching.Failure(faults: [])
        for address in addresses {
            let candidate: Candidate
            do throws(SourceFault) { candidate = try await list(at: address) } catch {
                failure.faults.append("`\(address)`: \(error.text)")
                continue
            }
            var others: [CertificateRevocationList] = []
            for delta in Set(deltas + candidate.list.freshestListAddresses).prefix(
                RevocationQuestion.maximumAddresses
            ) {
                if let found = try? await list(at: delta) { others.append(found.list) }
            }
            do throws(SourceFault) {
                return try await judge(question, by: candidate, beside: others, at: address)
            } catch {
                failure.faults.append("`\(address)`: \(error.text)")
                faults[address] = (clock.now, error.text)
            }
        }
        throw failure
    }

    /// A list that was read, not yet proven, or one that is held.
    private struct Candidate {
        let list: CertificateRevocationList
        let fetched: Timestamp
        let isHeld: Bool
    }

    private func judge(
        _ question: RevocationQuestion,
        by candidate: Candidate,
        beside others: [CertificateRevocationList],
        at address: String
    ) async throws(SourceFault) -> (RevocationListJudge.Verdict, RevocationMemory.HeldList) {
        let now = clock.now
        let list = candidate.list
        guard list.thisUpdate <= now + memory.rules.clockSkew else {
            throw SourceFault("the list is of `\(list.thisUpdate)`, which is to come")
        }
        // RFC 5280 §5.1.2.5 demands a next update; the profile of every authority has one.
        guard let nextUpdate = list.nextUpdate else { throw SourceFault("the list has no next update") }
        guard now < nextUpdate else { throw SourceFault("the list was due for renewal at `\(nextUpdate)`") }
        let held = memory.list(at: address, used: now)
        if let held, !candidate.isHeld { try Self.checkOrder(of: list, after: held.list) }
        let issuer = question.issuers.first
        // A proven list without a scope of its own covers all that its issuer has signed: the large lists of authorities
        // are not hashed again for each certificate.
        if candidate.isHeld, let held, others.isEmpty, let issuer, held.covered == issuer.thumbprint,
            !list.names(question.certificate.serialNumber)
        {
            return (.good, held)
        }
        let verdict = RevocationListJudge.verdict(
            on: question.certificate,
            issuers: question.issuers,
            lists: [list] + others,
            at: max(now, list.thisUpdate)
        )
        if case .unknown(let cause) = verdict { throw SourceFault("the list does not serve: \(cause)") }
        faults[address] = nil
        let isWhole = list.scope == nil && !list.isDelta && list.issuer == issuer?.subject
        let covered = isWhole ? issuer?.thumbprint : nil
        if candidate.isHeld, var held {
            held.covered = covered
            memory.hold(held, at: address)
            return (verdict, held)
        }
        let answer = RevocationRecord.Answer(
            status: .good,
            source: .crl,
            address: address,
            der: list.der,
            thisUpdate: list.thisUpdate,
            until: nextUpdate - 1,
            fetched: candidate.fetched
        )
        var record = RevocationRecord(
            kind: .list,
            id: RevocationRecord.listID(address),
            subject: address,
            chain: question.issuers.map { PEM.encode($0.der, label: "CERTIFICATE") }.joined(),
            used: now
        )
        record.answer = answer
        record.attempted = candidate.fetched
        let new = RevocationMemory.HeldList(list: list, record: record, covered: covered, isNew: true)
        memory.hold(new, at: address)
        report(.listRead(address: address, bytes: list.der.count))
        do { try await archive.save([record]) } catch { report(.notKept("\(error)")) }
        return (verdict, new)
    }

    /// RFC 5280 §5.2.3: numbers of lists of one scope rise; an older list, played back, must not hide a revocation.
    private static func checkOrder(
        of new: CertificateRevocationList,
        after held: CertificateRevocationList
    ) throws(SourceFault) {
        guard new.scope == held.scope, new.isDelta == held.isDelta else { return }
        if let number = new.number, let before = held.number, number.isBelow(before) {
            throw SourceFault("the list's number is below that of the list at hand")
        }
        guard new.thisUpdate >= held.thisUpdate else { throw SourceFault("the list is older than the one at hand") }
    }

    // MARK: Reading

    /// The list that is held while it need not be renewed, else what the address gives now.
    private func list(at address: String) async throws(SourceFault) -> Candidate {
        while true {
            let now = clock.now
            if let held = memory.list(at: address, used: now), let answer = held.record.answer,
                now < memory.rules.renewal(of: answer, id: held.record.id),
                answer.fetched <= now + memory.rules.clockSkew
            {
                return Candidate(list: held.list, fetched: answer.fetched, isHeld: true)
            }
            // What failed a moment ago is not asked again by each who wants it.
            if let fault = faults[address], now < fault.at + memory.rules.firstRetry, fault.at <= now {
                if let held = heldCandidate(at: address, now) { return held }
                throw SourceFault(fault.text)
            }
            guard reading[address] != nil else { break }
            await withCheckedContinuation { reading[address, default: []].append($0) }
        }
        reading[address] = []
        defer { for waiter in reading.removeValue(forKey: address) ?? [] { waiter.resume() } }
        do throws(SourceFault) {
            let list = try await read(address)
            return Candidate(list: list, fetched: clock.now, isHeld: false)
        } catch {
            faults[address] = (clock.now, error.text)
            if let held = heldCandidate(at: address, clock.now) { return held }
            throw error
        }
    }

    /// The list at hand, as long as it says that it serves.
    private func heldCandidate(at address: String, _ now: Timestamp) -> Candidate? {
        guard let held = memory.list(at: address, used: now), let answer = held.record.answer, now <= answer.until
        else {
            return nil
        }
        return Candidate(list: held.list, fetched: answer.fetched, isHeld: true)
    }

    private func read(_ address: String) async throws(SourceFault) -> CertificateRevocationList {
        let rules = memory.rules
        let request = OutboundRequest(
            .get,
            address,
            timeout: rules.listTimeout,
            maximumBodySize: rules.maximumListSize
        )
        let answer: OutboundAnswer
        do throws(OutboundFault) { answer = try await http.send(request) } catch {
            throw SourceFault(error.description)
        }
        guard answer.status == 200 else { throw SourceFault("it answers with status \(answer.status)") }
        do throws(CertificateError) {
            // DER by RFC 5280 §4.2.1.13; some serve PEM all the same.
            let lists = try CertificateRevocationList.all(in: answer.body)
            guard let list = lists.first, lists.count == 1 else {
                throw CertificateError.severalPEM(count: lists.count)
            }
            return list
        } catch {
            throw SourceFault("the list cannot be read: \(error)")
        }
    }
}

extension CertificateSerialNumber {
    /// Whether it is the smaller number.
    fileprivate func isBelow(_ other: CertificateSerialNumber) -> Bool {
        if isNegative != other.isNegative { return isNegative }
        let isShorter =
            bytes.count == other.bytes.count
            ? bytes.lexicographicallyPrecedes(other.bytes) : bytes.count < other.bytes.count
        return isNegative ? !isShorter && bytes != other.bytes : isShorter
    }
}
