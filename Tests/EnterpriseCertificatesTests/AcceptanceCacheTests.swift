@testable import EnterpriseCertificates
import LibCrypto
import TestAuthority
import Testing
import Vocabulary

@Suite("Accepted chains are remembered, refusals never (DESIGN §6)")
struct AcceptanceCacheTests {
    @Test func `a second look gives the same certificate without validating again`() throws {
        let chain = try Minted.issue().chain
        let validator = try EnterpriseCertificateValidator(trust: Minted.trust, revocation: .off)
        let first = try validator.validate(chain, at: Minted.now)
        let second = try validator.validate(chain, at: Minted.now + 1)
        // A key that was decoded once more would be another object.
        #expect(first.publicKey === second.publicKey)
        // The leaf alone is another chain.
        #expect(try validator.validate([chain[0]], at: Minted.now).publicKey !== first.publicKey)
    }

    @Test func `a hit still compares the validity with now, at both ends`() throws {
        let issued = try Minted.issue {
            $0.notBefore = Minted.now - 10
            $0.notAfter = Minted.now + 10
        }
        let validator = try EnterpriseCertificateValidator(trust: Minted.trust, revocation: .off)
        _ = try validator.validate(issued.chain, at: Minted.now)
        #expect(throws: CertificateRejection.expired(notAfter: Minted.now + 10)) {
            try validator.validate(issued.chain, at: Minted.now + 11)
        }
        #expect(throws: CertificateRejection.notYetValid(notBefore: Minted.now - 10)) {
            try validator.validate(issued.chain, at: Minted.now - 11)
        }
        #expect(throws: Never.self) { try validator.validate(issued.chain, at: Minted.now + 10) }
    }

    @Test func `an acceptance ends with the validity of the issuer, too`() throws {
        let authority = try CertificateAuthority(.buypass, at: Minted.now, issuingNotAfter: Minted.now + 10)
        let request = EnterpriseCertificateRequest(organisation: Minted.organisation, name: "A", key: Minted.key)
        let chain = try authority.issue(request).chain
        let validator = try EnterpriseCertificateValidator(trust: try Minted.store([authority]), revocation: .off)
        _ = try validator.validate(chain, at: Minted.now + 10)
        let later = Result { () throws(CertificateRejection) in try validator.validate(chain, at: Minted.now + 11) }
        #expect(later.map(\.organisation).rejection?.reason == "certificate_untrusted")
    }

    @Test func `changed trust ends every acceptance`() throws {
        let chain = try Minted.issue().chain
        let trust = ChangingTrust(Minted.trust)
        let validator = try EnterpriseCertificateValidator(trust: trust, revocation: .off)
        _ = try validator.validate(chain, at: Minted.now)
        trust.current = try Minted.store([Minted.commfides])
        let refused = Result { () throws(CertificateRejection) in try validator.validate(chain, at: Minted.now) }
        #expect(refused.map(\.organisation).rejection?.reason == "certificate_untrusted")
        trust.current = Minted.trust
        #expect(throws: Never.self) { try validator.validate(chain, at: Minted.now) }
    }

    @Test func `a changed profile ends every acceptance`() throws {
        let chain = try Minted.issue(.commfides).chain
        let trust = ChangingTrust(Minted.trust)
        let validator = try EnterpriseCertificateValidator(trust: trust, revocation: .off)
        _ = try validator.validate(chain, at: Minted.now)
        trust.current = try Minted.store([Minted.buypass, Minted.commfides], profile: .prod)
        #expect(throws: CertificateRejection.policy(["2.16.578.1.29.913.210.1.0", "0.4.0.2042.1.1"])) {
            try validator.validate(chain, at: Minted.now)
        }
    }

    @Test func `a revocation newly learnt ends the acceptance at once`() throws {
        let chain = try Minted.issue().chain
        func trusting(_ revoked: [[UInt8]]) throws -> TrustStore {
            let lists = [try RevocationTests.list(.root), try RevocationTests.list(.issuing, revoking: revoked)]
            return try Minted.store([Minted.buypass], lists: lists)
        }
        let trust = ChangingTrust(try trusting([]))
        let validator = try EnterpriseCertificateValidator(trust: trust, revocation: .crlFiles)
        _ = try validator.validate(chain, at: Minted.now)
        trust.current = try trusting([chain[0]])
        #expect(throws: CertificateRejection.revoked(subject: "Testvirksomhet")) {
            try validator.validate(chain, at: Minted.now)
        }
    }

    @Test func `an acceptance ends when the list that it rests on does`() throws {
        let chain = try Minted.issue().chain
        let lists = [
            try RevocationTests.list(.root), try RevocationTests.list(.issuing, to: Minted.now + 100),
        ]
        let trust = try Minted.store([Minted.buypass], lists: lists)
        let validator = try EnterpriseCertificateValidator(trust: trust, revocation: .crlFiles)
        let first = try validator.validate(chain, at: Minted.now)
        #expect(try validator.validate(chain, at: Minted.now + 99).publicKey === first.publicKey)
        #expect(
            throws: CertificateRejection.revocationUnknown(
                "CRL has expired, for the certificate of `Testvirksomhet`"
            )
        ) { try validator.validate(chain, at: Minted.now + 100) }
    }

    @Test func `it never holds more than its capacity, and keeps what is asked for`() throws {
        let issued = try Minted.issue()
        let accepted = try EnterpriseCertificateValidator(trust: Minted.trust, revocation: .off)
            .validate(issued.chain, at: Minted.now)
        let entry = AcceptanceCache.Entry(certificate: accepted, from: Minted.now, until: Minted.now)
        let cache = AcceptanceCache(capacity: 10)
        let favourite: [UInt8] = [0]
        cache.insert(entry, for: favourite, revision: "a")
        for number in 1...100 as ClosedRange<UInt8> {
            cache.insert(entry, for: [number], revision: "a")
            #expect(cache.count <= 10)
            #expect(cache.certificate(for: favourite, revision: "a", at: Minted.now) != nil)
        }
        #expect(cache.certificate(for: [1], revision: "a", at: Minted.now) == nil)
        #expect(cache.certificate(for: [100], revision: "a", at: Minted.now) != nil)
        #expect(cache.certificate(for: [100], revision: "b", at: Minted.now) == nil)
        #expect(cache.certificate(for: [100], revision: "a", at: Minted.now + 1) == nil)
        #expect(cache.certificate(for: [100], revision: "a", at: Minted.now - 1) == nil)
        cache.insert(entry, for: [200], revision: "b")
        #expect(cache.count == 1)
    }

    @Test func `many threads at once get the same answer`() async throws {
        let good = try Minted.issue().chain
        let bad = try Minted.issue { $0.policies = [] }.chain
        let validator = try EnterpriseCertificateValidator(trust: Minted.trust, revocation: .off)
        await withTaskGroup(of: (Bool, Bool).self) { group in
            for _ in 0..<64 {
                group.addTask {
                    let accepted = (try? validator.validate(good, at: Minted.now)) != nil
                    let refused = (try? validator.validate(bad, at: Minted.now)) == nil
                    return (accepted, refused)
                }
            }
            for await (accepted, refused) in group {
                #expect(accepted)
                #expect(refused)
            }
        }
    }
}
