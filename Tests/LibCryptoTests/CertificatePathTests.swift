@testable import LibCrypto
import TestAuthority
import Testing
import Vocabulary

@Suite("Certificate paths (RFC 5280 §6)")
struct CertificatePathTests {
    typealias Options = CertificatePathValidator.Options

    let now = MintedCertificates.now
    let root: Certificate
    let issuing: Certificate
    let leaf: Certificate

    init() throws {
        root = try Certificate(der: MintedCertificates.authority.root.der)
        issuing = try Certificate(der: MintedCertificates.authority.issuing.der)
        leaf = try Certificate(der: MintedCertificates.leaf.der)
    }

    /// The faults of a validation, by depth; empty when it succeeds.
    private func faults(
        _ leaf: Certificate,
        _ change: (inout Options) -> Void = { _ in },
        lists: [[UInt8]] = [],
        at time: Timestamp? = nil
    ) throws -> [PathFault] {
        var options = Options()
        change(&options)
        let validator = CertificatePathValidator(
            anchors: [root],
            intermediates: [issuing],
            revocationLists: try lists.map { try CertificateRevocationList(der: $0) },
            options: options
        )
        do throws(PathRejection) {
            _ = try validator.validate(leaf, at: time ?? now)
            return []
        } catch {
            return error.findings.map(\.fault)
        }
    }

    @Test func `the path is given leaf first, anchor last`() throws {
        let known = CertificatePathValidator(anchors: [root], intermediates: [issuing])
        #expect(try known.validate(leaf, at: now) == [leaf, issuing, root])
        let sent = CertificatePathValidator(anchors: [root])
        #expect(try sent.validate(leaf, with: [root, issuing], at: now) == [leaf, issuing, root])
        let near = CertificatePathValidator(anchors: [issuing])
        #expect(try near.validate(leaf, at: now) == [leaf, issuing])
    }

    @Test func `every finding is gathered, not the first alone`() throws {
        let issued = try MintedCertificates.issue {
            $0.notAfter = now - 1
            $0.policies = []
            $0.extendedKeyUsage = [.serverAuthentication]
            $0.criticalExtensions = [try #require(OID(parsing: "1.3.6.1.4.1.32473.1"))]
        }
        let found = try faults(try Certificate(der: issued.der)) {
            $0.requiresExplicitPolicy = true
            $0.purposes = [.clientAuthentication]
            $0.revocation = .allBelowAnchor
        }
        #expect(Set(found) == [.expired, .policy, .purpose, .criticalExtension, .revocationListMissing])
    }

    @Test func `a finding names its place and certificate`() throws {
        let validator = CertificatePathValidator(anchors: [root], intermediates: [issuing])
        let late = issuing.notAfter + 1
        do throws(PathRejection) {
            _ = try validator.validate(leaf, at: late)
            Issue.record("accepted")
        } catch {
            let expired = error.findings.filter { $0.fault == .expired }
            #expect(expired.map(\.depth).sorted() == [0, 1])
            #expect(expired.first { $0.depth == 1 }?.subject == "Portvakt Demo Business CA (Commfides-like)")
            #expect(expired.first?.detail == "certificate has expired")
            #expect(error.contains(.expired))
            #expect(!error.contains(.policy))
        }
    }

    @Test func `without an issuer there is no path`() throws {
        let validator = CertificatePathValidator(anchors: [root])
        #expect { try validator.validate(leaf, at: now) } throws: { error in
            (error as? PathRejection)?.contains(.unknownIssuer) == true
        }
        let none = CertificatePathValidator(anchors: [])
        #expect { try none.validate(leaf, with: [issuing, root], at: now) } throws: { error in
            (error as? PathRejection)?.contains(.unknownIssuer) == true
        }
    }

    @Test func `a changed signature is found`() throws {
        var der = leaf.der
        der[der.count - 1] ^= 1
        #expect(try faults(try Certificate(der: der)) == [.signature])
    }

    @Test func `a path longer than allowed is refused`() throws {
        #expect(try faults(leaf, { $0.maximumIntermediates = 1 }) == [])
        #expect(try faults(leaf, { $0.maximumIntermediates = 0 }).contains(.tooLong))
    }

    @Test func `a leaf that issues has no place behind a path length of zero`() throws {
        let keys = try PrivateKey.generate(.ec(.p256))
        let authority = try MintedCertificates.issue {
            $0.key = keys
            $0.isCertificationAuthority = true
            $0.keyUsage = [.certificateSigning]
            $0.name = "Portvakt Demo Business CA (Commfides-like)"
        }
        let second = CertificateAuthority(
            .commfides,
            at: now,
            root: MintedCertificates.authority.root,
            issuing: CertificateAuthority.Party(der: authority.der, key: keys)
        )
        // It claims the issuing authority's name, not that of the certificate above: no path leads through it.
        let request = EnterpriseCertificateRequest(
            organisation: try OrganisationNumber(parsing: "310279323"),
            name: "Under",
            key: keys
        )
        let forged = try second.issue(request)
        let validator = CertificatePathValidator(anchors: [root], intermediates: [issuing])
        #expect(throws: PathRejection.self) {
            try validator.validate(
                try Certificate(der: forged.der),
                with: [try Certificate(der: authority.der)],
                at: now
            )
        }
    }

    @Test(
        arguments: [
            ([], true), ([OID.clientAuthentication], true), ([.serverAuthentication], false),
            ([.serverAuthentication, .clientAuthentication], true),
        ] as [([OID], Bool)]
    )
    func `a purpose is demanded only when given`(purposes: [OID], accepted: Bool) throws {
        #expect(try faults(leaf, { $0.purposes = purposes }) == (accepted ? [] : [.purpose]))
    }

    @Test func `a policy is demanded only when given, and anyPolicy of an issuer passes it on`() throws {
        let policy = try #require(OID(parsing: "2.16.578.1.29.913.210.1.0"))
        let other = try #require(OID(parsing: "2.16.578.1.29.913.200.1.0"))
        let without = try Certificate(der: MintedCertificates.issue { $0.policies = [] }.der)
        #expect(try faults(without) == [])
        #expect(try faults(without, { $0.requiresExplicitPolicy = true }) == [.policy])
        #expect(try faults(leaf, { $0.requiresExplicitPolicy = true }) == [])
        func wanting(_ wanted: Set<OID>) throws -> [PathFault] {
            try faults(leaf) {
                $0.requiresExplicitPolicy = true
                $0.policies = wanted
            }
        }
        #expect(try wanting([policy]) == [])
        #expect(try wanting([other]) == [.policy])
        #expect(try wanting([other, policy]) == [])
        let inhibited = try faults(leaf) {
            $0.requiresExplicitPolicy = true
            $0.inhibitsAnyPolicy = true
        }
        #expect(inhibited == [.policy])
    }

    @Test func `lists are demanded for leaf and intermediate, and not for the anchor`() throws {
        func list(_ role: CertificateAuthority.Role, _ revoked: [Certificate] = []) throws -> [UInt8] {
            try MintedCertificates.authority.revocationList(
                of: role,
                revoked: revoked.map { .init(serialNumber: $0.serialNumber, at: now - 10) },
                thisUpdate: now - 10,
                nextUpdate: now + 10
            )
        }
        func demanding(_ lists: [[UInt8]], at time: Timestamp? = nil) throws -> [PathFault] {
            try faults(leaf, { $0.revocation = .allBelowAnchor }, lists: lists, at: time)
        }
        #expect(try demanding([try list(.root), try list(.issuing)]) == [])
        #expect(try demanding([try list(.root)]) == [.revocationListMissing])
        #expect(try demanding([]) == [.revocationListMissing, .revocationListMissing])
        #expect(try demanding([try list(.root), try list(.issuing, [leaf])]) == [.revoked])
        #expect(try demanding([try list(.root, [issuing]), try list(.issuing)]) == [.revoked])
        // An anchor is trusted by decision; its own list does not end that.
        #expect(try demanding([try list(.root, [root]), try list(.issuing)]) == [])
        let lists = [try list(.root), try list(.issuing)]
        #expect(Set(try demanding(lists, at: now + 10)) == [.revocationListExpired])
        #expect(Set(try demanding(lists, at: now - 11)) == [.revocationListNotYetValid])
    }

    @Test func `every code of libcrypto's that such a path can have has a kind`() {
        // Unspecified, out of memory; proxies; the application's own; Suite B; names of servers; DANE; misuse; OCSP.
        let others: Set<Int32> = [
            1, 17, 38, 39, 40, 45, 50, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 69, 70, 71, 72, 73, 74, 75,
        ]
        let unspecified = (1...94 as ClosedRange<Int32>).filter { PathFault(code: $0) == .unspecified }
        #expect(Set(unspecified) == others)
    }

    @Test func `many threads may validate with one validator`() async throws {
        let validator = CertificatePathValidator(anchors: [root], intermediates: [issuing])
        let leaf = leaf
        let now = now
        var damaged = leaf.der
        damaged[damaged.count - 1] ^= 1
        let wrong = try Certificate(der: damaged)
        let accepted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 {
                group.addTask { (try? validator.validate(leaf, at: now)) != nil }
                group.addTask { (try? validator.validate(wrong, at: now)) == nil }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(accepted == 128)
    }
}
