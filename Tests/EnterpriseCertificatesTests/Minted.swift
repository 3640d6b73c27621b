import EnterpriseCertificates
import LibCrypto
import Synchronization
import TestAuthority
import Testing
import Vocabulary

/// Authorities, certificates and trust that are minted for the tests of this target, most of them once.
enum Minted {
    /// 2026-11-22T12:00:00Z.
    static let now = Timestamp(seconds: 1_795_348_800)
    static let organisation = made { try OrganisationNumber(parsing: "310279323") }

    static let buypass = made { try CertificateAuthority(.buypass, at: now) }
    static let commfides = made { try CertificateAuthority(.commfides, at: now) }
    static let european = made { try CertificateAuthority(.european, at: now) }
    /// Has the same names as `buypass`, and other keys.
    static let impostor = made { try CertificateAuthority(.buypass, at: now) }

    static let key = made { try PrivateKey.generate(.rsa(bits: 2048)) }

    /// Trust in both authorities, under the profile of test.
    static let trust = made { try store([buypass, commfides]) }

    /// Test material that cannot be made is a broken test run.
    private static func made<Value>(_ make: () throws -> Value) -> Value {
        do { return try make() } catch { preconditionFailure("test material: \(error)") }
    }

    static func authority(_ style: CertificateAuthority.Style) -> CertificateAuthority {
        switch style {
        case .buypass: buypass
        case .commfides: commfides
        case .european: european
        }
    }

    static func store(
        _ authorities: [CertificateAuthority],
        withIntermediates: Bool = true,
        lists: [[UInt8]] = [],
        profile: BundledTrust = .test
    ) throws -> TrustStore {
        var files = [try #require(BundledTrust.profile(for: profile))]
        for (index, authority) in authorities.enumerated() {
            files.append(TrustStore.File(name: "root\(index).pem", contents: Array(authority.root.pem.utf8)))
            if withIntermediates {
                files.append(TrustStore.File(name: "issuing\(index).cer", contents: authority.issuing.der))
            }
        }
        for (index, list) in lists.enumerated() {
            files.append(TrustStore.File(name: "crl/\(index).crl", contents: list))
        }
        return try TrustStore(files: files)
    }

    /// An ordinary certificate, changed as the test wants.
    static func issue(
        _ style: CertificateAuthority.Style = .buypass,
        _ change: (inout EnterpriseCertificateRequest) throws -> Void = { _ in }
    ) throws -> IssuedCertificate {
        var request = EnterpriseCertificateRequest(organisation: organisation, name: "Testvirksomhet", key: key)
        try change(&request)
        return try authority(style).issue(request)
    }

    /// What the validator says to a chain under this trust, without revocation.
    static func verdict(
        on chain: [[UInt8]],
        under trust: TrustStore = trust,
        at time: Timestamp = now
    ) throws -> Result<OrganisationNumber, CertificateRejection> {
        let validator = try EnterpriseCertificateValidator(trust: trust, revocation: .off)
        return Result { () throws(CertificateRejection) in try validator.validate(chain, at: time).organisation }
    }
}

/// Trust that a test changes while a validator uses it.
final class ChangingTrust: TrustSource {
    private let store: Mutex<TrustStore>

    init(_ store: TrustStore) { self.store = Mutex(store) }

    var current: TrustStore {
        get { store.withLock { $0 } }
        set { store.withLock { $0 = newValue } }
    }
}

extension Result where Failure == CertificateRejection {
    var rejection: CertificateRejection? {
        if case .failure(let rejection) = self { rejection } else { nil }
    }
}
