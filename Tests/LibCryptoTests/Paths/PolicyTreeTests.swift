import LibCrypto
import Testing
import Vocabulary

@testable import TestAuthority

@Suite("Certificate policies along a path (RFC 5280 §6.1)")
struct PolicyTreeTests {
    typealias Shop = PathWorkshop
    typealias Options = CertificatePathValidator.Options

    static let gold = OID(parsing: "1.3.6.1.4.1.32473.1.1") ?? .anyPolicy
    static let silver = OID(parsing: "1.3.6.1.4.1.32473.1.2") ?? .anyPolicy
    static let bronze = OID(parsing: "1.3.6.1.4.1.32473.1.3") ?? .anyPolicy

    /// The faults of a path root, one intermediate for each list of extensions, leaf.
    private func faults(
        _ intermediates: [[CertificateTemplate.Extension]],
        leaf policies: [OID],
        wanting: Set<OID> = [],
        _ change: (inout Options) -> Void = { $0.requiresExplicitPolicy = true }
    ) throws -> Set<PathFault> {
        var issuer = try Shop.Entity("Root")
        let anchor = try Shop.certificate(issuer, by: issuer)
        var certificates: [Certificate] = []
        for (index, extensions) in intermediates.enumerated() {
            let subject = try Shop.Entity("Authority \(index)")
            certificates.append(try Shop.certificate(subject, by: issuer) { $0.extensions = extensions })
            issuer = subject
        }
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: issuer) {
            if !policies.isEmpty { $0.extensions = [try .policies(policies)] }
        }
        return Shop.faults(leaf, certificates, anchors: [anchor]) {
            $0.policies = wanting
            change(&$0)
        }
    }

    @Test func `a policy must stand in every certificate of the path`() throws {
        let all = try CertificateTemplate.Extension.policies([Self.gold, Self.silver])
        #expect(try faults([[all]], leaf: [Self.gold]) == [])
        #expect(try faults([[all], [all]], leaf: [Self.gold], wanting: [Self.gold]) == [])
        #expect(try faults([[all], [all]], leaf: [Self.gold], wanting: [Self.silver]) == [.policy])
        #expect(try faults([[all], [.policies([Self.silver])]], leaf: [Self.gold]) == [.policy])
        #expect(try faults([[]], leaf: [Self.gold]) == [.policy])
        #expect(try faults([[all]], leaf: []) == [.policy])
        // Without the demand nothing has to be left (§6.1.5 g).
        #expect(try faults([[]], leaf: [Self.gold], wanting: [Self.gold], { _ in }) == [])
    }

    @Test func `anyPolicy stands for all, unless it is inhibited`() throws {
        let any = try CertificateTemplate.Extension.policies([.anyPolicy])
        #expect(try faults([[any], [any]], leaf: [Self.gold], wanting: [Self.gold]) == [])
        #expect(try faults([[any]], leaf: [.anyPolicy], wanting: [Self.gold]) == [])
        let inhibited = try faults([[any]], leaf: [Self.gold]) {
            $0.requiresExplicitPolicy = true
            $0.inhibitsAnyPolicy = true
        }
        #expect(inhibited == [.policy])
        // From the second certificate below on it counts for nothing (§4.2.1.14).
        let now = [any, try .inhibitAnyPolicy(0)]
        let later = [any, try .inhibitAnyPolicy(1)]
        #expect(try faults([now, [any]], leaf: [Self.gold]) == [.policy])
        #expect(try faults([later, [any]], leaf: [Self.gold]) == [])
        #expect(try faults([later, [any]], leaf: [.anyPolicy]) == [.policy])
    }

    @Test func `an issuer may demand a policy for those below it`() throws {
        let any = try CertificateTemplate.Extension.policies([.anyPolicy])
        func demanding(_ after: UInt8, leaf: [OID]) throws -> Set<PathFault> {
            try faults([[any, .policyConstraints(explicit: after)], [any]], leaf: leaf) { _ in }
        }
        #expect(try demanding(0, leaf: [Self.gold]) == [])
        #expect(try demanding(0, leaf: []) == [.policy])
        #expect(try demanding(1, leaf: []) == [.policy])
        // The demand begins below the leaf, where there is nothing.
        #expect(try demanding(5, leaf: []) == [])
    }

    @Test func `policies are mapped from the issuer's to the subject's, unless that is inhibited`() throws {
        let mapping: [CertificateTemplate.Extension] = [
            try .policies([Self.gold]), try .policyMappings([(Self.gold, Self.silver)]),
        ]
        #expect(try faults([mapping], leaf: [Self.silver], wanting: [Self.gold]) == [])
        #expect(try faults([mapping], leaf: [Self.silver], wanting: [Self.silver]) == [.policy])
        #expect(try faults([mapping], leaf: [Self.gold], wanting: [Self.gold]) == [.policy])
        #expect(try faults([mapping], leaf: [Self.bronze]) == [.policy])
        let inhibited = try faults([mapping], leaf: [Self.silver], wanting: [Self.gold]) {
            $0.requiresExplicitPolicy = true
            $0.inhibitsPolicyMapping = true
        }
        #expect(inhibited == [.policy])
        let forbidden: [CertificateTemplate.Extension] = [
            try .policies([Self.gold]), try .policyConstraints(mapping: 0),
        ]
        #expect(try faults([forbidden, mapping], leaf: [Self.silver], wanting: [Self.gold]) == [.policy])
        #expect(try faults([forbidden, [mapping[0]]], leaf: [Self.gold], wanting: [Self.gold]) == [])
    }

    @Test func `anyPolicy cannot be mapped, and no policy is given twice`() throws {
        let mapped: [CertificateTemplate.Extension] = [
            try .policies([.anyPolicy]), try .policyMappings([(.anyPolicy, Self.gold)]),
        ]
        #expect(try faults([mapped], leaf: [Self.gold]).contains(.policy))
        let any = try CertificateTemplate.Extension.policies([.anyPolicy])
        #expect(try faults([[any]], leaf: [Self.gold, Self.gold]).contains(.malformed))
    }
}
