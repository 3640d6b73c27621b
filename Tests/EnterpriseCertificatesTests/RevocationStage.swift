import EnterpriseCertificates
import LibCrypto
import Synchronization
import TestAuthority
import Testing
import Vocabulary

/// The world outside a watch: responder and lists of the minted authority, a clock, and an archive.
final class RevocationStage: Sendable {
    struct State {
        var now = Minted.now
        var revoked: [[UInt8]] = []
        var rootRevoked: [[UInt8]] = []
        var listNumber = 1
        var life = Seconds.hours(2)
        /// What the responder does in place of its work.
        var responder: (@Sendable (OutboundRequest) throws(OutboundFault) -> OutboundAnswer)?
        /// What the list's address does in place of its work.
        var list: (@Sendable (OutboundRequest) throws(OutboundFault) -> OutboundAnswer)?
        var asked: [String] = []
        var kept: [[UInt8]: RevocationRecord] = [:]
        var events: [RevocationEvent] = []
    }

    let state = Mutex(State())
    let authority: CertificateAuthority

    init(_ authority: CertificateAuthority = Minted.buypass) { self.authority = authority }

    var now: Timestamp {
        get { state.withLock { $0.now } }
        set { state.withLock { $0.now = newValue } }
    }

    /// How often addresses that end so have been asked.
    func count(_ suffix: String) -> Int { state.withLock { $0.asked.count { $0.hasSuffix(suffix) } } }

    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    var records: [RevocationRecord] { state.withLock { Array($0.kept.values) } }

    /// Nobody answers any more.
    func die() {
        change { state in
            state.responder = { _ throws(OutboundFault) in throw .network("connection refused") }
            state.list = { _ throws(OutboundFault) in throw .network("connection refused") }
        }
    }

    func watch(
        grace: Seconds = 0,
        records: [RevocationRecord] = [],
        _ change: (inout RevocationRules) -> Void = { _ in }
    ) -> RevocationWatch {
        var rules = RevocationRules(grace: grace)
        rules.maximumWait = .seconds(20)
        change(&rules)
        return RevocationWatch(
            rules: rules,
            http: self,
            archive: self,
            records: records,
            clock: self,
            report: { event in self.change { $0.events.append(event) } }
        )
    }

    func validator(_ watch: RevocationWatch) throws -> EnterpriseCertificateValidator {
        try EnterpriseCertificateValidator(
            trust: Minted.store([authority]),
            revocation: .require(grace: watch.rules.grace),
            watch: watch
        )
    }

    /// Lets a watch run while `body` looks at it.
    func running(_ watch: RevocationWatch, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await watch.run(every: .milliseconds(10)) }
            try await body()
            group.cancelAll()
        }
    }

    // MARK: Answers

    /// An answer to a request, good unless the certificate is among those revoked.
    func answer(
        to request: OutboundRequest,
        by signer: OCSPSigner? = nil,
        change: (inout OCSPAnswer) throws -> Void = { _ in },
        nonce: ([UInt8]?) -> [UInt8]? = { $0 }
    ) throws -> OutboundAnswer {
        let state = state.withLock { ($0.now, $0.revoked, $0.life) }
        guard case .post(let body, _) = request.method else { return OutboundAnswer(status: 405) }
        let asked = try OCSPRequest(der: body)
        let revoked = try state.1.map { try Certificate(der: $0).serialNumber }
        let answers = try asked.certificates.map { certificate in
            var answer = OCSPAnswer(
                certificate,
                revoked.contains(certificate.serialNumber) ? .revoked(at: state.0 - 60) : .good,
                thisUpdate: state.0,
                nextUpdate: state.0 + state.2
            )
            try change(&answer)
            return answer
        }
        let response = try (signer ?? authority.ocspSigner).response(answers, nonce: nonce(asked.nonce), at: state.0)
        return OutboundAnswer(status: 200, body: response)
    }

    /// The list of one of the two authorities.
    func list(of role: CertificateAuthority.Role) throws -> [UInt8] {
        let state = state.withLock { ($0.now, role == .root ? $0.rootRevoked : $0.revoked, $0.listNumber, $0.life) }
        return try authority.revocationList(
            of: role,
            revoked: state.1.map { .init(serialNumber: try Certificate(der: $0).serialNumber, at: state.0 - 60) },
            number: state.2,
            thisUpdate: state.0,
            nextUpdate: state.0 + state.3
        )
    }

    /// Has the responder answer so from now on.
    func respond(_ body: @escaping @Sendable (RevocationStage, OutboundRequest) throws -> OutboundAnswer) {
        change { state in
            state.responder = { [self] request throws(OutboundFault) in
                do { return try body(self, request) } catch let fault as OutboundFault { throw fault } catch {
                    throw .network("\(error)")
                }
            }
        }
    }
}

extension RevocationStage: OutboundHTTP {
    func send(_ request: OutboundRequest) async throws(OutboundFault) -> OutboundAnswer {
        let (responder, list) = state.withLock { state in
            state.asked.append(request.url)
            return (state.responder, state.list)
        }
        do {
            if request.url.hasSuffix("/ocsp") {
                if let responder { return try responder(request) }
                return try answer(to: request)
            }
            if let list { return try list(request) }
            let role: CertificateAuthority.Role = request.url.hasSuffix("-root.crl") ? .root : .issuing
            return OutboundAnswer(status: 200, body: try self.list(of: role))
        } catch let fault as OutboundFault {
            throw fault
        } catch {
            throw .network("\(error)")
        }
    }
}

extension RevocationStage: WallClock {}

extension RevocationStage: RevocationArchive {
    func save(_ records: [RevocationRecord]) async throws {
        state.withLock { state in for record in records { state.kept[record.id] = record } }
    }

    func remove(_ ids: [[UInt8]]) async throws {
        state.withLock { state in for id in ids { state.kept[id] = nil } }
    }
}

extension EnterpriseCertificateValidator {
    /// What it says once everything that can be asked has been asked.
    func settled(_ chain: [[UInt8]], at now: Timestamp) async -> Result<EnterpriseCertificate, CertificateRejection> {
        let first = verdict(chain, at: now)
        guard case .failure(.revocationUnknown(let doubt)) = first, doubt.isPending else { return first }
        await settle(chain, at: now)
        return verdict(chain, at: now)
    }

    func verdict(_ chain: [[UInt8]], at now: Timestamp) -> Result<EnterpriseCertificate, CertificateRejection> {
        Result { () throws(CertificateRejection) in try validate(chain, at: now) }
    }
}

/// Waits until something holds, and gives up after half a minute.
func eventually(_ condition: () -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return false
}
