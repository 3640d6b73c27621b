import EnterpriseCertificates
import LibCrypto
import Testing
import Vocabulary

@Suite("Real certificates of Buypass", .enabled(if: Vectors.folder != nil, "\(Vectors.absence)"))
struct RealCertificateTests {
    static let leaves = [
        ("test4-autentiseringssertifikat-qceseal.cer", "100101696"),
        ("test4-autentiseringssertifikat-vid-europa.cer", "100101688"),
    ]
    /// 2023-01-01T00:00:00Z.
    static let then = Timestamp(seconds: 1_672_531_200)
    static let issuer = "Buypass Class 3 Test4 CA G2 ST Business"

    static func leaf(_ name: String) throws -> [UInt8] { try Vectors.bytes("norwegian-cas/ee-test/\(name)") }

    static func verdict(
        _ chain: [[UInt8]],
        _ environment: BundledTrust = .test,
        at time: Timestamp = then
    ) throws -> Result<OrganisationNumber, CertificateRejection> {
        let trust = try TrustStore(files: BundledTrust.files(for: environment))
        return try Minted.verdict(on: chain, under: trust, at: time)
    }

    @Test(arguments: leaves)
    func `both test certificates are accepted in 2023 under the test anchors`(name: String, number: String) throws {
        #expect(try Self.verdict([Self.leaf(name)]).get() == OrganisationNumber(parsing: number))
    }

    @Test(arguments: leaves)
    func `they are accepted with their issuer and root sent along`(name: String, number: String) throws {
        let chain = [
            try Self.leaf(name), try Vectors.bytes("norwegian-cas/test/BPCl3CaG2STBS.cer"),
            try Vectors.bytes("norwegian-cas/test/BPCl3RootCaG2ST.cer"),
        ]
        #expect(try Self.verdict(chain).get() == OrganisationNumber(parsing: number))
    }

    @Test(arguments: leaves)
    func `they are refused after their end`(name: String, number: String) throws {
        let end = try #require(Timestamp(parsing: "2024-07-28T21:59:00Z"))
        let today = try #require(Timestamp(parsing: "2026-11-22T00:00:00Z"))
        #expect(try Self.verdict([Self.leaf(name)], at: end).rejection == nil)
        #expect(try Self.verdict([Self.leaf(name)], at: end + 1).rejection == .expired(notAfter: end))
        #expect(try Self.verdict([Self.leaf(name)], at: today).rejection == .expired(notAfter: end))
    }

    @Test(arguments: leaves)
    func `they are refused under the production anchors`(name: String, number: String) throws {
        let rejection = try #require(try Self.verdict([Self.leaf(name)], .prod).rejection)
        guard case .untrusted(let issuer, _) = rejection else {
            Issue.record("another refusal: \(rejection)")
            return
        }
        #expect(issuer == Self.issuer)
        // Their issuer's own certificate, sent along, is no help: it ends at no anchor either.
        let chain = [try Self.leaf(name), try Vectors.bytes("norwegian-cas/test/BPCl3CaG2STBS.cer")]
        #expect(try Self.verdict(chain, .prod).rejection?.reason == "certificate_untrusted")
    }

    @Test(arguments: leaves)
    func `they are refused with any one byte changed`(name: String, number: String) throws {
        let der = try Self.leaf(name)
        let trust = try TrustStore(files: BundledTrust.files(for: .test))
        let validator = try EnterpriseCertificateValidator(trust: trust, revocation: .off)
        for index in der.indices {
            var changed = der
            changed[index] ^= 0x01
            #expect(throws: CertificateRejection.self, "byte \(index)") {
                try validator.validate([changed], at: Self.then)
            }
        }
    }

    @Test(arguments: leaves)
    func `they hold what the specification says of such certificates`(name: String, number: String) throws {
        let certificate = try Certificate(der: try Self.leaf(name))
        #expect(certificate.keyUsage == [.digitalSignature, .keyEncipherment])
        #expect(certificate.extendedKeyUsage == nil)
        #expect(certificate.policies.map(\.dotted) == ["2.16.578.1.26.1.3.2", "0.4.0.2042.1.1"])
        #expect(certificate.subject.values(of: .organizationIdentifier) == ["NTRNO-\(number)"])
        #expect(certificate.subject.values(of: .serialNumber) == [])
        #expect(
            certificate.subject.rfc2253
                == "organizationIdentifier=NTRNO-\(number),CN=TESTVIRKSOMHET,O=TESTVIRKSOMHET,C=NO"
        )
        #expect(certificate.issuer.commonName == Self.issuer)
        #expect(certificate.basicConstraints?.isCertificationAuthority == false)
        #expect(certificate.criticalExtensions == [.keyUsage])
        #expect(certificate.crlDistributionPoints == ["http://crl.test4.buypassca.com/BPCl3CaG2STBS.crl"])
        #expect(certificate.ocspResponders == ["http://ocspbs.test4.buypassca.com"])
        #expect(certificate.issuerCertificates == ["http://crt.test4.buypassca.com/BPCl3CaG2STBS.cer"])
        #expect(certificate.signatureAlgorithmName == "sha256WithRSAEncryption")
        #expect(try certificate.publicKey().kind == .rsa(bits: 3072))
        #expect(!certificate.isSelfIssued)
    }

    @Test(arguments: ["prod", "test"])
    func `every real authority's certificate can be read, and roots are self-signed`(environment: String) throws {
        for name in ["BPCl3RootCaG2ST", "BPCl3RootCaG2HT", "BPCl3CaG2STBS", "BPCl3CaG2HTBS"] {
            let certificate = try Certificate(der: Vectors.bytes("norwegian-cas/\(environment)/\(name).cer"))
            #expect(certificate.isCertificationAuthority)
            #expect(certificate.isSelfSigned == name.contains("Root"))
        }
    }
}
