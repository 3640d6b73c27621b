import EnterpriseCertificates
import LibCrypto
import TestAuthority
import Testing
import Vocabulary

@Suite("Revocation by lists from files")
struct RevocationTests {
    static let end = Minted.now + .days(1)

    static func list(
        _ role: CertificateAuthority.Role,
        of authority: CertificateAuthority = Minted.buypass,
        revoking certificates: [[UInt8]] = [],
        from start: Timestamp = Minted.now - 60,
        to end: Timestamp = end
    ) throws -> [UInt8] {
        try authority.revocationList(
            of: role,
            revoked: certificates.map {
                CertificateAuthority.Revocation(
                    serialNumber: try Certificate(der: $0).serialNumber,
                    at: Minted.now - 120
                )
            },
            thisUpdate: start,
            nextUpdate: end
        )
    }

    static func verdict(
        _ lists: [[UInt8]],
        on chain: [[UInt8]],
        at time: Timestamp = Minted.now
    ) throws -> CertificateRejection? {
        let trust = try Minted.store([Minted.buypass, Minted.commfides], lists: lists)
        let validator = try EnterpriseCertificateValidator(trust: trust, revocation: .crlFiles)
        do throws(CertificateRejection) {
            #expect(try validator.validate(chain, at: time).revocationMode == .crlFiles)
            return nil
        } catch {
            return error
        }
    }

    @Test func `with a list of root and issuer, a certificate that neither names is accepted`() throws {
        let chain = try Minted.issue().chain
        let lists = [try Self.list(.root), try Self.list(.issuing)]
        #expect(try Self.verdict(lists, on: chain) == nil)
        #expect(try Self.verdict(lists, on: [chain[0]]) == nil)
        let other = try Minted.issue { $0.name = "En annen" }
        let more = [try Self.list(.root), try Self.list(.issuing, revoking: [other.der])]
        #expect(try Self.verdict(more, on: chain) == nil)
    }

    @Test func `a certificate on its issuer's list is revoked`() throws {
        let chain = try Minted.issue().chain
        let lists = [try Self.list(.root), try Self.list(.issuing, revoking: [chain[0]])]
        #expect(try Self.verdict(lists, on: chain) == .revoked(subject: "Testvirksomhet"))
    }

    @Test func `when the issuer's own certificate is on the root's list, what it issued is revoked`() throws {
        let chain = try Minted.issue().chain
        let lists = [try Self.list(.root, revoking: [Minted.buypass.issuing.der]), try Self.list(.issuing)]
        #expect(
            try Self.verdict(lists, on: chain) == .revoked(subject: "Portvakt Demo Business CA (Buypass-like)")
        )
    }

    @Test func `a missing list leaves revocation unknown, for leaf or issuer`() throws {
        let chain = try Minted.issue().chain
        let missing = "unable to get certificate CRL, for the certificate of"
        #expect(
            try Self.verdict([try Self.list(.root)], on: chain) == .revocationUnknown("\(missing) `Testvirksomhet`")
        )
        #expect(
            try Self.verdict([try Self.list(.issuing)], on: chain)
                == .revocationUnknown("\(missing) `Portvakt Demo Business CA (Buypass-like)`")
        )
        #expect(try Self.verdict([], on: chain)?.reason == "certificate_revocation_unknown")
    }

    @Test func `the other issuer's lists are no help`() throws {
        let lists = [
            try Self.list(.root, of: Minted.commfides), try Self.list(.issuing, of: Minted.commfides),
        ]
        #expect(
            try Self.verdict(lists, on: Minted.issue().chain)?.reason == "certificate_revocation_unknown"
        )
        #expect(try Self.verdict(lists, on: Minted.issue(.commfides).chain) == nil)
    }

    @Test func `a list signed by another key of the same name is no help`() throws {
        let lists = [try Self.list(.root), try Self.list(.issuing, of: Minted.impostor)]
        #expect(
            try Self.verdict(lists, on: Minted.issue().chain)?.reason == "certificate_revocation_unknown"
        )
    }

    @Test func `a list counts from its first second until the next update is due`() throws {
        let chain = try Minted.issue().chain
        let root = try Self.list(.root, from: Minted.now - 100, to: Minted.now + 10_000)
        let lists = [root, try Self.list(.issuing, from: Minted.now, to: Minted.now + 100)]
        func verdict(_ offset: Seconds) throws -> CertificateRejection? {
            try Self.verdict(lists, on: chain, at: Minted.now + offset)
        }
        #expect(
            try verdict(-1)
                == .revocationUnknown("CRL is not yet valid, for the certificate of `Testvirksomhet`")
        )
        #expect(try verdict(0) == nil)
        #expect(try verdict(99) == nil)
        #expect(
            try verdict(100) == .revocationUnknown("CRL has expired, for the certificate of `Testvirksomhet`")
        )
    }

    @Test func `an expired certificate is said to be expired, not of unknown revocation`() throws {
        let last = Minted.now - 10
        let issued = try Minted.issue { $0.notAfter = last }
        #expect(try Self.verdict([], on: issued.chain) == .expired(notAfter: last))
    }

    @Test func `off looks at no list`() throws {
        let chain = try Minted.issue().chain
        let lists = [try Self.list(.root), try Self.list(.issuing, revoking: [chain[0]])]
        let trust = try Minted.store([Minted.buypass], lists: lists)
        #expect(try Minted.verdict(on: chain, under: trust).rejection == nil)
    }

    @Test(
        arguments: [
            ("off", .off), ("crl_files", .crlFiles), ("require", .require(grace: 3600)), ("", nil), ("OFF", nil),
            ("require ", nil),
        ] as [(String, RevocationMode?)]
    )
    func `a mode has one name`(name: String, mode: RevocationMode?) {
        #expect((try? RevocationMode(named: name, grace: 3600)) == mode)
        if let mode { #expect(mode.name == name) }
    }

    @Test func `grace is require, and needs a length of time`() throws {
        #expect(try RevocationMode(named: "grace", grace: 60) == .require(grace: 60))
        #expect(throws: RevocationMode.NamingFault.graceWithoutTime) { try RevocationMode(named: "grace") }
    }
}
