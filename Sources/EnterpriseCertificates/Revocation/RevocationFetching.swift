import LibCrypto
import Vocabulary

/// Asks responders and reads lists; proves what they say before anybody hears of it.
struct RevocationFetching: Sendable {
    let http: any OutboundHTTP
    let memory: RevocationMemory
    let shelf: RevocationListShelf
    let clock: any WallClock
    /// Draws a nonce for each request.
    let nonces: @Sendable () -> [UInt8]

    private var rules: RevocationRules { memory.rules }

    /// Why a question has no answer: each address with what came from it.
    struct Failure: Error {
        var faults: [String]
    }

    /// The answer to a question: by OCSP where the certificate names a responder, else and otherwise by list.
    func answer(_ question: RevocationQuestion) async throws(Failure) -> RevocationRecord.Answer {
        var failure = Failure(faults: [])
        let held = memory.record(question.id)?.answer
        for responder in question.responders {
            do throws(Failure) { return try await ask(responder, about: question, newerThan: held) } catch {
                failure.faults += error.faults
            }
        }
        do throws(Failure) { return try await readLists(for: question) } catch {
            failure.faults += error.faults
        }
        throw failure
    }

    // MARK: OCSP

    /// Asks one responder, under either name that it may know the issuer by.
    private func ask(
        _ responder: String,
        about question: RevocationQuestion,
        newerThan held: RevocationRecord.Answer?
    ) async throws(Failure) -> RevocationRecord.Answer {
        var faults: [String] = []
        var unknown: RevocationRecord.Answer?
        for hash in OCSPHash.allCases {
            do throws(SourceFault) {
                let answer = try await ask(responder, about: question, hash: hash, newerThan: held)
                guard answer.status == .unknown else { return answer }
                // It may keep its answers under the other name only.
                unknown = answer
            } catch {
                faults.append("`\(responder)`: \(error.text)")
                guard error.mayBeTheName else { break }
            }
        }
        if let unknown { return unknown }
        throw Failure(faults: Array(faults.suffix(1)))
    }

    private func ask(
        _ responder: String,
        about question: RevocationQuestion,
        hash: OCSPHash,
        newerThan held: RevocationRecord.Answer?
    ) async throws(SourceFault) -> RevocationRecord.Answer {
        guard let issuer = question.issuers.first else { throw SourceFault("the certificate has no issuer") }
        let request: OCSPRequest
        do throws(OCSPFault) {
            request = try OCSPRequest(on: question.certificate, issuedBy: issuer, hash: hash, nonce: nonces())
        } catch {
            throw SourceFault(error.description)
        }
        var message = OutboundRequest(
            .post(request.der, contentType: "application/ocsp-request"),
            responder,
            timeout: rules.answerTimeout,
            maximumBodySize: rules.maximumAnswerSize
        )
        message.headers = [.init("Accept", "application/ocsp-response")]
        let body = try await body(of: message)
        let now = clock.now
        let statement: OCSPStatement
        do throws(OCSPFault) {
            statement = try OCSPResponse(der: body)
                .statement(on: question.certificate, issuedBy: issuer, answering: request, at: now)
            try statement.checkTimes(
                at: now,
                skew: rules.clockSkew,
                lifeWithoutNextUpdate: rules.lifeWithoutNextUpdate
            )
        } catch {
            throw SourceFault("the answer cannot be used: \(error)", mayBeTheName: error.mayBeTheName)
        }
        // An older answer, played back, must not hide what a newer one has said.
        if let held, held.source == .ocsp, statement.thisUpdate < held.thisUpdate {
            throw SourceFault("the answer is older than the one at hand")
        }
        try await prove(statement.responder, for: question)
        return answer(statement, from: responder, der: body, at: now)
    }

    private func answer(
        _ statement: OCSPStatement,
        from responder: String,
        der: [UInt8],
        at now: Timestamp
    ) -> RevocationRecord.Answer {
        var answer = RevocationRecord.Answer(
            status: .good,
            source: .ocsp,
            address: responder,
            der: der,
            thisUpdate: statement.thisUpdate,
            until: statement.nextUpdate ?? now + rules.lifeWithoutNextUpdate,
            fetched: now
        )
        switch statement.status {
        case .good: break
        case .revoked(let time): (answer.status, answer.revoked) = (.revoked, time)
        case .unknown: answer.status = .unknown
        }
        return answer
    }

    /// A delegated responder whose certificate may be revoked is looked up in its issuer's lists (RFC 6960 §4.2.2.2.1):
    /// those that it names, else those that the certificate in question names.
    private func prove(
        _ responder: OCSPStatement.Responder,
        for question: RevocationQuestion
    ) async throws(SourceFault) {
        guard case .delegated(let certificate, mayBeRevoked: true) = responder else { return }
        let own = RevocationQuestion(certificate, issuers: question.issuers)
        let addresses = own.lists.isEmpty ? question.lists : own.lists
        guard !addresses.isEmpty else {
            throw SourceFault("no list tells whether the responder's own certificate is revoked")
        }
        do throws(Failure) {
            let (verdict, _) = try await shelf.verdict(on: own, addresses: addresses, deltas: own.deltas)
            guard case .good = verdict else { throw Failure(faults: ["the responder's own certificate is revoked"]) }
        } catch {
            throw SourceFault("the responder cannot be proven: \(error.faults.joined(separator: "; "))")
        }
    }

    // MARK: Lists

    private func readLists(for question: RevocationQuestion) async throws(Failure) -> RevocationRecord.Answer {
        guard !question.lists.isEmpty else { throw Failure(faults: []) }
        let (verdict, held) = try await shelf.verdict(
            on: question,
            addresses: question.lists,
            deltas: question.deltas
        )
        guard var answer = held.record.answer else { throw Failure(faults: ["the list has no date"]) }
        answer.der = []
        if case .revoked(let time) = verdict { (answer.status, answer.revoked) = (.revoked, time) }
        return answer
    }

    private func body(of message: OutboundRequest) async throws(SourceFault) -> [UInt8] {
        let answer: OutboundAnswer
        do throws(OutboundFault) { answer = try await http.send(message) } catch {
            throw SourceFault(error.description)
        }
        guard answer.status == 200 else { throw SourceFault("it answers with status \(answer.status)") }
        return answer.body
    }
}

/// Why one source gave nothing that can be used.
struct SourceFault: Error {
    let text: String
    /// Whether it may be known there under the other hash of its issuer.
    let mayBeTheName: Bool

    init(_ text: String, mayBeTheName: Bool = false) {
        self.text = text
        self.mayBeTheName = mayBeTheName
    }
}

extension OCSPFault {
    fileprivate var mayBeTheName: Bool {
        switch self {
        case .refused(.malformedRequest), .refused(.unauthorized), .otherCertificate: true
        default: false
        }
    }
}
