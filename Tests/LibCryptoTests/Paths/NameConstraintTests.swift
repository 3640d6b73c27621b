import LibCrypto
import Testing
import Vocabulary

@testable import TestAuthority

@Suite("Name constraints (RFC 5280 §4.2.1.10)")
struct NameConstraintTests {
    typealias Shop = PathWorkshop

    /// A constraint, names that it lets pass when permitted (and stops when excluded), and names for which it is the
    /// other way round.
    struct Form: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let constraint: @Sendable () throws -> DERValue
        let inside: @Sendable () throws -> [DERValue]
        let outside: @Sendable () throws -> [DERValue]
    }

    static let forms: [Form] = [
        Form(
            testDescription: "directoryName",
            constraint: { try .directory([(.countryName, "NO"), (.organizationName, "Prøve AS")]) },
            inside: { [try .directory([(.countryName, "NO"), (.organizationName, "prøve  as"), (.commonName, "A")])] },
            outside: { [try .directory([(.countryName, "NO"), (.organizationName, "Annen AS")])] }
        ),
        Form(
            testDescription: "dNSName",
            constraint: { .hostName("example.no") },
            inside: { ["example.no", "www.example.no", "A.B.EXAMPLE.NO", "*.example.no"].map(DERValue.hostName) },
            outside: { ["example.com", "anexample.no", "no"].map(DERValue.hostName) }
        ),
        Form(
            testDescription: "rfc822Name, a host",
            constraint: { .mailbox("example.no") },
            inside: { ["post@example.no", "\"a b\"@EXAMPLE.no"].map(DERValue.mailbox) },
            outside: { ["post@www.example.no", "post@example.com"].map(DERValue.mailbox) }
        ),
        Form(
            testDescription: "rfc822Name, a domain",
            constraint: { .mailbox(".example.no") },
            inside: { ["post@www.example.no"].map(DERValue.mailbox) },
            outside: { ["post@example.no"].map(DERValue.mailbox) }
        ),
        Form(
            testDescription: "rfc822Name, a mailbox",
            constraint: { .mailbox("post@example.no") },
            inside: { [.mailbox("post@example.no")] },
            outside: { ["other@example.no", "POST@example.no"].map(DERValue.mailbox) }
        ),
        Form(
            testDescription: "uniformResourceIdentifier, a host",
            constraint: { .address("example.no") },
            inside: { ["https://example.no/a", "https://example.no:8443"].map(DERValue.address) },
            outside: { ["https://www.example.no", "https://example.com/example.no"].map(DERValue.address) }
        ),
        Form(
            testDescription: "uniformResourceIdentifier, a domain",
            constraint: { .address(".example.no") },
            inside: { [.address("https://www.example.no/")] },
            outside: { [.address("https://example.no/")] }
        ),
        Form(
            testDescription: "iPAddress, IPv4",
            constraint: { .internetAddress([192, 0, 2, 0, 255, 255, 255, 128]) },
            inside: { [.internetAddress([192, 0, 2, 127])] },
            outside: { [.internetAddress([192, 0, 2, 128])] }
        ),
        Form(
            testDescription: "iPAddress, IPv6",
            constraint: {
                .internetAddress(
                    [0x20, 1, 0xD, 0xB8] + Array(repeating: 0, count: 12) + [255, 255, 255, 255]
                        + Array(repeating: 0, count: 12)
                )
            },
            inside: { [.internetAddress([0x20, 1, 0xD, 0xB8] + Array(repeating: 7, count: 12))] },
            outside: { [.internetAddress([0x20, 1, 0xD, 0xB9] + Array(repeating: 0, count: 12))] }
        ),
    ]

    /// The faults of a leaf with this alternative name below an authority with these constraints.
    private func faults(
        _ names: [DERValue],
        under constraints: CertificateTemplate.Extension,
        on isAnchor: Bool = false
    ) throws -> Set<PathFault> {
        let root = try Shop.Entity("Root")
        let middle = try Shop.Entity("Middle")
        let anchor = try Shop.certificate(root, by: root) { if isAnchor { $0.extensions = [constraints] } }
        let issuing = try Shop.certificate(middle, by: root) { $0.extensions = [constraints] }
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: isAnchor ? root : middle) {
            // Without a subject the alternative names are all there is, and critical.
            $0.subject = []
            $0.extensions = [try .alternativeNames(names, isCritical: true)]
        }
        return Shop.faults(leaf, [issuing], anchors: [anchor])
    }

    @Test(arguments: forms, [false, true])
    func `a permitted subtree lets pass what lies within it, an excluded one what does not`(
        form: Form,
        on anchor: Bool
    ) throws {
        let permitted = try CertificateTemplate.Extension.nameConstraints(permitted: [form.constraint()])
        let excluded = try CertificateTemplate.Extension.nameConstraints(excluded: [form.constraint()])
        for name in try form.inside() {
            #expect(try faults([name], under: permitted, on: anchor) == [], "\(name.bytes)")
            #expect(try faults([name], under: excluded, on: anchor) == [.nameConstraint], "\(name.bytes)")
        }
        for name in try form.outside() {
            #expect(try faults([name], under: permitted, on: anchor) == [.nameConstraint], "\(name.bytes)")
            #expect(try faults([name], under: excluded, on: anchor) == [], "\(name.bytes)")
        }
        // One name outside is enough, whatever stands beside it; names of other forms are free.
        #expect(try faults(form.inside() + form.outside(), under: permitted, on: anchor) == [.nameConstraint])
    }

    @Test func `a directory name binds the subject too`() throws {
        let constraint = try DERValue.directory([(.countryName, "NO")])
        let root = try Shop.Entity("Root")
        let anchor = try Shop.certificate(root, by: root) {
            $0.extensions = [try .nameConstraints(permitted: [constraint])]
        }
        func faults(_ subject: CertificateTemplate.Name) throws -> Set<PathFault> {
            let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: root) { $0.subject = subject }
            return Shop.faults(leaf, [], anchors: [anchor])
        }
        #expect(try faults([(.countryName, "NO"), (.commonName, "Leaf")]) == [])
        #expect(try faults([(.countryName, "SE"), (.commonName, "Leaf")]) == [.nameConstraint])
        #expect(try faults([(.commonName, "Leaf")]) == [.nameConstraint])
    }

    @Test func `a form that nobody here can compare is refused where a name has it`() throws {
        // registeredID 1.2.3.4
        let identifier = DERValue.tagged(8, content: [0x2A, 3, 4])
        let constraints = try CertificateTemplate.Extension.nameConstraints(permitted: [identifier])
        #expect(try faults([identifier], under: constraints) == [.nameConstraint])
        #expect(try faults([.hostName("example.no")], under: constraints) == [])
    }

    @Test func `a wildcard that covers an excluded host is refused (CVE-2025-61727)`() throws {
        let constraints = try CertificateTemplate.Extension.nameConstraints(excluded: [.hostName("www.Example.no")])
        #expect(try faults([.hostName("*.example.no")], under: constraints) == [.nameConstraint])
        #expect(try faults([.hostName("*.www.example.no")], under: constraints) == [.nameConstraint])
        #expect(try faults([.hostName("*.other.no"), .hostName("example.no")], under: constraints) == [])
        // A wildcard stands for one label.
        let deep = try CertificateTemplate.Extension.nameConstraints(excluded: [.hostName("a.www.example.no")])
        #expect(try faults([.hostName("*.example.no")], under: deep) == [])
    }

    @Test(
        arguments: [
            .hostName(".example.no"), .hostName("*.example.no"), .hostName("exa_mple.no"), .hostName("192.0.2.1"),
            .mailbox("a@b@example.no"), .mailbox("@example.no"), .address("https://example.no"), .address("192.0.2.1"),
            .internetAddress([192, 0, 2, 0]), .internetAddress([192, 0, 2, 0, 255, 0, 255, 0]),
            .internetAddress([192, 0, 2, 0, 255, 255, 253, 0]),
        ] as [DERValue]
    )
    func `malformed constraints are refused, whatever the names`(constraint: DERValue) throws {
        let name = [try DERValue.directory([(.commonName, "A")])]
        #expect(try faults(name, under: .nameConstraints(permitted: [constraint])).contains(.malformed))
        #expect(try faults(name, under: .nameConstraints(excluded: [constraint])).contains(.malformed))
    }

    @Test func `constraints are critical, not empty, without bounds, and an authority's`() throws {
        let name = [DERValue.hostName("www.example.no")]
        let constraint = DERValue.hostName("example.no")
        #expect(try faults(name, under: .nameConstraints(permitted: [constraint], isCritical: false)) == [.malformed])
        #expect(
            try faults(name, under: .nameConstraints(permitted: [constraint], isCritical: false), on: true)
                == [.malformed]
        )
        #expect(try faults(name, under: .nameConstraints()).contains(.malformed))
        let bounded = DERValue(encoded: constraint.bytes + DERValue.tagged(0, content: [1]).bytes)
        #expect(try faults(name, under: .nameConstraints(permitted: [bounded])).contains(.malformed))
        let root = try Shop.Entity("Root")
        let anchor = try Shop.certificate(root, by: root)
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: root) {
            $0.extensions = [try .nameConstraints(permitted: [constraint])]
        }
        #expect(Shop.faults(leaf, [], anchors: [anchor]) == [.malformed])
    }

    @Test func `self-issued intermediates are not bound, the leaf always is`() throws {
        let root = try Shop.Entity("Root")
        let old = try Shop.Entity("Issuer")
        let new = Shop.Entity(name: old.name, key: try PrivateKey.generate(.ec(.p256)))
        let anchor = try Shop.certificate(root, by: root)
        let first = try Shop.certificate(old, by: root) {
            $0.extensions = [try .nameConstraints(permitted: [.directory([(.countryName, "NO")])])]
        }
        let second = try Shop.certificate(new, by: old)
        func leaf(_ country: String) throws -> Certificate {
            try Shop.leaf(try Shop.Entity("Leaf"), by: new) { $0.subject = [(.countryName, country)] }
        }
        #expect(Shop.faults(try leaf("NO"), [first, second], anchors: [anchor]) == [])
        #expect(Shop.faults(try leaf("SE"), [first, second], anchors: [anchor]) == [.nameConstraint])
    }
}
