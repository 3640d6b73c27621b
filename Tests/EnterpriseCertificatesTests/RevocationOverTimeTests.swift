import EnterpriseCertificates
import LibCrypto
import Synchronization
import TestAuthority
import Testing
import Vocabulary

@Suite("Evidence about revocation over time")
struct RevocationOverTimeTests {
    @Test func `good evidence serves under grace when nobody answers, and no second longer`() async throws {
        let stage = RevocationStage()
        let chain = try Minted.issue().chain
        let watch = stage.watch(grace: 600)
        let validator = try stage.validator(watch)
        try await stage.running(watch) {
            #expect(await validator.settled(chain, at: stage.now).rejection == nil)
            stage.die()
            // The answer of the responder and the root's list end two hours later.
            let end = Minted.now + .hours(2)
            stage.now = end - 2
            #expect(try validator.validate(chain, at: stage.now).revocationBasis == "require")
            stage.now = end + 1
            #expect(try validator.validate(chain, at: stage.now).revocationBasis == "grace")
            stage.now = end + 599
            #expect(try validator.validate(chain, at: stage.now).isUnderGrace)
            #expect(
                stage.state.withLock { $0.events }.contains {
                    if case .graceServed(let subject, let age) = $0 {
                        subject == "Testvirksomhet" && age == .hours(2) + 599
                    } else {
                        false
                    }
                }
            )
            stage.now = end + 601
            let rejection = try #require(validator.verdict(chain, at: stage.now).rejection)
            guard case .revocationUnknown(let doubt) = rejection else {
                Issue.record("\(rejection)")
                return
            }
            #expect(doubt.evidenceAge == .hours(2) + 601)
            #expect(rejection.details["evidence_age_seconds"] == ["7801"])
        }
    }

    @Test func `grace is never given to what is revoked or unknown`() async throws {
        for state in [OCSPAnswer.State.revoked(at: Minted.now - 60), .unknown] {
            let stage = RevocationStage()
            let chain = try Minted.issue().chain
            let watch = stage.watch(grace: .hours(24))
            let validator = try stage.validator(watch)
            stage.respond { try $0.answer(to: $1, change: { $0.state = state }) }
            try await stage.running(watch) {
                let before = try #require(await validator.settled(chain, at: stage.now).rejection)
                stage.die()
                stage.now = Minted.now + .hours(3)
                let after = try #require(await validator.settled(chain, at: stage.now).rejection)
                #expect(before.reason == after.reason)
            }
        }
    }

    @Test func `what was learnt survives a restart, and serves though nobody answers`() async throws {
        let stage = RevocationStage()
        let chain = try Minted.issue().chain
        let watch = stage.watch()
        let validator = try stage.validator(watch)
        try await stage.running(watch) {
            #expect(await validator.settled(chain, at: stage.now).rejection == nil)
            #expect(await eventually { stage.records.count == 3 })
        }
        stage.die()
        let restarted = stage.watch(records: stage.records)
        #expect(try stage.validator(restarted).verdict(chain, at: stage.now).rejection == nil)
    }

    @Test func `a revocation newly learnt ends what was accepted, at once; unchanged evidence does not`() async throws {
        let stage = RevocationStage()
        let issued = try Minted.issue()
        let other = try Minted.issue { $0.name = "En annen" }
        let watch = stage.watch()
        let validator = try stage.validator(watch)
        try await stage.running(watch) {
            for chain in [issued.chain, other.chain] {
                #expect(await validator.settled(chain, at: stage.now).rejection == nil)
            }
            let revision = watch.revision
            let first = try validator.validate(other.chain, at: stage.now).publicKey
            // Renewed halfway to its end: still good.
            stage.now = Minted.now + .hours(1) + 1
            #expect(await eventually { stage.count("/ocsp") == 4 })
            #expect(watch.revision == revision)
            stage.change { $0.revoked = [issued.der] }
            stage.now = Minted.now + .hours(2) + 2
            #expect(await eventually { watch.revision > revision })
            #expect(validator.verdict(issued.chain, at: stage.now).rejection == .revoked(subject: "Testvirksomhet"))
            #expect(try validator.validate(other.chain, at: stage.now).publicKey !== first)
        }
    }

    @Test func `evidence in use is renewed before it ends, and what nobody uses is left alone`() async throws {
        let stage = RevocationStage()
        let chain = try Minted.issue().chain
        let watch = stage.watch { $0.unusedLife = .hours(6) }
        let validator = try stage.validator(watch)
        try await stage.running(watch) {
            #expect(await validator.settled(chain, at: stage.now).rejection == nil)
            stage.now = Minted.now + .hours(1)
            #expect(await eventually { stage.count("/ocsp") == 2 })
            stage.die()
            stage.now = Minted.now + .hours(2) + 1
            // The renewed answer lasts until the third hour.
            #expect(validator.verdict(chain, at: stage.now).rejection == nil)
            let count = stage.count("/ocsp")
            stage.now = Minted.now + .hours(12)
            try await Task.sleep(for: .milliseconds(100))
            #expect(stage.count("/ocsp") <= count + 1)
        }
    }

    @Test func `many who wait share one question`() async throws {
        let stage = RevocationStage()
        let chain = try Minted.issue().chain
        let watch = stage.watch()
        let validator = try stage.validator(watch)
        try await stage.running(watch) {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 { group.addTask { await validator.settled(chain, at: Minted.now).rejection == nil } }
                for await accepted in group { #expect(accepted) }
            }
        }
        #expect(stage.count("/ocsp") == 1)
        #expect(stage.count("-root.crl") == 1)
    }

    @Test func `after a failure nobody is asked again until the wait is over`() async throws {
        let stage = RevocationStage()
        stage.die()
        let chain = try Minted.issue().chain
        let watch = stage.watch()
        let validator = try stage.validator(watch)
        try await stage.running(watch) {
            #expect(await validator.settled(chain, at: stage.now).rejection != nil)
            let count = stage.count("/ocsp")
            for _ in 0..<20 { #expect(await validator.settled(chain, at: stage.now).rejection != nil) }
            #expect(stage.count("/ocsp") == count)
            stage.change {
                $0.responder = nil
                $0.list = nil
            }
            stage.now = Minted.now + 30
            #expect(await validator.settled(chain, at: stage.now).rejection == nil)
        }
    }

    @Test func `a list of a lower number is not taken in place of a newer one`() async throws {
        let stage = RevocationStage()
        let issued = try Minted.issue()
        stage.change {
            $0.listNumber = 9
            $0.responder = { _ throws(OutboundFault) in throw .timedOut }
        }
        let watch = stage.watch()
        let validator = try stage.validator(watch)
        try await stage.running(watch) {
            #expect(await validator.settled(issued.chain, at: stage.now).rejection == nil)
            stage.change { $0.listNumber = 8 }
            let lists = stage.count("-issuing.crl")
            stage.now = Minted.now + .hours(1) + 10
            #expect(await eventually { stage.count("-issuing.crl") > lists })
            #expect(
                await eventually {
                    stage.state.withLock { $0.events }.contains {
                        if case .failed(_, let faults, _) = $0 {
                            faults.contains { $0.contains("number is below") }
                        } else {
                            false
                        }
                    }
                }
            )
            // The older evidence goes on serving until its own end.
            #expect(validator.verdict(issued.chain, at: stage.now).rejection == nil)
        }
    }

    @Test func `what a list names is revoked, though a responder called it good`() async throws {
        let stage = RevocationStage()
        let first = try Minted.issue()
        let second = try Minted.issue { $0.name = "En annen" }
        let watch = stage.watch()
        let validator = try stage.validator(watch)
        try await stage.running(watch) {
            #expect(await validator.settled(first.chain, at: stage.now).rejection == nil)
            // From now on the list alone answers, and it names the first.
            stage.change {
                $0.revoked = [first.der]
                $0.responder = { _ throws(OutboundFault) in throw .timedOut }
            }
            #expect(await validator.settled(second.chain, at: stage.now).rejection == nil)
            #expect(
                await eventually {
                    validator.verdict(first.chain, at: stage.now).rejection?.reason == "certificate_revoked"
                }
            )
        }
    }

    @Test func `an older answer that is played back hides nothing`() async throws {
        let stage = RevocationStage()
        let issued = try Minted.issue()
        stage.change { $0.revoked = [issued.der] }
        let watch = stage.watch { $0.refresh = 60 }
        let validator = try stage.validator(watch)
        try await stage.running(watch) {
            #expect(await validator.settled(issued.chain, at: stage.now).rejection?.reason == "certificate_revoked")
            stage.respond {
                try $0.answer(
                    to: $1,
                    change: {
                        $0.state = .good; $0.thisUpdate = Minted.now - 10
                    },
                    nonce: { _ in nil }
                )
            }
            stage.change { $0.list = { _ throws(OutboundFault) in throw .timedOut } }
            let count = stage.count("/ocsp")
            stage.now = Minted.now + 120
            #expect(await eventually { stage.count("/ocsp") > count })
            try await Task.sleep(for: .milliseconds(50))
            #expect(validator.verdict(issued.chain, at: stage.now).rejection?.reason == "certificate_revoked")
        }
    }
}
