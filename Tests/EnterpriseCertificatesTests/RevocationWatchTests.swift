import EnterpriseCertificates
import LibCrypto
import Synchronization
import TestAuthority
import Testing
import Vocabulary

@Suite("RFC 6960, RFC 5280 §6.3: what responders and lists say")
struct RevocationWatchTests {
    /// What a stage gives for a fresh certificate.
    static func verdict(
        _ stage: RevocationStage,
        on issued: IssuedCertificate? = nil,
        grace: Seconds = 0
    ) async throws -> Result<EnterpriseCertificate, CertificateRejection> {
        let chain = try (issued ?? Minted.issue()).chain
        let watch = stage.watch(grace: grace)
        let validator = try stage.validator(watch)
        nonisolated(unsafe) var result: Result<EnterpriseCertificate, CertificateRejection>?
        try await stage.running(watch) { result = await validator.settled(chain, at: stage.now) }
        return try #require(result)
    }

    static func doubt(_ stage: RevocationStage) async throws -> String {
        let rejection = try #require(try await verdict(stage).rejection)
        guard case .revocationUnknown(let doubt) = rejection else { return "\(rejection)" }
        #expect(!doubt.isPending)
        return doubt.cause
    }

    @Test func `good by responder for the certificate, by the root's list for its issuer`() async throws {
        let stage = RevocationStage()
        let accepted = try await Self.verdict(stage).get()
        #expect(accepted.revocationBasis == "require")
        #expect(stage.count("/ocsp") == 1)
        #expect(stage.count("-root.crl") == 1)
        #expect(stage.count("-issuing.crl") == 0)
    }

    @Test func `revoked by the responder`() async throws {
        let issued = try Minted.issue()
        let stage = RevocationStage()
        stage.change { $0.revoked = [issued.der] }
        #expect(try await Self.verdict(stage, on: issued).rejection == .revoked(subject: "Testvirksomhet"))
    }

    @Test func `when the root's list names the issuer, what it issued is revoked`() async throws {
        let stage = RevocationStage()
        stage.change { $0.rootRevoked = [Minted.buypass.issuing.der] }
        #expect(
            try await Self.verdict(stage).rejection
                == .revoked(subject: "Portvakt Demo Business CA (Buypass-like)")
        )
    }

    @Test func `unknown to the responder stays unknown, whatever the list says`() async throws {
        let stage = RevocationStage()
        stage.respond { try $0.answer(to: $1, change: { $0.state = .unknown }) }
        let cause = try await Self.doubt(stage)
        #expect(cause.hasPrefix("the issuer's responder does not know the certificate"))
        // Asked by both names of the issuer.
        #expect(stage.count("/ocsp") == 2)
    }

    /// Each of them answers what cannot be used.
    enum Bad: String, CaseIterable, Sendable {
        case stale, kept, ofTomorrow, wrongSigner, otherCertificate, otherNonce, garbage, refusal, status, dead, slow
        case oversized, withoutPurpose, expiredDelegate, delegateOfTheRoot
    }

    static func arrange(_ bad: Bad, on stage: RevocationStage) throws {
        let key = Minted.key
        switch bad {
        case .stale:
            stage.respond {
                try $0.answer(
                    to: $1,
                    change: {
                        $0.thisUpdate = Minted.now - 100; $0.nextUpdate = Minted.now - 1
                    }
                )
            }
        // RFC 6960 §2.4: without a next update there is newer information at any time.
        case .kept:
            stage.respond {
                try $0.answer(
                    to: $1,
                    change: {
                        $0.thisUpdate = Minted.now - .days(730); $0.nextUpdate = nil
                    }
                )
            }
        case .ofTomorrow:
            stage.respond {
                try $0.answer(
                    to: $1,
                    change: {
                        $0.thisUpdate = Minted.now + .days(1)
                        $0.nextUpdate = Minted.now + .days(2)
                    }
                )
            }
        case .wrongSigner: stage.respond { try $0.answer(to: $1, by: Minted.impostor.ocspSigner) }
        case .otherCertificate:
            let other = try Certificate(der: Minted.issue { $0.name = "En annen" }.der)
            let issuer = try Certificate(der: Minted.buypass.issuing.der)
            stage.respond { stage, request in
                try stage.answer(to: request) {
                    $0.certificate = try OCSPCertificateID(of: other, issuedBy: issuer, hash: .sha1)
                }
            }
        case .otherNonce: stage.respond { try $0.answer(to: $1, nonce: { _ in [1, 2, 3, 4, 5, 6, 7, 8] }) }
        case .garbage: stage.respond { _, _ in OutboundAnswer(status: 200, body: Array("<html>".utf8)) }
        case .refusal: stage.respond { _, _ in OutboundAnswer(status: 200, body: OCSPSigner.refusal(3)) }
        case .status: stage.respond { _, _ in OutboundAnswer(status: 302) }
        case .dead: stage.respond { _, _ in throw OutboundFault.network("connection refused") }
        case .slow: stage.respond { _, _ in throw OutboundFault.timedOut }
        case .oversized: stage.respond { _, _ in throw OutboundFault.tooLarge }
        case .withoutPurpose:
            let signer = try Minted.buypass.delegate(key: key, purposes: [.clientAuthentication])
            stage.respond { try $0.answer(to: $1, by: signer) }
        case .expiredDelegate:
            let signer = try Minted.buypass.delegate(key: key, notAfter: Minted.now - 1)
            stage.respond { try $0.answer(to: $1, by: signer) }
        case .delegateOfTheRoot:
            let signer = try Minted.buypass.delegate(key: key, by: .root)
            stage.respond { try $0.answer(to: $1, by: signer) }
        }
    }

    @Test(arguments: Bad.allCases)
    func `an answer that cannot be used leaves it to the list, and without one it is unknown`(bad: Bad) async throws {
        let stage = RevocationStage()
        try Self.arrange(bad, on: stage)
        #expect(try await Self.verdict(stage).rejection == nil)
        #expect(stage.count("-issuing.crl") == 1)

        let alone = RevocationStage()
        try Self.arrange(bad, on: alone)
        alone.change { $0.list = { _ throws(OutboundFault) in throw .network("connection refused") } }
        let cause = try await Self.doubt(alone)
        #expect(cause.hasPrefix("no responder or list answers: `http://127.0.0.1:7082/ocsp`: "))
        let words: [Bad: String] = [
            .stale: "due for renewal", .kept: "due for renewal", .ofTomorrow: "to come",
            .wrongSigner: "its signature does not hold",
            .otherCertificate: "speaks of another certificate", .otherNonce: "answers another request",
            .garbage: "malformed", .refusal: "`tryLater`", .status: "status 302", .dead: "connection refused",
            .slow: "no answer in time", .oversized: "too large", .withoutPurpose: "id-kp-OCSPSigning",
            .expiredDelegate: "may not speak for the issuer", .delegateOfTheRoot: "may not speak for the issuer",
        ]
        #expect(cause.contains(words[bad] ?? "?"), "\(cause)")
    }

    @Test func `a responder that its issuer has certified and vouches for is believed`() async throws {
        let stage = RevocationStage()
        let signer = try Minted.buypass.delegate(key: Minted.key)
        stage.respond { try $0.answer(to: $1, by: signer) }
        #expect(try await Self.verdict(stage).rejection == nil)
        #expect(stage.count("-issuing.crl") == 0)
    }

    @Test func `a responder that nobody vouches for is looked up in its issuer's list`() async throws {
        let signer = try Minted.buypass.delegate(key: Minted.key, isVouchedFor: false)
        let stage = RevocationStage()
        stage.respond { try $0.answer(to: $1, by: signer) }
        #expect(try await Self.verdict(stage).rejection == nil)
        #expect(stage.count("-issuing.crl") == 1)

        let revoked = RevocationStage()
        revoked.respond { try $0.answer(to: $1, by: signer) }
        revoked.change { $0.revoked = [signer.der] }
        // The responder is not believed; the list, which covers the certificate itself, is.
        #expect(try await Self.verdict(revoked).rejection == nil)
        let events = revoked.state.withLock { $0.events }
        #expect(events.contains { if case .answered(_, let answer) = $0 { answer.source == .crl } else { false } })
    }

    @Test func `a responder that knows its issuer by SHA-256 alone is asked so`() async throws {
        let stage = RevocationStage()
        stage.respond { stage, request in
            guard case .post(let body, _) = request.method,
                try OCSPRequest(der: body).certificates.first?.hashAlgorithm == OID(parsing: "2.16.840.1.101.3.4.2.1")
            else { return OutboundAnswer(status: 200, body: OCSPSigner.refusal(6)) }
            return try stage.answer(to: request)
        }
        #expect(try await Self.verdict(stage).rejection == nil)
        #expect(stage.count("/ocsp") == 2)
        #expect(stage.count("-issuing.crl") == 0)
    }

    @Test func `an answer without a next update is taken while it is minutes old`() async throws {
        for (age, isTaken) in [(0, true), (900, true), (901, false)] as [(Int64, Bool)] {
            let stage = RevocationStage()
            stage.respond {
                try $0.answer(
                    to: $1,
                    change: {
                        $0.thisUpdate = Minted.now - Seconds(age); $0.nextUpdate = nil
                    }
                )
            }
            let rootList = try stage.list(of: .root)
            stage.change { state in
                state.list = { request throws(OutboundFault) in
                    guard request.url.hasSuffix("-root.crl") else { throw .network("connection refused") }
                    return OutboundAnswer(status: 200, body: rootList)
                }
            }
            #expect((try await Self.verdict(stage).rejection == nil) == isTaken, "\(age)")
        }
    }

    @Test func `an answer made beforehand, without a nonce, is taken`() async throws {
        let stage = RevocationStage()
        stage.respond { try $0.answer(to: $1, nonce: { _ in nil }) }
        #expect(try await Self.verdict(stage).rejection == nil)
    }

    @Test func `a certificate that names neither responder nor list is unknown, and nobody is asked about it`()
        async throws
    {
        let stage = RevocationStage()
        let issued = try Minted.issue { $0.namesRevocation = false }
        let rejection = try #require(try await Self.verdict(stage, on: issued).rejection)
        #expect(rejection.reason == "certificate_revocation_unknown")
        #expect(rejection.explanation.contains("names neither responder nor revocation list"))
        #expect(stage.count("/ocsp") == 0)
    }

    @Test func `a chain that leads to no anchor sends the server nowhere`() async throws {
        let stage = RevocationStage()
        var request = EnterpriseCertificateRequest(organisation: Minted.organisation, name: "X", key: Minted.key)
        request.isSelfSigned = false
        let foreign = try Minted.impostor.issue(request)
        let rejection = try await Self.verdict(stage, on: foreign).rejection
        #expect(rejection?.reason == "certificate_untrusted")
        #expect(stage.state.withLock { $0.asked.isEmpty })
    }

    @Test func `require does not start without somebody who asks`() throws {
        let mode = RevocationMode.require(grace: .hours(1))
        #expect(throws: RevocationUnavailable(mode: mode)) {
            try EnterpriseCertificateValidator(trust: Minted.trust, revocation: mode)
        }
    }
}
