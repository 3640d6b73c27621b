import EnterpriseCertificates
import LibCrypto
import TestAuthority
import Testing
import Vocabulary

@Suite("The organisation number in a certificate (registry-and-certificates §2.1)")
struct OrganisationInSubjectTests {
    typealias Fault = CertificateRejection.OrganisationFault

    static func verdict(
        identifiers: [String],
        serials: [String] = [],
        policies: [String]? = nil,
        version1: [String] = []
    ) throws -> Result<OrganisationNumber, CertificateRejection> {
        let issued = try Minted.issue {
            $0.organisationIdentifiers = identifiers
            $0.subjectSerialNumbers = serials
            if let policies { $0.policies = policies.compactMap { OID(parsing: $0) } }
        }
        let bundled = try #require(BundledTrust.profile(for: .test))
        let profile = String(decoding: bundled.contents, as: UTF8.self).replacing(
            "seid_v1_policies: []",
            with: "seid_v1_policies: [\(version1.joined(separator: ", "))]"
        )
        let trust = try TrustStore(files: [
            TrustStore.File(name: "profile.yaml", contents: Array(profile.utf8)),
            TrustStore.File(name: "root.cer", contents: Minted.buypass.root.der),
            TrustStore.File(name: "issuing.cer", contents: Minted.buypass.issuing.der),
        ])
        return try Minted.verdict(on: [issued.der], under: trust)
    }

    @Test(
        arguments: [
            ("NTRNO-310279323", nil),
            ("NTRNO-310279324", .checkDigit("NTRNO-310279324")),
            ("310279323", .form("310279323")),
            ("NTRNO-31027932", .form("NTRNO-31027932")),
            ("NTRNO-3102793230", .form("NTRNO-3102793230")),
            ("NTRNO-310 279 323", .form("NTRNO-310 279 323")),
            ("NTRNO-310279323 ", .form("NTRNO-310279323 ")),
            (" NTRNO-310279323", .form(" NTRNO-310279323")),
            ("ntrno-310279323", .form("ntrno-310279323")),
            ("NTRNO310279323", .form("NTRNO310279323")),
            ("NTRSE-310279323", .form("NTRSE-310279323")),
            ("VATNO-310279323", .form("VATNO-310279323")),
            ("PSDNO-FSA-310279323", .form("PSDNO-FSA-310279323")),
            ("LEIXG-549300MLUDYVRQOOXS22", .form("LEIXG-549300MLUDYVRQOOXS22")),
            ("NTRNO-\u{FF13}10279323", .form("NTRNO-\u{FF13}10279323")),
            ("NTRNO-\u{0301}310279323", .form("NTRNO-\u{0301}310279323")),
            ("NTRNO-310279323\nNTRNO-991825827", .form("NTRNO-310279323\nNTRNO-991825827")),
        ] as [(String, Fault?)]
    )
    func `organizationIdentifier is NTRNO- and nine digits with their check digit`(value: String, fault: Fault?) throws
    {
        let expected = fault.map { CertificateRejection.organisationNumber($0) }
        #expect(try Self.verdict(identifiers: [value]).rejection == expected)
    }

    @Test func `two organizationIdentifiers are refused, also when they are the same`() throws {
        for second in ["NTRNO-991825827", "NTRNO-310279323", "VATNO-310279323"] {
            let both = ["NTRNO-310279323", second]
            #expect(try Self.verdict(identifiers: both).rejection == .organisationNumber(.several(both)))
        }
    }

    @Test func `without organizationIdentifier a number elsewhere in the subject is nothing`() throws {
        #expect(try Self.verdict(identifiers: []).rejection == .organisationNumber(.missing))
        #expect(
            try Self.verdict(identifiers: [], serials: ["310279323"]).rejection == .organisationNumber(.missing)
        )
    }

    @Test func `the subject's serialNumber does not count beside organizationIdentifier`() throws {
        let verdict = try Self.verdict(identifiers: ["NTRNO-310279323"], serials: ["991825827"])
        #expect(try verdict.get() == Minted.organisation)
    }

    @Test func `under a SEID v1 policy of the profile the serialNumber counts, and only then`() throws {
        let version1 = "2.16.578.1.29.913.1.1.0"
        func verdict(_ serials: [String], _ identifiers: [String] = []) throws -> CertificateRejection? {
            try Self.verdict(
                identifiers: identifiers,
                serials: serials,
                policies: [version1],
                version1: [version1]
            ).rejection
        }
        #expect(try verdict(["310279323"]) == nil)
        #expect(try verdict(["310279324"]) == .organisationNumber(.checkDigit("310279324")))
        #expect(try verdict(["NTRNO-310279323"]) == .organisationNumber(.form("NTRNO-310279323")))
        #expect(try verdict([]) == .organisationNumber(.missing))
        let two = ["310279323", "991825827"]
        #expect(try verdict(two) == .organisationNumber(.several(two)))
        // A wrong organizationIdentifier is not passed over.
        #expect(try verdict(["310279323"], ["VATNO-310279323"]) == .organisationNumber(.form("VATNO-310279323")))
        // The same certificate under a profile that does not know the policy.
        let unknown = try Self.verdict(identifiers: [], serials: ["310279323"], policies: [version1])
        #expect(unknown.rejection == .policy([version1]))
    }
}
