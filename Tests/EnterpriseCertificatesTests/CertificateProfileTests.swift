import EnterpriseCertificates
import LibCrypto
import Testing

@Suite("The profile file")
struct CertificateProfileTests {
    static let good = """
        name: example
        policies:
          - 1.2.3.4
          - 1.2.5.*
        seid_v1_policies: [1.2.6]
        key_usage: [digitalSignature, keyEncipherment]
        extended_key_usage: []
        critical_extensions: [2.5.29.15]
        minimum_rsa_bits: 3072
        maximum_rsa_bits: 4096
        curves: [P-256, P-384]
        maximum_intermediates: 1

        """

    static func faults(_ yaml: String) -> [String] {
        do {
            _ = try CertificateProfile(yaml: yaml)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test func `every key is read`() throws {
        let profile = try CertificateProfile(yaml: Self.good)
        #expect(profile.name == "example")
        #expect(profile.policies.map(\.description) == ["1.2.3.4", "1.2.5.*"])
        #expect(profile.seidVersion1Policies.map(\.description) == ["1.2.6"])
        #expect(profile.keyUsage == [.digitalSignature, .keyEncipherment])
        #expect(profile.extendedKeyUsage == [])
        #expect(profile.criticalExtensions == [.keyUsage])
        #expect(profile.minimumRSABits == 3072)
        #expect(profile.maximumRSABits == 4096)
        #expect(profile.curves == [.p256, .p384])
        #expect(profile.maximumIntermediates == 1)
    }

    @Test func `an unknown key is refused with its line and the known ones`() {
        let faults = Self.faults(Self.good + "policy: [1.2.3]\n")
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix("profile.yaml:13: unknown key `policy`; known are `name`, `policies`,") == true)
    }

    @Test(arguments: [
        ("name", "name: example\n"), ("seid_v1_policies", "seid_v1_policies: [1.2.6]\n"),
        ("minimum_rsa_bits", "minimum_rsa_bits: 3072\n"), ("curves", "curves: [P-256, P-384]\n"),
        ("critical_extensions", "critical_extensions: [2.5.29.15]\n"),
    ])
    func `a missing key is a fault`(key: String, line: String) {
        let yaml = Self.good.replacing(line, with: "")
        #expect(Self.faults(yaml) == ["profile.yaml: `\(key)` is missing"])
    }

    @Test(arguments: [
        ("- 1.2.3.4", "- one", "profile.yaml:3: `one` is not an object identifier, which may end in `.*`"),
        ("- 1.2.3.4", "- 1.2.*.4", "profile.yaml:3: `1.2.*.4` is not an object identifier, which may end in `.*`"),
        ("- 1.2.3.4", "- [1.2]", "profile.yaml:3: `?` is not an object identifier, which may end in `.*`"),
        (
            "[digitalSignature, keyEncipherment]", "[signing]",
            "profile.yaml:6: `signing` is not a key usage such as `digitalSignature`"
        ),
        (
            "[digitalSignature, keyEncipherment]", "[keyEncipherment]",
            "profile.yaml:6: `key_usage` must have `digitalSignature`: others do not authenticate"
        ),
        ("[2.5.29.15]", "all", "profile.yaml:8: a list is expected"),
        ("3072", "1024", "profile.yaml:9: `1024` is not a whole number from 2048 to 16384"),
        ("3072", "many", "profile.yaml:9: `many` is not a whole number from 2048 to 16384"),
        ("P-384", "secp256k1", "profile.yaml:11: `secp256k1` is not a curve such as `P-256`"),
        ("intermediates: 1", "intermediates: 11", "profile.yaml:12: `11` is not a whole number from 0 to 10"),
    ])
    func `a wrong value is refused with its line`(right: String, wrong: String, fault: String) {
        #expect(Self.faults(Self.good.replacing(right, with: wrong)) == [fault])
    }

    @Test func `all faults are reported together`() {
        let yaml = Self.good.replacing("3072", with: "1").replacing("P-384", with: "P-1")
            .replacing("name: example\n", with: "")
        #expect(
            Set(Self.faults(yaml)) == [
                "profile.yaml: `name` is missing",
                "profile.yaml:8: `1` is not a whole number from 2048 to 16384",
                "profile.yaml:10: `P-1` is not a curve such as `P-256`",
            ]
        )
    }

    @Test func `no policies at all are refused`() {
        let yaml = Self.good.replacing("policies:\n  - 1.2.3.4\n  - 1.2.5.*\n", with: "policies: []\n")
        #expect(Self.faults(yaml) == ["profile.yaml:2: `policies` is empty: no certificate could be accepted"])
    }

    @Test(arguments: ["", "- 1\n", "text", "a: [", "name: a\nname: b\n"])
    func `what is no mapping of keys is refused`(yaml: String) {
        #expect(!Self.faults(yaml).isEmpty)
    }

    @Test(arguments: [
        ("1.2.3", "1.2.3", true), ("1.2.3", "1.2.3.4", false), ("1.2.3", "1.2.30", false), ("1.2.*", "1.2.3", true),
        ("1.2.*", "1.2.3.4", true), ("1.2.*", "1.2", false), ("1.2.*", "1.20.3", false),
    ])
    func `a pattern ends at an arc`(pattern: String, policy: String, matches: Bool) throws {
        let pattern = try #require(PolicyPattern(parsing: pattern))
        #expect(pattern.matches(try #require(OID(parsing: policy))) == matches)
    }

    @Test(arguments: ["", "*", ".*", "1.*", "1", "1..2", "1.2.", "1.2.**", "1.02", "3.1", "1.40", "a.b", "1.2 "])
    func `other texts are no pattern`(text: String) {
        #expect(PolicyPattern(parsing: text) == nil)
    }
}
