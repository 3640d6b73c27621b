import EnterpriseCertificates
import Testing
import Vocabulary

@Suite("What a refusal of a certificate says")
struct CertificateRejectionTests {
    static let time = Timestamp(seconds: 1_700_000_000)

    static let all: [(CertificateRejection, String)] = [
        (.malformed("it is not well-formed DER"), "certificate_malformed"),
        (.certificationAuthority(subject: "CA"), "certificate_not_end_entity"),
        (.selfSigned, "certificate_self_signed"),
        (.untrusted(issuer: "CA", cause: "unable to get issuer certificate"), "certificate_untrusted"),
        (.notYetValid(notBefore: time), "certificate_not_yet_valid"),
        (.expired(notAfter: time), "certificate_expired"),
        (.revoked(subject: "A"), "certificate_revoked"),
        (.blocked(thumbprint: "ab"), "certificate_blocked"),
        (.revocationUnknown("there is no list"), "certificate_revocation_unknown"),
        (.policy(["1.2.3"]), "certificate_policy"),
        (.keyUsage([]), "certificate_key_usage"),
        (.extendedKeyUsage(["1.2.3"]), "certificate_extended_key_usage"),
        (.criticalExtension(["1.2.3"]), "certificate_critical_extension"),
        (.weakKey("an RSA modulus of 1024 bits"), "certificate_weak_key"),
        (.organisationNumber(.missing), "certificate_organisation_number"),
        (.organisationNumber(.several(["a", "b"])), "certificate_organisation_number"),
        (.organisationNumber(.form("a")), "certificate_organisation_number"),
        (.organisationNumber(.checkDigit("a")), "certificate_organisation_number"),
        (.subject(.missing("commonName")), "certificate_subject"),
        (.subject(.several("commonName", ["a", "b"])), "certificate_subject"),
        (.subject(.form("organizationIdentifier", "a")), "certificate_subject"),
    ]

    @Test(arguments: all)
    func `each cause has its reason, and words that say what to mend`(rejection: CertificateRejection, reason: String) {
        #expect(rejection.reason == reason)
        let words = rejection.explanation
        #expect(words.first?.isLowercase == true)
        #expect(words.last != ".")
        #expect(words.count > 20)
    }

    @Test func `the table of reasons is complete`() {
        #expect(Set(Self.all.map(\.1)) == Set(CertificateRejection.reasons))
        #expect(Set(CertificateRejection.reasons).count == CertificateRejection.reasons.count)
    }

    @Test func `details hold the facts that the words speak of`() {
        #expect(CertificateRejection.expired(notAfter: Self.time).details == ["not_after": ["2023-11-14T22:13:20Z"]])
        #expect(CertificateRejection.policy(["1.2.3", "1.2.4"]).details == ["policies": ["1.2.3", "1.2.4"]])
        #expect(CertificateRejection.untrusted(issuer: "CA", cause: "x").details == ["issuer": ["CA"]])
        #expect(CertificateRejection.organisationNumber(.form("NTRSE-1")).details == ["received": ["NTRSE-1"]])
        #expect(CertificateRejection.selfSigned.details == [:])
    }
}
