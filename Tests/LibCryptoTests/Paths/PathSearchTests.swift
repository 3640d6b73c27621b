import Testing
import Vocabulary

@testable import LibCrypto
@testable import TestAuthority

@Suite("The search for a path tries every candidate issuer (RFC 4158)")
struct PathSearchTests {
    typealias Shop = PathWorkshop

    /// Layers of authorities, each of which all of the next layer have certified; the last layer by the root.
    private struct Mesh {
        let root: Shop.Entity
        var layers: [[Shop.Entity]] = []
        var certificates: [Certificate] = []
        var anchor: Certificate
        var leaf: Certificate

        /// A mesh in which an authority has so many copies of each certificate, the root signs what names it or does not,
        /// and `form` says what is unusual about the certificate of an authority of a layer (1 is the leaf's issuers).
        init(
            depth: Int,
            width: Int,
            copies: Int = 1,
            signs: Bool = true,
            form: (_ layer: Int, _ subject: Int, _ issuer: Int, inout Shop.Form) throws -> Void = { _, _, _, _ in }
        ) throws {
            root = try Shop.Entity("Root")
            anchor = try Shop.certificate(root, by: root)
            // One name for a layer, so that only the signature tells who issued; other keys.
            for layer in 1...depth { layers.append(try (0..<width).map { _ in try Shop.Entity("Layer \(layer)") }) }
            for layer in 1...depth {
                let issuers = layer == depth ? [root] : layers[layer]
                for (subjectIndex, subject) in layers[layer - 1].enumerated() {
                    for (issuerIndex, issuer) in issuers.enumerated() {
                        for copy in 0..<copies {
                            certificates.append(
                                try Shop.certificate(subject, by: issuer) {
                                    // The identifier of no key: there is no hint.
                                    $0.without = ["2.5.29.35"]
                                    $0.extensions = [try .authorityKeyIdentifier([UInt8(layer)])]
                                    $0.serial = .integer(copy + 1)
                                    try form(layer, subjectIndex, issuerIndex, &$0)
                                    if !signs, layer == depth { $0.signer = subject.key }
                                }
                            )
                        }
                    }
                }
            }
            leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: layers[0][0])
        }

        func search(_ change: (inout CertificatePathValidator.Options) -> Void = { _ in }) -> CertificatePathSearch {
            var options = CertificatePathValidator.Options()
            change(&options)
            return CertificatePathValidator(anchors: [anchor], options: options)
                .search(leaf, with: certificates, at: Shop.now)
        }
    }

    /// What a search ends with, and how many signatures it checked.
    private func outcome(_ search: CertificatePathSearch) -> (path: [Certificate], faults: Set<PathFault>, checks: Int)
    {
        var search = search
        do throws(PathRejection) {
            let path = try search.find()
            return (path, [], search.signatureChecks)
        } catch {
            return ([], Set(error.findings.map(\.fault)), search.signatureChecks)
        }
    }

    @Test(arguments: [1, 2, 5, 12])
    func `a mesh of cross-signed authorities is climbed to its root`(depth: Int) throws {
        let mesh = try Mesh(depth: depth, width: depth == 12 ? 3 : 4)
        let found = outcome(mesh.search())
        #expect(found.path.count == depth + 2)
        #expect(found.checks <= SignatureBudget.maximumChecks)
        for (certificate, issuer) in zip(found.path, found.path.dropFirst()) {
            #expect(certificate.issuer.rfc2253 == issuer.subject.rfc2253)
        }
    }

    @Test(
        arguments: [
            ("expired", .expired), ("not yet valid", .notYetValid), ("purpose", .purpose),
            ("name constraint", .nameConstraint), ("no authority", .notCertificationAuthority),
            ("no certificate signing", .notCertificationAuthority), ("critical", .criticalExtension),
            ("path length", .pathLength), ("malformed", .malformed),
        ] as [(String, PathFault)]
    )
    func `of two certificates of one authority the fit one is taken, alone the unfit one is the reason`(
        unfitness: String,
        fault: PathFault
    ) throws {
        let root = try Shop.Entity("Root")
        let upper = try Shop.Entity("Upper")
        let middle = try Shop.Entity("Middle")
        let anchor = try Shop.certificate(root, by: root)
        let above = try Shop.certificate(upper, by: root)
        let unfit = try Shop.certificate(middle, by: upper) { form in
            switch unfitness {
            case "expired": form.notAfter = Shop.now - 1
            case "not yet valid": form.notBefore = Shop.now + 1
            case "purpose": form.extensions = [try .extendedKeyUsage([.serverAuthentication])]
            case "name constraint": form.extensions = [try .nameConstraints(excluded: [.hostName("example.no")])]
            case "no authority":
                form.isAuthority = false
                form.usage = [.digitalSignature]
            case "no certificate signing": form.usage = [.crlSigning]
            case "critical":
                form.extensions = [
                    .init(identifier: try .known("1.3.6.1.4.1.32473.1"), isCritical: true, value: .null)
                ]
            case "malformed": form.serial = .integer(0)
            default: form.pathLength = 0
            }
        }
        let fit = try Shop.certificate(middle, by: upper)
        let low = try Shop.Entity("Low")
        let below = try Shop.certificate(low, by: middle)
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: low) {
            $0.extensions = [try .alternativeNames([.hostName("www.example.no")])]
        }
        func faults(_ middles: [Certificate]) -> Set<PathFault> {
            Shop.faults(leaf, middles + [below, above], anchors: [anchor]) { $0.purposes = [.clientAuthentication] }
        }
        #expect(faults([unfit, fit]) == [])
        #expect(faults([fit, unfit]) == [])
        #expect(faults([unfit]).contains(fault))
        #expect(faults([unfit]).isDisjoint(with: [.unknownIssuer, .signature, .searchLimit, .unspecified]))
    }

    @Test(arguments: ["1.2.840.10045.4.1", "1.2.840.10045.4.3.1"])
    func `a certificate signed with an unfit algorithm is passed over for another`(algorithm: String) throws {
        let root = try Shop.Entity("Root")
        let middle = try Shop.Entity("Middle")
        let anchor = try Shop.certificate(root, by: root)
        // ecdsa-with-SHA1 and ecdsa-with-SHA224, by their names alone.
        let unfit = try Shop.certificate(middle, by: root) {
            $0.algorithm = .sequence(try .identifier(.known(algorithm)))
        }
        let fit = try Shop.certificate(middle, by: root)
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: middle)
        #expect(unfit.signatureAlgorithm.dotted == algorithm)
        #expect(Shop.faults(leaf, [unfit, fit], anchors: [anchor]) == [])
        #expect(Shop.faults(leaf, [unfit], anchors: [anchor]).contains(.weakSignature))
    }

    @Test func `a choice that shows wrong only at the top is taken back at the bottom`() throws {
        let root = try Shop.Entity("Root")
        let other = try Shop.Entity("Other root")
        let upper = try Shop.Entity("Upper")
        let low = try Shop.Entity("Low")
        let anchors = [try Shop.certificate(root, by: root), try Shop.certificate(other, by: other)]
        // The constraint of `upper` does not bind the leaf, but the name of one of the two certificates of `low`.
        let constrained = try Shop.certificate(upper, by: root) {
            $0.extensions = [try .nameConstraints(excluded: [.hostName("low.example.no")])]
        }
        let named = try Shop.certificate(low, by: upper) {
            $0.extensions = [try .alternativeNames([.hostName("ca.low.example.no")])]
        }
        let away = try Shop.certificate(low, by: other)
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: low)
        #expect(Shop.faults(leaf, [named, constrained], anchors: anchors) == [.nameConstraint])
        #expect(Shop.faults(leaf, [named, constrained, away], anchors: anchors) == [])
        #expect(Shop.faults(leaf, [away, named, constrained], anchors: anchors) == [])
    }

    @Test func `policies are backtracked over too, though only the whole path shows them`() throws {
        let policy = try #require(OID(parsing: "1.3.6.1.4.1.32473.1.1"))
        let mesh = try Mesh(depth: 4, width: 2) { _, subject, issuer, form in
            if subject == 0, issuer == 0 { form.extensions.append(try .policies([policy])) }
        }
        var valid = mesh
        valid.leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: mesh.layers[0][0]) {
            $0.extensions = [try .policies([policy])]
        }
        let found = outcome(
            valid.search {
                $0.requiresExplicitPolicy = true
                $0.policies = [policy]
            }
        )
        #expect(found.path.count == 6)
        #expect(found.path.dropLast().allSatisfy { $0.policies == [policy] })
    }

    @Test func `a mesh of wrong signatures ends at 200 checks and says so`() throws {
        // The leaf's issuer has 300 certificates that name the root, and the root has signed none of them.
        let mesh = try Mesh(depth: 1, width: 1, copies: 300, signs: false)
        let search = mesh.search()
        let found = outcome(search)
        #expect(found.faults.contains(.searchLimit))
        #expect(found.checks == SignatureBudget.maximumChecks)
        var again = search
        #expect { try again.find() } throws: { error in
            (error as? PathRejection)?.description.contains("within 200 signature checks") == true
        }
    }

    @Test func `paths without number end at the bound of steps, with few signatures`() throws {
        // 3 to the power of 12 paths, every one of them without a policy.
        let mesh = try Mesh(depth: 12, width: 1, copies: 3)
        let found = outcome(mesh.search { $0.requiresExplicitPolicy = true })
        #expect(found.faults.contains(.searchLimit))
        // The best refusal stands beside it.
        #expect(found.faults.contains(.policy))
        #expect(found.checks <= 1 + 12 * 3)
    }

    @Test func `a mesh whose top is forged is given up when all its ends are known to be wrong`() throws {
        let mesh = try Mesh(depth: 12, width: 3, signs: false)
        let found = outcome(mesh.search())
        #expect(found.faults == [.signature])
        #expect(found.checks < SignatureBudget.maximumChecks)
    }

    @Test func `each signature is checked once`() throws {
        let mesh = try Mesh(depth: 3, width: 1)
        let found = outcome(mesh.search())
        #expect(found.path.count == 5)
        #expect(found.checks == 4)
    }

    @Test func `authorities that certified each other are no trap`() throws {
        let root = try Shop.Entity("Root")
        let cycle = try ["A", "B", "C"].map { try Shop.Entity($0) }
        var certificates: [Certificate] = []
        for subject in cycle {
            for issuer in cycle where issuer.key !== subject.key {
                certificates.append(try Shop.certificate(subject, by: issuer))
            }
        }
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: cycle[0])
        let anchor = try Shop.certificate(root, by: root)
        #expect(Shop.faults(leaf, certificates, anchors: [anchor]) == [.unknownIssuer])
        let entry = try Shop.certificate(cycle[2], by: root)
        #expect(Shop.faults(leaf, certificates + [entry], anchors: [anchor]) == [])
    }

    @Test func `the order in which certificates were sent means nothing`() throws {
        let mesh = try Mesh(depth: 4, width: 2)
        let validator = CertificatePathValidator(anchors: [mesh.anchor])
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20 {
            let shuffled = mesh.certificates.shuffled(using: &generator)
            #expect(try validator.validate(mesh.leaf, with: shuffled, at: Shop.now).count == 6)
        }
    }

    @Test func `key identifiers are a hint and exclude nobody`() throws {
        let root = try Shop.Entity("Root")
        let anchor = try Shop.certificate(root, by: root)
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: root) {
            $0.without = ["2.5.29.35"]
            $0.extensions = [try .authorityKeyIdentifier([1, 2, 3])]
        }
        #expect(Shop.faults(leaf, [], anchors: [anchor]) == [])
    }

    @Test func `self-issued certificates count for no limit`() throws {
        let root = try Shop.Entity("Root")
        let old = try Shop.Entity("Issuer")
        let new = Shop.Entity(name: old.name, key: try PrivateKey.generate(.ec(.p256)))
        let anchor = try Shop.certificate(root, by: root) { $0.pathLength = 1 }
        let first = try Shop.certificate(old, by: root) { $0.pathLength = 0 }
        let second = try Shop.certificate(new, by: old)
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: new)
        #expect(Shop.faults(leaf, [first, second], anchors: [anchor]) { $0.maximumIntermediates = 1 } == [])
        #expect(Shop.faults(leaf, [first, second], anchors: [anchor]) { $0.maximumIntermediates = 0 } == [.tooLong])
    }

    @Test func `the last and the first second of every certificate are within its validity`() throws {
        let root = try Shop.Entity("Root")
        let middle = try Shop.Entity("Middle")
        let ends = (Shop.now - 100, Shop.now + 100)
        func dated(_ form: inout Shop.Form) { (form.notBefore, form.notAfter) = ends }
        let anchor = try Shop.certificate(root, by: root)
        let issuing = try Shop.certificate(middle, by: root, dated)
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: middle, dated)
        func faults(_ time: Timestamp) -> Set<PathFault> { Shop.faults(leaf, [issuing], anchors: [anchor], at: time) }
        #expect(faults(ends.0) == [])
        #expect(faults(ends.1) == [])
        #expect(faults(ends.0 - 1) == [.notYetValid])
        #expect(faults(ends.1 + 1) == [.expired])
    }
}
