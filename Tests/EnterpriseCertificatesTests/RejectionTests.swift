import EnterpriseCertificates
import LibCrypto
import TestAuthority
import Testing
import Vocabulary

@Suite("What an enterprise certificate must be (DESIGN §6)")
struct RejectionTests {
    typealias Style = CertificateAuthority.Style

    @Test(arguments: Style.allCases)
    func `accepts an ordinary certificate and tells whose it is`(style: Style) throws {
        let issued = try Minted.issue(style)
        let validator = try EnterpriseCertificateValidator(trust: Minted.trust, revocation: .off)
        let accepted = try validator.validate(issued.chain, at: Minted.now)
        #expect(accepted.organisation == Minted.organisation)
        #expect(accepted.publicKey == Minted.key.publicKey)
        #expect(accepted.thumbprint == HashFunction.sha256.digest(issued.der))
        #expect(accepted.thumbprintHexadecimal.count == 64)
        #expect(accepted.serialNumber == (try Certificate(der: issued.der)).serialNumber.hexadecimal)
        #expect(accepted.notAfter == Minted.now + .days(3 * 365))
        #expect(accepted.revocationMode == .off)
    }

    @Test(arguments: Style.allCases)
    func `is valid from its first to its last second, both included (RFC 5280 §4.1.2.5)`(style: Style) throws {
        let first = Minted.now - 100
        let last = Minted.now + 100
        let issued = try Minted.issue(style) {
            $0.notBefore = first
            $0.notAfter = last
        }
        #expect(
            try Minted.verdict(on: issued.chain, at: first - 1).rejection == .notYetValid(notBefore: first)
        )
        #expect(try Minted.verdict(on: issued.chain, at: first).rejection == nil)
        #expect(try Minted.verdict(on: issued.chain, at: last).rejection == nil)
        #expect(try Minted.verdict(on: issued.chain, at: last + 1).rejection == .expired(notAfter: last))
    }

    @Test func `refuses a certificate whose issuer's own has expired, as a matter of trust`() throws {
        let end = Minted.now + 100
        let authority = try CertificateAuthority(.buypass, at: Minted.now, issuingNotAfter: end)
        let request = EnterpriseCertificateRequest(
            organisation: Minted.organisation,
            name: "Testvirksomhet",
            key: Minted.key
        )
        let chain = try authority.issue(request).chain
        let trust = try Minted.store([authority])
        #expect(try Minted.verdict(on: chain, under: trust, at: end).rejection == nil)
        let issuer = "Portvakt Demo Business CA (Buypass-like)"
        #expect(
            try Minted.verdict(on: chain, under: trust, at: end + 1).rejection
                == .untrusted(issuer: issuer, cause: "certificate has expired, at `\(issuer)`")
        )
    }

    @Test(arguments: [BundledTrust.prod, .test])
    func `refuses a certificate of another authority`(environment: BundledTrust) throws {
        let real = try TrustStore(files: BundledTrust.files(for: environment))
        let issued = try Minted.issue()
        #expect(try Minted.verdict(on: issued.chain, under: real).rejection?.reason == "certificate_untrusted")
        #expect(try Minted.verdict(on: [issued.der], under: real).rejection?.reason == "certificate_untrusted")
    }

    @Test func `refuses a certificate of an authority that has only the same names`() throws {
        let request = EnterpriseCertificateRequest(
            organisation: Minted.organisation,
            name: "Testvirksomhet",
            key: Minted.key
        )
        let issued = try Minted.impostor.issue(request)
        for chain in [[issued.der], issued.chain, issued.chain + [Minted.impostor.root.der]] {
            #expect(try Minted.verdict(on: chain).rejection?.reason == "certificate_untrusted")
        }
    }

    @Test(arguments: [true, false])
    func `refuses a self-signed certificate, whatever it says it is`(isAuthority: Bool) throws {
        let issued = try Minted.issue {
            $0.isSelfSigned = true
            $0.isCertificationAuthority = isAuthority
            if isAuthority { $0.keyUsage = [.digitalSignature, .certificateSigning] }
        }
        #expect(try Minted.verdict(on: issued.chain).rejection == .selfSigned)
    }

    @Test func `refuses the anchor itself and its intermediate as a leaf`() throws {
        #expect(try Minted.verdict(on: [Minted.buypass.root.der]).rejection == .selfSigned)
        #expect(
            try Minted.verdict(on: [Minted.buypass.issuing.der]).rejection
                == .certificationAuthority(subject: "Portvakt Demo Business CA (Buypass-like)")
        )
    }

    @Test func `refuses a leaf with the flag of an authority`() throws {
        let issued = try Minted.issue { $0.isCertificationAuthority = true }
        #expect(
            try Minted.verdict(on: issued.chain).rejection == .certificationAuthority(subject: "Testvirksomhet")
        )
    }

    @Test(
        arguments: [
            ([], []), ([.nonRepudiation], ["nonRepudiation"]),
            ([.keyEncipherment, .dataEncipherment], ["keyEncipherment", "dataEncipherment"]),
        ] as [(Certificate.KeyUsage, [String])]
    )
    func `refuses a certificate without digitalSignature`(usage: Certificate.KeyUsage, names: [String]) throws {
        let issued = try Minted.issue { $0.keyUsage = usage }
        #expect(try Minted.verdict(on: issued.chain).rejection == .keyUsage(names))
    }

    @Test(
        arguments: [
            (["1.3.6.1.5.5.7.3.2"], nil), (["2.5.29.37.0"], nil), (["1.3.6.1.5.5.7.3.1"], ["1.3.6.1.5.5.7.3.1"]),
            (["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"], nil),
        ] as [([String], [String]?)]
    )
    func `where there is an extended key usage, it must allow client authentication`(
        usages: [String],
        refused: [String]?
    ) throws {
        let issued = try Minted.issue { $0.extendedKeyUsage = usages.compactMap { OID(parsing: $0) } }
        let expected = refused.map { CertificateRejection.extendedKeyUsage($0) }
        #expect(try Minted.verdict(on: issued.chain).rejection == expected)
    }

    @Test(arguments: [
        // Buypass: soft and hard token; nothing beside or below them.
        (["2.16.578.1.26.1.3.2"], true), (["2.16.578.1.26.1.3.5"], true), (["2.16.578.1.26.1.3.1"], false),
        (["2.16.578.1.26.1.3.20"], false), (["2.16.578.1.26.1.3.2.1"], false), (["2.16.578.1.26.1.0.3.2"], false),
        // Commfides: authentication, NCP and LCP, in production and test.
        (["2.16.578.1.29.13.210.1.0"], true), (["2.16.578.1.29.13.310.1.2"], true),
        (["2.16.578.1.29.913.210.1.0"], true), (["2.16.578.1.29.913.310.1.1"], true),
        (["2.16.578.1.29.913.210.1"], false), (["2.16.578.1.29.913.210.2.0"], false),
        // Signing and encryption.
        (["2.16.578.1.29.913.200.1.0"], false), (["2.16.578.1.29.913.220.1.0"], false),
        (["2.16.578.1.29.913.300.1.0"], false),
        // SEID v1.
        (["2.16.578.1.29.13.1.1.0"], false), (["2.16.578.1.29.913.1.1.0"], false),
        // ETSI's class is no issuer's policy, and anyPolicy none at all.
        (["0.4.0.2042.1.1"], false), (["2.5.29.32.0"], false), ([], false),
        // One is enough, in any place.
        (["0.4.0.2042.1.1", "2.16.578.1.26.1.3.2"], true), (["2.5.29.32.0", "2.16.578.1.26.1.3.5"], true),
    ])
    func `a policy for authentication decides`(policies: [String], accepted: Bool) throws {
        let issued = try Minted.issue { $0.policies = policies.compactMap { OID(parsing: $0) } }
        let rejection = try Minted.verdict(on: issued.chain).rejection
        #expect(rejection == (accepted ? nil : .policy(policies)))
    }

    @Test func `the production profile takes no test twin`() throws {
        let trust = try Minted.store([Minted.buypass, Minted.commfides], profile: .prod)
        let twin = try Minted.issue(.commfides)
        #expect(
            try Minted.verdict(on: twin.chain, under: trust).rejection
                == .policy(["2.16.578.1.29.913.210.1.0", "0.4.0.2042.1.1"])
        )
        #expect(try Minted.verdict(on: Minted.issue().chain, under: trust).rejection == nil)
    }

    @Test func `refuses a critical extension that the profile does not have`() throws {
        let strange = try #require(OID(parsing: "1.3.6.1.4.1.32473.1"))
        let issued = try Minted.issue { $0.criticalExtensions = [strange] }
        #expect(
            try Minted.verdict(on: issued.chain).rejection
                == .criticalExtension(["2.5.29.15", "1.3.6.1.4.1.32473.1"])
        )
    }

    @Test func `refuses RSA of 1024 bits`() throws {
        let modulus = (0..<4).flatMap { HashFunction.sha256.digest([UInt8($0)]) }
        var odd = modulus
        odd[0] |= 0x80
        odd[127] |= 1
        let weak = try PublicKey(.rsa(modulus: odd, exponent: [1, 0, 1]))
        let issued = try Minted.issue { $0.publicKey = weak.spkiDER }
        #expect(
            try Minted.verdict(on: issued.chain).rejection
                == .weakKey("an RSA modulus of 1024 bits; from 2048 to 8192 are accepted")
        )
    }

    @Test func `refuses an RSA exponent of 3`() throws {
        guard case .rsa(let modulus, _) = Minted.key.publicKey.components else { return }
        let weak = try PublicKey(.rsa(modulus: modulus, exponent: [3]))
        let issued = try Minted.issue { $0.publicKey = weak.spkiDER }
        #expect(
            try Minted.verdict(on: issued.chain).rejection == .weakKey(KeyWeakness.exponent.description)
        )
    }

    @Test(arguments: [KeyKind.ec(.p256), .ec(.p384), .ec(.p521), .ed25519])
    func `takes keys on the curves of the profile and no others`(kind: KeyKind) throws {
        let issued = try Minted.issue { $0.key = try PrivateKey.generate(kind) }
        let expected: CertificateRejection? =
            kind == .ed25519 ? .weakKey("an Ed25519 key, which is not accepted") : nil
        #expect(try Minted.verdict(on: issued.chain).rejection == expected)
    }

    @Test func `an authority with keys on a curve issues certificates that are accepted`() throws {
        let keys = CertificateAuthority.KeySizes(authority: .ec(.p256), enterprise: .ec(.p256))
        // P-521 would fit SHA-512 better; any curve signs any digest.
        let authority = try CertificateAuthority(.commfides, keys: keys, at: Minted.now)
        let issued = try authority.issue(
            EnterpriseCertificateRequest(organisation: Minted.organisation, name: "Testvirksomhet")
        )
        #expect(issued.key?.kind == .ec(.p256))
        let trust = try Minted.store([authority])
        #expect(try Minted.verdict(on: issued.chain, under: trust).rejection == nil)
    }
}

@Suite("Chains as they are sent (RFC 7515 §4.1.6)")
struct ChainTests {
    let leaf: [UInt8]
    let issuing = Minted.buypass.issuing.der
    let root = Minted.buypass.root.der

    init() throws { leaf = try Minted.issue().der }

    @Test func `the leaf alone, the chain, and the chain in any order behind the leaf are accepted`() throws {
        for chain in [[leaf], [leaf, issuing], [leaf, issuing, root], [leaf, root, issuing], [leaf, root]] {
            #expect(try Minted.verdict(on: chain).rejection == nil)
        }
    }

    @Test func `an issuing authority that only the chain holds is used, and only under a trusted root`() throws {
        let roots = try Minted.store([Minted.buypass], withIntermediates: false)
        #expect(try Minted.verdict(on: [leaf], under: roots).rejection?.reason == "certificate_untrusted")
        #expect(try Minted.verdict(on: [leaf, issuing], under: roots).rejection == nil)
        let others = try Minted.store([Minted.commfides], withIntermediates: false)
        #expect(
            try Minted.verdict(on: [leaf, issuing, root], under: others).rejection?.reason == "certificate_untrusted"
        )
    }

    @Test func `the chain in reversed order is refused`() throws {
        #expect(
            try Minted.verdict(on: [issuing, leaf]).rejection
                == .certificationAuthority(subject: "Portvakt Demo Business CA (Buypass-like)")
        )
        #expect(try Minted.verdict(on: [root, issuing, leaf]).rejection == .selfSigned)
    }

    @Test func `two leaves are refused`() throws {
        let second = try Minted.issue(.commfides).der
        #expect(
            try Minted.verdict(on: [leaf, second]).rejection
                == .malformed("certificate 2 of 2 is no certification authority's")
        )
        #expect(
            try Minted.verdict(on: [leaf, issuing, second]).rejection
                == .malformed("certificate 3 of 3 is no certification authority's")
        )
    }

    @Test func `ten certificates are read and more refused unread`() throws {
        let ten = [leaf] + Array(repeating: issuing, count: 9)
        #expect(try Minted.verdict(on: ten).rejection == nil)
        #expect(
            try Minted.verdict(on: ten + [issuing]).rejection
                == .malformed("the chain has 11 certificates; 10 at most are read")
        )
        let hundred = [leaf] + Array(repeating: issuing, count: 99)
        #expect(
            try Minted.verdict(on: hundred).rejection
                == .malformed("the chain has 100 certificates; 10 at most are read")
        )
    }

    @Test func `no certificate, no DER and bytes behind the end are refused`() throws {
        #expect(try Minted.verdict(on: []).rejection == .malformed("the chain is empty"))
        #expect(
            try Minted.verdict(on: [Array("certificate".utf8)]).rejection
                == .malformed("certificate 1 of 1: it is not well-formed DER")
        )
        #expect(
            try Minted.verdict(on: [leaf + [0]]).rejection
                == .malformed("certificate 1 of 1: bytes follow the end of the structure")
        )
        #expect(
            try Minted.verdict(on: [leaf, []]).rejection
                == .malformed("certificate 2 of 2: it is not well-formed DER")
        )
    }
}
