import LibCrypto
import Testing
import Vocabulary

@testable import TestAuthority

@Suite("The form of certificates on a path (RFC 5280 §4)")
struct CertificateFormTests {
    typealias Shop = PathWorkshop

    private let root: Shop.Entity
    private let anchor: Certificate

    init() throws {
        root = try Shop.Entity("Root")
        anchor = try Shop.certificate(root, by: root)
    }

    /// The faults of a leaf, and of an intermediate above a plain leaf, with the same unusual form.
    private func faults(_ change: (inout Shop.Form) throws -> Void) throws -> [Set<PathFault>] {
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: root, change)
        let middle = try Shop.Entity("Middle")
        let issuing = try Shop.certificate(middle, by: root, change)
        let plain = try Shop.leaf(try Shop.Entity("Leaf"), by: middle)
        return [Shop.faults(leaf, [], anchors: [anchor]), Shop.faults(plain, [issuing], anchors: [anchor])]
    }

    @Test(
        arguments: [
            (DERValue.integer(0), false), (.integer(1), true), (DERValue(encoded: [2, 1, 0xFF]), false),
            (.integer([0x7F] + Array(repeating: 0xFF, count: 19)), true),
            (.integer([0x80] + Array(repeating: 0, count: 19)), false),
            (.integer([1] + Array(repeating: 0, count: 20)), false),
        ] as [(DERValue, Bool)]
    )
    func `§4_1_2_2: a serial number is positive and of at most 20 octets`(serial: DERValue, accepted: Bool) throws {
        for found in try faults({ $0.serial = serial }) { #expect(found == (accepted ? [] : [.malformed])) }
    }

    @Test func `§4_1_2_1: extensions stand in version 3 only, and there is no version 4`() throws {
        for found in try faults({ $0.version = 0 }) { #expect(found.contains(.malformed)) }
        for found in try faults({ $0.version = 1 }) { #expect(found.contains(.malformed)) }
        for found in try faults({ $0.version = 3 }) { #expect(found == [.malformed]) }
    }

    @Test func `§4_1_1_2: the algorithm beside the signature is the one inside it`() throws {
        let other = DERValue.sequence(try .identifier(.known("1.2.840.10045.4.3.4")))
        for found in try faults({ $0.outerAlgorithm = other }) {
            #expect(!found.isDisjoint(with: [.malformed, .signature]))
        }
    }

    @Test func `§4_2: no extension twice, known or unknown`() throws {
        let unknown = CertificateTemplate.Extension(
            identifier: try .known("1.3.6.1.4.1.32473.1"),
            isCritical: false,
            value: .null
        )
        for found in try faults({ $0.extensions = [unknown, unknown] }) { #expect(found == [.malformed]) }
        for found in try faults({ $0.extensions = [unknown] }) { #expect(found == []) }
        #expect(throws: CertificateError.extensionMalformed(.keyUsage)) {
            try Shop.leaf(root, by: root) { $0.extensions = [.keyUsage([.digitalSignature])] }
        }
    }

    @Test func `§4_2_1_12: an extended key usage names a purpose`() throws {
        for found in try faults({ $0.extensions = [try .extendedKeyUsage([])] }) { #expect(found == [.malformed]) }
    }

    @Test func `§4_2_1_11, §4_2_1_14: constraints on policies are critical`() throws {
        for isCritical in [true, false] {
            let expected: Set<PathFault> = isCritical ? [] : [.malformed]
            let root = try Shop.Entity("Root")
            let middle = try Shop.Entity("Middle")
            let anchor = try Shop.certificate(root, by: root)
            let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: middle)
            for constraint in [
                try CertificateTemplate.Extension.policyConstraints(explicit: 5, isCritical: isCritical),
                try .inhibitAnyPolicy(1, isCritical: isCritical),
            ] {
                let issuing = try Shop.certificate(middle, by: root) { $0.extensions = [constraint] }
                #expect(Shop.faults(leaf, [issuing], anchors: [anchor]) == expected)
            }
            // Beside policies the mark may be missing, and the constraint binds all the same (§4.2).
            let demanding = try Shop.certificate(middle, by: root) {
                $0.extensions = [
                    try .policies([.anyPolicy]), try .policyConstraints(explicit: 0, isCritical: isCritical),
                ]
            }
            #expect(Shop.faults(leaf, [demanding], anchors: [anchor]) == [.policy])
        }
    }

    @Test func `§4_2_1_9: an issuer is a certification authority and says so critically`() throws {
        let middle = try Shop.Entity("Middle")
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: middle)
        let silent = try Shop.certificate(middle, by: root) { $0.without = ["2.5.29.19"] }
        #expect(Shop.faults(leaf, [silent], anchors: [anchor]).contains(.notCertificationAuthority))
        let soft = try Shop.certificate(middle, by: root) {
            $0.without = ["2.5.29.19"]
            $0.extensions = [.basicConstraints(isAuthority: true, isCritical: false)]
        }
        #expect(Shop.faults(leaf, [soft], anchors: [anchor]) == [.malformed])
    }

    @Test func `§4_2_2_1: where to find more is never critical`() throws {
        let access = try CertificateTemplate.Extension.authorityInformation(ocsp: nil, issuer: "http://a.example.no/")
        let critical = CertificateTemplate.Extension(
            identifier: access.identifier,
            isCritical: true,
            value: access.value
        )
        for found in try faults({ $0.extensions = [critical] }) { #expect(found.contains(.malformed)) }
        for found in try faults({ $0.extensions = [access] }) { #expect(found == []) }
    }

    @Test(
        arguments: [
            (.hostName("www.example.no"), true), (.hostName("*.example.no"), true), (.hostName("localhost"), true),
            (.hostName(".example.no"), false), (.hostName("example.no."), false),
            (.hostName("foo_bar.example.no"), false),
            (.hostName("-a.example.no"), false), (.hostName("a*.example.no"), false), (.hostName("*"), false),
            (.hostName("8.8.8.8"), false), (.hostName(""), false), (.hostName(" "), false), (.hostName("a..no"), false),
            (.hostName(String(repeating: "a", count: 63) + ".no"), true),
            (.hostName(String(repeating: "a", count: 64) + ".no"), false),
            (.mailbox("post@example.no"), true), (.mailbox("a.b+c@example.no"), true),
            (.mailbox("a@[192.0.2.1]"), true),
            (.mailbox("\"a@b\"@example.no"), true), (.mailbox("a@b@example.no"), false),
            (.mailbox("example.no"), false),
            (.mailbox("@example.no"), false), (.mailbox(".a@example.no"), false), (.mailbox("a@.example.no"), false),
            (.address("https://example.no/a?b#c"), true), (.address("urn:altinn:org"), true),
            (.address("/relative"), false), (.address("example.no"), false), (.address("https://a b/"), false),
            (.internetAddress([192, 0, 2, 1]), true), (.internetAddress(Array(repeating: 1, count: 16)), true),
            (.internetAddress([192, 0, 2]), false), (.internetAddress([192, 0, 2, 0, 255, 255, 255, 0]), false),
        ] as [(DERValue, Bool)]
    )
    func `§4_2_1_6: alternative names are of their syntax`(name: DERValue, accepted: Bool) throws {
        for found in try faults({ $0.extensions = [try .alternativeNames([name])] }) {
            #expect(found == (accepted ? [] : [.malformed]), "\(name.bytes)")
        }
    }

    @Test func `§4_2_1_3: an anchor need not say that it signs lists or certificates, an intermediate must`() throws {
        let silent = try Shop.certificate(root, by: root) { $0.usage = nil }
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: root)
        #expect(Shop.faults(leaf, [], anchors: [silent]) == [])
        let middle = try Shop.Entity("Middle")
        let issuing = try Shop.certificate(middle, by: root) { $0.usage = nil }
        let below = try Shop.leaf(try Shop.Entity("Leaf"), by: middle)
        #expect(Shop.faults(below, [issuing], anchors: [anchor]) == [.malformed])
    }

    @Test func `keys that are too small or of other curves issue nothing`() throws {
        let weak = Shop.Entity(name: [(.commonName, "Weak")], key: try PrivateKey.generate(.rsa(bits: 2048)))
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: weak)
        let fit = try Shop.certificate(weak, by: root)
        #expect(Shop.faults(leaf, [fit], anchors: [anchor]) == [])
    }
}
