import Testing
import Vocabulary

@testable import LibCrypto
@testable import TestAuthority

@Suite("A path for a stranger: no key is used that no anchor leads to")
struct ProvenIssuersTests {
    typealias Shop = PathWorkshop

    private func search(
        _ leaf: Certificate,
        with others: [Certificate],
        anchors: [Certificate],
        provesIssuersFirst: Bool = true
    ) -> CertificatePathSearch {
        var options = CertificatePathValidator.Options()
        options.provesIssuersFirst = provesIssuersFirst
        return CertificatePathValidator(anchors: anchors, options: options).search(leaf, with: others, at: Shop.now)
    }

    /// Authorities that all bear the anchor's name and certified each other, each its neighbour.
    private func ring(
        of size: Int,
        named root: Shop.Entity
    ) throws -> (first: Shop.Entity, certificates: [Certificate]) {
        let members = try (0..<size).map { _ in Shop.Entity(name: root.name, key: try PrivateKey.generate(.ec(.p384))) }
        return (
            members[0],
            try members.indices.map { try Shop.certificate(members[$0], by: members[($0 + 1) % size]) }
        )
    }

    @Test func `a ring of self-made namesakes of the anchor costs one check each`() throws {
        let root = try Shop.Entity("Root")
        let anchor = try Shop.certificate(root, by: root)
        let ring = try ring(of: 9, named: root)
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: ring.first)
        var proven = search(leaf, with: ring.certificates, anchors: [anchor])
        #expect(throws: PathRejection.self) { try proven.find() }
        #expect(proven.signatureChecks == 10)
        // What it would cost else, so that the ring is one worth the name.
        var unproven = search(leaf, with: ring.certificates, anchors: [anchor], provesIssuersFirst: false)
        #expect(throws: PathRejection.self) { try unproven.find() }
        #expect(unproven.signatureChecks > proven.signatureChecks)
    }

    @Test(arguments: [1, 3, 6])
    func `a real chain is found among self-made namesakes`(length: Int) throws {
        let root = try Shop.Entity("Root")
        let anchor = try Shop.certificate(root, by: root)
        var issuer = root
        var chain: [Certificate] = []
        for number in 1...length {
            let next = try Shop.Entity("Issuer \(number)")
            chain.append(try Shop.certificate(next, by: issuer))
            issuer = next
        }
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: issuer)
        for others in [chain, chain.reversed()] {
            var search = search(leaf, with: try ring(of: 3, named: root).certificates + others, anchors: [anchor])
            #expect(try search.find().count == length + 2)
        }
    }

    @Test func `what is wrong is told as it is else`() throws {
        let root = try Shop.Entity("Root")
        let anchor = try Shop.certificate(root, by: root)
        let upper = try Shop.Entity("Upper")
        let low = try Shop.Entity("Low")
        let above = try Shop.certificate(upper, by: root)
        let forged = try Shop.certificate(upper, by: root) { $0.signer = upper.key }
        let below = try Shop.certificate(low, by: upper)
        let expired = try Shop.certificate(low, by: upper) { $0.notAfter = Shop.now - 1 }
        let leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: low)
        let forgedLeaf = try Shop.leaf(try Shop.Entity("Leaf"), by: Shop.Entity(name: low.name, key: upper.key))
        for (subject, others) in [
            (leaf, [above, expired]), (leaf, [forged, below]), (leaf, [forged, expired]), (leaf, [below]), (leaf, []),
            (forgedLeaf, [above, below]), (forgedLeaf, [forged, below]),
        ] {
            let told = Set(
                [true, false].map { provesIssuersFirst in
                    var search = search(
                        subject,
                        with: others,
                        anchors: [anchor],
                        provesIssuersFirst: provesIssuersFirst
                    )
                    do throws(PathRejection) {
                        _ = try search.find()
                        return [PathFault]()
                    } catch {
                        return error.findings.map(\.fault)
                    }
                }
            )
            #expect(told.count == 1)
            #expect(told.first?.isEmpty == false)
        }
    }
}
