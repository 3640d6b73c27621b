import EnterpriseCertificates
import LibCrypto
import TestAuthority
import Testing
import Vocabulary

@Suite("cert check explains every step (DESIGN §16)")
struct CertificateCheckTests {
    typealias Step = CertificateCheck.Step
    typealias Outcome = CertificateCheck.Outcome

    static func file(_ contents: [UInt8]) -> TrustStore.File { TrustStore.File(name: "file", contents: contents) }
    static func file(_ text: String) -> TrustStore.File { file(Array(text.utf8)) }

    static func outcomes(_ report: CertificateCheck.Report) -> [Step: Outcome] {
        Dictionary(uniqueKeysWithValues: report.findings.map { ($0.step, $0.outcome) })
    }

    /// The steps that failed, in their order.
    static func failed(_ report: CertificateCheck.Report) -> [Step] {
        report.findings.filter { $0.outcome == .failed }.map(\.step)
    }

    static func check(_ trust: TrustStore = Minted.trust, at time: Timestamp = Minted.now) -> CertificateCheck {
        CertificateCheck(trust: .store(trust), at: time, profile: trust.profile)
    }

    static func bare(
        _ anchors: [[UInt8]] = [Minted.buypass.root.der],
        at time: Timestamp = Minted.now
    )
        -> CertificateCheck
    {
        CertificateCheck(trust: .files(anchors.map(file)), at: time, profile: nil)
    }

    @Test(arguments: CertificateAuthority.Style.allCases)
    func `an ordinary certificate passes every step`(style: CertificateAuthority.Style) throws {
        let issued = try Minted.issue(style)
        for contents in [Self.file(issued.der), Self.file(issued.pem), Self.file(issued.chainPEM)] {
            let report = Self.check().run(contents)
            #expect(report.isAccepted)
            #expect(report.findings.map(\.step) == Step.allCases)
            #expect(report.organisation == Minted.organisation)
            #expect(report.path.count == 3)
            #expect(report.certificate?.der == issued.der)
            #expect(Self.outcomes(report)[.revocation] == .skipped)
            #expect(report.findings.filter { $0.outcome == .ok }.count == 7)
        }
    }

    @Test func `a certificate with many faults fails in each of their steps at once`() throws {
        let issued = try Minted.issue {
            $0.notAfter = Minted.now - 1
            $0.policies = []
            $0.keyUsage = [.nonRepudiation]
            $0.organisationIdentifiers = []
            $0.key = try PrivateKey.generate(.ed25519)
        }
        let report = Self.check().run(Self.file(issued.der))
        #expect(!report.isAccepted)
        #expect(Self.failed(report) == [.organisationNumber, .purpose, .expiry, .policy, .key])
    }

    @Test(
        arguments: [
            ("wrong anchor", [.issuer]), ("self-signed", [.issuer]), ("authority", [.chain]), ("expired", [.expiry]),
            ("not yet", [.expiry]), ("no signature", [.purpose]), ("server", [.purpose]), ("no policy", [.policy]),
            ("critical", [.chain]), ("two numbers", [.organisationNumber]), ("weak", [.key]),
            ("revoked", [.revocation]),
            ("no list", [.revocation]),
        ] as [(String, [Step])]
    )
    func `each fault fails in its step, and the verdict is the validator's`(fault: String, steps: [Step]) throws {
        var trust = Minted.trust
        let issued = try Minted.issue { request in
            switch fault {
            case "self-signed": request.isSelfSigned = true
            case "authority": request.isCertificationAuthority = true
            case "expired": request.notAfter = Minted.now - 1
            case "not yet": request.notBefore = Minted.now + 1
            case "no signature": request.keyUsage = [.nonRepudiation]
            case "server": request.extendedKeyUsage = [.serverAuthentication]
            case "no policy": request.policies = []
            case "critical": request.criticalExtensions = [try #require(OID(parsing: "1.3.6.1.4.1.32473.1"))]
            case "two numbers": request.organisationIdentifiers = ["NTRNO-310279323", "NTRNO-991825827"]
            case "weak": request.key = try PrivateKey.generate(.ed25519)
            default: break
            }
        }
        switch fault {
        case "wrong anchor": trust = try Minted.store([Minted.commfides])
        case "revoked":
            trust = try Minted.store(
                [Minted.buypass],
                lists: [RevocationTests.list(.root), RevocationTests.list(.issuing, revoking: [issued.der])]
            )
        case "no list": trust = try Minted.store([Minted.buypass], lists: [RevocationTests.list(.root)])
        default: break
        }
        let report = Self.check(trust).run(Self.file(issued.der))
        #expect(!report.isAccepted)
        #expect(steps.allSatisfy(Self.failed(report).contains), "\(report.findings)")
        let mode: RevocationMode = trust.revocationLists.isEmpty ? .off : .crlFiles
        let validator = try EnterpriseCertificateValidator(trust: trust, revocation: mode)
        #expect(throws: CertificateRejection.self) { try validator.validate([issued.der], at: Minted.now) }
    }

    @Test func `what cannot be read fails in the first step and skips the rest`() throws {
        let good = try Minted.issue()
        let garbage = Self.file("garbage")
        for report in [
            Self.check().run(garbage), Self.check().run(Self.file(good.der + [0])),
            Self.bare([Array("garbage".utf8)]).run(Self.file(good.der)),
        ] {
            #expect(report.certificate == nil)
            #expect(Self.outcomes(report)[.chain] == .failed)
            #expect(report.findings.dropFirst().allSatisfy { $0.outcome == .skipped })
        }
        var check = Self.bare()
        check.revocationLists = [garbage]
        #expect(!check.run(Self.file(good.chainPEM)).isAccepted)
        check.revocationLists = []
        check.intermediates = [garbage]
        #expect(!check.run(Self.file(good.chainPEM)).isAccepted)
    }

    @Test func `without a profile only the path counts`() throws {
        let issued = try Minted.issue {
            $0.policies = []
            $0.keyUsage = []
            $0.organisationIdentifiers = []
            $0.extendedKeyUsage = [.serverAuthentication]
        }
        let report = Self.bare().run(Self.file(issued.chainPEM))
        #expect(report.isAccepted)
        #expect(report.organisation == nil)
        let skipped: [Step] = [.organisationNumber, .purpose, .revocation, .policy]
        #expect(report.findings.filter { $0.outcome == .skipped }.map(\.step) == skipped)
    }

    @Test func `intermediates may come from a file, and are needed`() throws {
        let issued = try Minted.issue()
        var check = Self.bare()
        #expect(Self.failed(check.run(Self.file(issued.der))) == [.issuer])
        for contents in [Minted.buypass.issuing.der, Array(Minted.buypass.issuing.pem.utf8)] {
            check.intermediates = [Self.file(contents)]
            #expect(check.run(Self.file(issued.der)).isAccepted)
        }
        // Any certificate given as trust is an anchor, self-signed or not.
        #expect(Self.bare([Minted.buypass.issuing.der]).run(Self.file(issued.der)).isAccepted)
    }

    @Test func `a purpose is demanded only when given`() throws {
        let issued = try Minted.issue { $0.extendedKeyUsage = [.clientAuthentication] }
        var check = Self.bare()
        check.purposes = [.clientAuthentication]
        #expect(check.run(Self.file(issued.chainPEM)).isAccepted)
        check.purposes = [.serverAuthentication]
        #expect(Self.failed(check.run(Self.file(issued.chainPEM))) == [.purpose])
    }

    @Test func `lists are looked at only when given, and then for every certificate below the anchor`() throws {
        let issued = try Minted.issue()
        let contents = Self.file(issued.chainPEM)
        var check = Self.bare()
        check.revocationLists = [Self.file(try RevocationTests.list(.issuing))]
        #expect(Self.failed(check.run(contents)) == [.revocation])
        let root = PEM.encode(try RevocationTests.list(.root), label: "X509 CRL")
        check.revocationLists.append(Self.file(root))
        #expect(check.run(contents).isAccepted)
        #expect(Self.outcomes(check.run(contents))[.revocation] == .ok)
    }

    @Test func `depth counts the intermediates`() throws {
        let contents = Self.file(try Minted.issue().chainPEM)
        var check = Self.bare()
        check.maximumIntermediates = 0
        #expect(!check.run(contents).isAccepted)
        check.maximumIntermediates = 1
        #expect(check.run(contents).isAccepted)
    }

    @Test func `the time decides over validity`() throws {
        let contents = Self.file(try Minted.issue().chainPEM)
        let end = Minted.now + .days(3 * 365)
        #expect(Self.bare(at: end).run(contents).isAccepted)
        #expect(Self.failed(Self.bare(at: end + 1).run(contents)) == [.expiry])
    }

    @Test func `policies of RFC 5280 §6.1: required, wanted, and anyPolicy inhibited`() throws {
        let policy = try #require(OID(parsing: "2.16.578.1.26.1.3.2"))
        let other = try #require(OID(parsing: "2.16.578.1.26.1.3.5"))
        let contents = Self.file(try Minted.issue { $0.policies = [policy] }.chainPEM)
        let none = Self.file(try Minted.issue { $0.policies = [] }.chainPEM)
        var check = Self.bare()
        check.requiresExplicitPolicy = true
        #expect(check.run(contents).isAccepted)
        #expect(Self.failed(check.run(none)) == [.policy])
        check.policies = [other, policy]
        #expect(check.run(contents).isAccepted)
        check.policies = [other]
        #expect(Self.failed(check.run(contents)) == [.policy])
        // Without the demand for an explicit policy, a set that nothing fits is no fault (RFC 5280 §6.1.5 g).
        check.requiresExplicitPolicy = false
        #expect(check.run(contents).isAccepted)
        // The issuing authority has only anyPolicy: when that counts for nothing, no policy is left.
        check.policies = []
        check.requiresExplicitPolicy = true
        check.inhibitsAnyPolicy = true
        #expect(Self.failed(check.run(contents)) == [.policy])
    }

    @Test(.enabled(if: Vectors.folder != nil, "\(Vectors.absence)"))
    func `a real certificate is explained under the compiled trust`() throws {
        let trust = try TrustStore(files: BundledTrust.files(for: .test))
        let leaf = Self.file(try RealCertificateTests.leaf(RealCertificateTests.leaves[0].0))
        let then = Self.check(trust, at: RealCertificateTests.then).run(leaf)
        #expect(then.isAccepted)
        #expect(
            then.findings.map(\.explanation) == [
                "`TESTVIRKSOMHET` ← `Buypass Class 3 Test4 CA G2 ST Business` ← `Buypass Class 3 Test4 Root CA G2 ST`",
                "`Buypass Class 3 Test4 CA G2 ST Business`, under `Buypass Class 3 Test4 Root CA G2 ST`",
                "`100101696`", "digitalSignature, keyEncipherment",
                "valid from `2021-07-28T13:33:50Z` to `2024-07-28T21:59:00Z`, 574 days left",
                "no revocation list is given", "2.16.578.1.26.1.3.2, 0.4.0.2042.1.1",
                "RSA-3072, signed with sha256WithRSAEncryption",
            ]
        )
        #expect(Self.failed(Self.check(trust).run(leaf)) == [.expiry])
    }
}
