import LibCrypto
import TestAuthority
import Testing
import Vocabulary

/// Certificates that are minted once for these tests.
enum MintedCertificates {
    /// 2026-11-22T12:00:00Z.
    static let now = Timestamp(seconds: 1_795_348_800)
    static let authority = made {
        try CertificateAuthority(
            .commfides,
            keys: CertificateAuthority.KeySizes(authority: .ec(.p256), enterprise: .ec(.p256)),
            at: now
        )
    }
    static let leaf = made { try issue() }

    static func issue(
        _ change: (inout EnterpriseCertificateRequest) throws -> Void = { _ in }
    ) throws -> IssuedCertificate {
        var request = EnterpriseCertificateRequest(
            organisation: try OrganisationNumber(parsing: "310279323"),
            name: "Ærlig, \"Øl\" + Å AS"
        )
        try change(&request)
        return try authority.issue(request)
    }

    private static func made<Value>(_ make: () throws -> Value) -> Value {
        do { return try make() } catch { preconditionFailure("test material: \(error)") }
    }
}

@Suite("X.509 certificates (RFC 5280 §4)")
struct CertificateTests {
    let certificate: Certificate

    init() throws { certificate = try Certificate(der: MintedCertificates.leaf.der) }

    @Test func `every field is read`() throws {
        #expect(certificate.notBefore == MintedCertificates.now - .hours(1))
        #expect(certificate.notAfter == MintedCertificates.now + .days(3 * 365))
        #expect(certificate.keyUsage == [.digitalSignature])
        #expect(certificate.keyUsage?.names == ["digitalSignature"])
        #expect(certificate.extendedKeyUsage?.map(\.dotted) == ["1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"])
        #expect(certificate.policies.map(\.dotted) == ["2.16.578.1.29.913.210.1.0", "0.4.0.2042.1.1"])
        #expect(certificate.basicConstraints?.isCertificationAuthority == false)
        #expect(certificate.basicConstraints?.pathLength == nil)
        #expect(certificate.crlDistributionPoints == ["http://127.0.0.1:7082/commfides-issuing.crl"])
        #expect(certificate.ocspResponders == ["http://127.0.0.1:7082/ocsp"])
        #expect(certificate.issuerCertificates == ["http://127.0.0.1:7082/commfides-issuing.cer"])
        #expect(certificate.criticalExtensions == [.keyUsage])
        #expect(certificate.signatureAlgorithm.dotted == "1.2.840.10045.4.3.2")
        #expect(certificate.signatureAlgorithmName == "ecdsa-with-SHA256")
        #expect(certificate.serialNumber.bytes.count == 16)
        #expect(certificate.serialNumber.hexadecimal.count == 32)
        #expect(!certificate.serialNumber.isNegative)
        #expect(try certificate.publicKey() == MintedCertificates.leaf.key?.publicKey)
        #expect(certificate.thumbprint == HashFunction.sha256.digest(MintedCertificates.leaf.der))
        #expect(!certificate.isSelfIssued)
        #expect(!certificate.isCertificationAuthority)
    }

    @Test func `the subject is read attribute by attribute, in order, in Unicode`() {
        let name = "Ærlig, \"Øl\" + Å AS"
        #expect(
            certificate.subject.attributes.map { "\($0.type)=\($0.value)" } == [
                "2.5.4.5=310279323", "2.5.4.97=NTRNO-310279323", "2.5.4.3=\(name)", "2.5.4.11=IT", "2.5.4.10=\(name)",
                "2.5.4.6=NO",
            ]
        )
        #expect(certificate.subject.commonName == name)
        // RFC 2253 §2.4: comma, quotation mark and plus are escaped; letters are not.
        let escaped = #"Ærlig\, \"Øl\" \+ Å AS"#
        #expect(
            certificate.subject.rfc2253
                == "C=NO,O=\(escaped),OU=IT,CN=\(escaped),organizationIdentifier=NTRNO-310279323,serialNumber=310279323"
        )
    }

    @Test func `an authority's constraints are read, and a root is self-signed`() throws {
        let root = try Certificate(der: MintedCertificates.authority.root.der)
        #expect(root.isCertificationAuthority)
        #expect(root.isSelfIssued)
        #expect(root.isSelfSigned)
        #expect(root.keyUsage == [.certificateSigning, .crlSigning])
        #expect(root.extendedKeyUsage == nil)
        #expect(root.policies == [])
        let issuing = try Certificate(der: MintedCertificates.authority.issuing.der)
        #expect(issuing.basicConstraints?.pathLength == 0)
        #expect(issuing.policies == [.anyPolicy])
        #expect(!issuing.isSelfSigned)
    }

    @Test func `self-issued is not self-signed: the signature decides`() throws {
        var der = MintedCertificates.authority.root.der
        der[der.count - 1] ^= 1
        let root = try Certificate(der: der)
        #expect(root.isSelfIssued)
        #expect(!root.isSelfSigned)
    }

    @Test func `PEM gives the same certificate as DER`() throws {
        #expect(try Certificate(pem: Array(MintedCertificates.leaf.pem.utf8)) == certificate)
        let chain = try Certificate.all(in: Array(MintedCertificates.leaf.chainPEM.utf8))
        #expect(chain.map(\.der) == MintedCertificates.leaf.chain)
        #expect(try Certificate.all(in: certificate.der) == [certificate])
    }

    @Test func `PEM without a certificate, or with several where one is wanted, is refused`() throws {
        #expect(throws: CertificateError.noPEM) { try Certificate(pem: []) }
        #expect(throws: CertificateError.noPEM) { try Certificate.all(in: Array("text".utf8)) }
        #expect(throws: CertificateError.severalPEM(count: 2)) {
            try Certificate(pem: Array(MintedCertificates.leaf.chainPEM.utf8))
        }
        let key = try #require(try MintedCertificates.leaf.key?.pem())
        #expect(throws: CertificateError.noPEM) { try Certificate(pem: Array(key.utf8)) }
        #expect(throws: CertificateError.malformedPEM("malformed PEM: line 1: the `CERTIFICATE` block has no end")) {
            try Certificate(pem: Array("-----BEGIN CERTIFICATE-----\nMIIB\n".utf8))
        }
    }

    @Test(
        arguments: [
            ([], "0", "00"), ([0, 0, 1], "1", "01"), ([0xAB, 0xCD], "", "ABCD"),
        ] as [([UInt8], String, String)]
    )
    func `a serial number has one form`(bytes: [UInt8], _: String, text: String) {
        #expect(CertificateSerialNumber(bytes: bytes).hexadecimal == text)
    }

    @Test(arguments: [
        ("2.5.29.15", true), ("0.4.0.2042.1.1", true), ("1.39.1", true), ("1.40.1", false), ("2.999", true),
        ("3.1", false), ("1", false), ("1.", false), (".1", false), ("1..2", false), ("1.02", false), ("1.0", true),
        ("1.-2", false), ("1.2 ", false), ("", false), ("a.b", false),
        ("1.2." + String(repeating: "9", count: 40), false), (String(repeating: "1.", count: 64) + "1", false),
    ])
    func `an object identifier has dots between numbers`(text: String, isOne: Bool) {
        #expect((OID(parsing: text) != nil) == isOne)
    }
}

@Suite("Certificates are DER and nothing else (X.690 §10, §11)")
struct CertificateEncodingTests {
    let der = MintedCertificates.leaf.der

    @Test func `bytes behind the end are refused`() {
        #expect(throws: CertificateError.trailingBytes) { try Certificate(der: der + [0]) }
        #expect(throws: CertificateError.trailingBytes) { try Certificate(der: der + der) }
    }

    @Test func `every truncation is refused`() {
        for count in 0..<der.count {
            #expect(throws: CertificateError.notDER) { try Certificate(der: Array(der.prefix(count))) }
        }
    }

    @Test func `a length in a longer form than needed is refused`() {
        // 30 82 xx xx → 30 83 00 xx xx
        #expect(throws: CertificateError.notDER) {
            try Certificate(der: [0x30, 0x83, 0x00] + der[2...])
        }
    }

    @Test func `an indefinite length is refused`() {
        #expect(throws: CertificateError.notDER) {
            try Certificate(der: [0x30, 0x80] + der[4...] + [0, 0])
        }
    }

    @Test func `a boolean other than 00 and FF is refused`() throws {
        // keyUsage is critical: 06 03 55 1D 0F 01 01 FF.
        let mark: [UInt8] = [0x06, 0x03, 0x55, 0x1D, 0x0F, 0x01, 0x01, 0xFF]
        let start = try #require(der.indices.first { der[$0...].starts(with: mark) })
        var changed = der
        changed[start + 7] = 0x01
        #expect(throws: CertificateError.notDER) { try Certificate(der: changed) }
    }

    @Test func `an extension given twice is refused`() throws {
        let issued = try MintedCertificates.issue { $0.criticalExtensions = [.keyUsage] }
        #expect(throws: CertificateError.extensionMalformed(.keyUsage)) { try Certificate(der: issued.der) }
    }

    @Test func `an extension that cannot be decoded is refused`() throws {
        let policies = try #require(OID(parsing: "2.5.29.32"))
        let issued = try MintedCertificates.issue {
            $0.policies = []
            // As NULL, which is no SEQUENCE of policies.
            $0.criticalExtensions = [policies]
        }
        #expect(throws: CertificateError.extensionMalformed(policies)) { try Certificate(der: issued.der) }
    }

    @Test func `what is DER but no certificate is refused`() throws {
        for bytes in [
            [0x30, 0x00], [0x05, 0x00], [0x30, 0x03, 0x02, 0x01, 0x01],
            MintedCertificates.authority.root.key.publicKey.spkiDER,
        ] as [[UInt8]] {
            #expect(throws: CertificateError.notDER) { try Certificate(der: bytes) }
        }
    }

    @Test func `deep nesting ends the reading, not the program`() {
        var nested: [UInt8] = [0x05, 0x00]
        for _ in 0..<60 { nested = [0x30, UInt8(nested.count)] + nested }
        #expect(throws: CertificateError.notDER) { try Certificate(der: nested) }
        let open = [UInt8](repeating: 0x30, count: 100_000)
        #expect(throws: CertificateError.notDER) { try Certificate(der: open) }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `random damage crashes nothing and is never taken for the certificate`(seed: UInt64) throws {
        var generator = SplitMix(state: seed)
        let list = try MintedCertificates.authority.revocationList(
            of: .issuing,
            thisUpdate: MintedCertificates.now,
            nextUpdate: MintedCertificates.now + 100
        )
        let anchor = try Certificate(der: MintedCertificates.authority.issuing.der)
        let validator = CertificatePathValidator(anchors: [anchor])
        for _ in 0..<500 {
            var changed = der
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: changed.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: changed[index] = UInt8.random(in: 0...255, using: &generator)
                case 1: changed.remove(at: index)
                default: changed.insert(UInt8.random(in: 0...255, using: &generator), at: index)
                }
            }
            if changed != der, let certificate = try? Certificate(der: changed) {
                #expect(throws: PathRejection.self) {
                    try validator.validate(certificate, at: MintedCertificates.now)
                }
            }
            var damaged = list
            damaged[Int.random(in: damaged.indices, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
            _ = try? CertificateRevocationList(der: damaged)
        }
    }
}

/// A small seeded generator (SplitMix64), so that a failure can be had again.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

@Suite("Revocation lists (RFC 5280 §5)")
struct CertificateRevocationListTests {
    @Test func `issuer, times and entries are read`() throws {
        let now = MintedCertificates.now
        let leaf = try Certificate(der: MintedCertificates.leaf.der)
        let der = try MintedCertificates.authority.revocationList(
            of: .issuing,
            revoked: [CertificateAuthority.Revocation(serialNumber: leaf.serialNumber, at: now - 5)],
            thisUpdate: now,
            nextUpdate: now + 100
        )
        let list = try CertificateRevocationList(der: der)
        #expect(list.issuer == leaf.issuer)
        #expect(list.thisUpdate == now)
        #expect(list.nextUpdate == now + 100)
        #expect(list.revocationTime(of: leaf.serialNumber) == now - 5)
        #expect(list.revocationTime(of: CertificateSerialNumber(bytes: [1])) == nil)
        let pem = PEM.encode(der, label: "X509 CRL")
        #expect(try CertificateRevocationList.all(in: Array((pem + pem).utf8)) == [list, list])
        #expect(try CertificateRevocationList.all(in: der) == [list])
        #expect(throws: CertificateError.trailingBytes) { try CertificateRevocationList(der: der + [0]) }
        #expect(throws: CertificateError.notDER) { try CertificateRevocationList(der: leaf.der) }
        #expect(throws: CertificateError.noPEM) { try CertificateRevocationList.all(in: Array("list".utf8)) }
    }
}
