import LibCrypto
import Testing
import Vocabulary

@testable import TestAuthority

@Suite("Indirect revocation lists (RFC 5280 §5.2.5, §5.3.3)")
struct IndirectRevocationListTests {
    typealias Shop = PathWorkshop

    private let root: Shop.Entity
    private let middle: Shop.Entity
    private let clerk: Shop.Entity
    private let leaf: Certificate
    private let certificates: [Certificate]
    private let anchor: Certificate

    init() throws {
        root = try Shop.Entity("Root")
        middle = try Shop.Entity("Middle")
        clerk = try Shop.Entity("Clerk who keeps the lists")
        anchor = try Shop.certificate(root, by: root)
        let clerkName = try DERValue.directory(clerk.name)
        // The distribution point names no place, but who keeps the list.
        let point = CertificateTemplate.Extension(
            identifier: try .known("2.5.29.31"),
            isCritical: false,
            value: .sequence(.sequence(.tagged(2, [clerkName])))
        )
        leaf = try Shop.leaf(try Shop.Entity("Leaf"), by: middle) { $0.extensions = [point] }
        certificates = [try Shop.certificate(middle, by: root), try Shop.certificate(clerk, by: root)]
    }

    /// A list; an indirect one says of each entry whose certificate it is.
    private func list(
        by issuer: Shop.Entity,
        isIndirect: Bool,
        revoking revoked: [Certificate] = [],
        number: Int? = 1
    ) throws -> CertificateRevocationList {
        let signature = try Signature(key: issuer.key, hash: .sha256)
        var content: [DERValue] = [
            .integer(1), signature.algorithm, try CertificateTemplate.encoded(issuer.name), .time(Shop.now - 10),
            .time(Shop.now + 10),
        ]
        let whose = CertificateTemplate.Extension(
            identifier: try .known("2.5.29.29"),
            isCritical: true,
            value: .sequence(try .directory(middle.name))
        )
        let entries = try revoked.map {
            DERValue.sequence(
                .integer($0.serialNumber.bytes),
                .time(Shop.now - 10),
                .sequence(try whose.encoded())
            )
        }
        if !entries.isEmpty { content.append(.sequence(entries)) }
        var extensions = [try CertificateTemplate.Extension.authorityKeyIdentifier(issuer.key.publicKey.spkiDER)]
        if let number {
            extensions.append(.init(identifier: try .known("2.5.29.20"), isCritical: false, value: .integer(number)))
        }
        if isIndirect {
            let scope = DERValue.sequence(.tagged(4, content: [0xFF]))
            extensions.append(.init(identifier: try .known("2.5.29.28"), isCritical: true, value: scope))
        }
        content.append(.tagged(0, [.sequence(try extensions.map { try $0.encoded() })]))
        return try CertificateRevocationList(der: signature.seal(.sequence(content)))
    }

    private func faults(_ lists: [CertificateRevocationList]) -> Set<PathFault> {
        var options = CertificatePathValidator.Options()
        options.revocation = .allBelowAnchor
        let validator = CertificatePathValidator(anchors: [anchor], revocationLists: lists, options: options)
        do throws(PathRejection) {
            _ = try validator.validate(leaf, with: certificates, at: Shop.now)
            return []
        } catch {
            return Set(error.findings.map(\.fault))
        }
    }

    @Test func `a list of another issuer counts where the certificate names that issuer`() throws {
        let ofRoot = try list(by: root, isIndirect: false)
        #expect(faults([ofRoot]) == [.revocationListMissing])
        #expect(faults([ofRoot, try list(by: clerk, isIndirect: true)]) == [])
        #expect(faults([ofRoot, try list(by: clerk, isIndirect: true, revoking: [leaf])]) == [.revoked])
        // Without the mark it is a list of the clerk's own certificates.
        #expect(faults([ofRoot, try list(by: clerk, isIndirect: false)]) == [.revocationListMissing])
    }

    @Test func `a list without a number is none (RFC 5280 §5_2_3)`() throws {
        let ofRoot = try list(by: root, isIndirect: false, number: nil)
        #expect(faults([ofRoot, try list(by: clerk, isIndirect: true)]) == [.revocationListInvalid])
    }
}
