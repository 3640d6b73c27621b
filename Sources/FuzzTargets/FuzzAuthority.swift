import EnterpriseCertificates
import LibCrypto
import Vocabulary

/// An authority whose private keys were thrown away once the seeds of the corpora had been issued.
///
/// So whatever else is accepted as a certificate of its is a fault.
struct FuzzAuthority: Sendable {
    /// The time at which everything is judged: 30 June 2026.
    static let now = Timestamp(seconds: 1_782_777_600)

    /// The authority; nil when its own certificates cannot be read, which the tests would see.
    static let shared = try? FuzzAuthority()

    /// Anchors and profile.
    let trust: TrustStore
    /// The issuing authority's certificate, which a chain may bring along or not.
    let issuing: TrustStore.File
    /// Judges chains without looking at revocation.
    let validator: EnterpriseCertificateValidator
    /// The organisation of every certificate that is sound.
    let organisation: OrganisationNumber

    /// The SHA-256 of every certificate that is sound and of its issuing.
    let leaves: Set<[UInt8]>

    private init() throws {
        guard let profile = BundledTrust.profile(for: .test) else { throw BrokenProperty("there is no profile") }
        issuing = TrustStore.File(name: "issuing.pem", contents: Array(Self.issuingPEM.utf8))
        trust = try TrustStore(files: [
            TrustStore.File(name: "root.pem", contents: Array(Self.rootPEM.utf8)), profile,
        ])
        validator = try EnterpriseCertificateValidator(trust: trust, revocation: .off)
        organisation = try OrganisationNumber(parsing: "991825827")
        leaves = Set(Self.thumbprints.map(Self.bytes))
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        stride(from: 0, to: hexadecimal.utf8.count, by: 2).compactMap { offset in
            UInt8(hexadecimal.dropFirst(offset).prefix(2), radix: 16)
        }
    }

    private static let thumbprints = [
        "a25e7994d4d1ea4b98488262abdea25abb0e7c211769779c8238ac6fd7b45f0c",
        "e5afecf0857bdb90ad82eb9ea66f060f3d84ed3358787446389f045217ecd9c8",
        "bdb64f8af4f8c39f0988124e04161061671f9cdc4f476bd545eb6b37c46f4b45",
    ]

    private static let rootPEM = """
        -----BEGIN CERTIFICATE-----
        MIIDjzCCAnegAwIBAgIUae2r+0jbZF1GvBm0qtX/L+g32TgwDQYJKoZIhvcNAQEL
        BQAwTjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1enogdGFyZ2V0cywgdHJ1c3Rl
        ZCBieSBub2JvZHkxFTATBgNVBAMMDEZ1enogUm9vdCBDQTAgFw0yNjAxMDEwMDAw
        MDBaGA8yMDU1MTIyNTAwMDAwMFowTjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1
        enogdGFyZ2V0cywgdHJ1c3RlZCBieSBub2JvZHkxFTATBgNVBAMMDEZ1enogUm9v
        dCBDQTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAOEqE5noSaWKy2d4
        9FX4jlUF6CQoY1OEYMXhdlkNWPqRgBEZ6l+zmRAUGD7Tk42pMSt5Kw/B3U2EcM/O
        jccKRZeJ92aESnJes7+Tijw0/pMgJZ7lV+YWM2+VbxpJrS9LVT5GRg3W+sAIXkpo
        zPFySZhlEo6xbCKiruLmsax2VYSlddxhtjtD8nBptQZnUKYqfi8DSNAXx9xOP7Cj
        GXTWqZcven5zCi+WgAZ1XHwFxGs/XA+YUqZlelTqwQLlKTd+H+GLF10iMxiAb2/a
        We7LI6+ncF5wfcJOgYSLtZs9Y8u1fPLsKob4u8uHsYoezf62TNSOCr1xLqAmw/Ha
        ElqfAN0CAwEAAaNjMGEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYw
        HQYDVR0OBBYEFP0jqrKqAjqFwSdEDzmBuB64NB7ZMB8GA1UdIwQYMBaAFP0jqrKq
        AjqFwSdEDzmBuB64NB7ZMA0GCSqGSIb3DQEBCwUAA4IBAQB9gAAakM6WT7fIXnkA
        5xUzqHdUhRQIh1D28cxjeUYGguh+F7I9eJxl9xkpcKvDvRDgTh/30h8pxV0KRcR6
        LREulHcba8TjSV3DCvYRBN9CGHjiQElovMqN5wOSanAQi2keL7nqDhU5ER6K5uam
        BgWebjMLQQnYGIjaghq7YFwTbKZDIHwI+Tfnc2V3C25kpH2jOT28bJxzIbZy5QXE
        uqTS3hpLkugTos+AHOtjBN6WRaU609fOuoAnL4C/J+NWV2Tb69a8GY1a+yeR1Kkl
        kr4Q7Ijx5Yaede959j+tjcH3uN6N0VktACZRPlHR/BGZrFYKjy5tjw9TnpxGls7u
        g4eI
        -----END CERTIFICATE-----
        """

    private static let issuingPEM = """
        -----BEGIN CERTIFICATE-----
        MIIDljCCAn6gAwIBAgIUarGsZb5CRXgGrxXchVL5aQT+5mowDQYJKoZIhvcNAQEL
        BQAwTjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1enogdGFyZ2V0cywgdHJ1c3Rl
        ZCBieSBub2JvZHkxFTATBgNVBAMMDEZ1enogUm9vdCBDQTAgFw0yNjAxMDEwMDAw
        MDBaGA8yMDU1MTIyNTAwMDAwMFowUjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1
        enogdGFyZ2V0cywgdHJ1c3RlZCBieSBub2JvZHkxGTAXBgNVBAMMEEZ1enogQnVz
        aW5lc3MgQ0EwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDaToHAUQJ6
        s07dZXZPs66ugNwP2F58jflDnRYbVZmNAF9Slewcmp7J2bmJdvJRkloyt79b8Jnv
        8ggOpnIwygtfwcTj2JlCfmAWWErkT6X5yL9GAG+hY+TDdMNJbKEKUtVEsHf7jnJ5
        MZYmJrq/XsAIbpx8wRrwcti8+hGUbakG7JR7GOt0BOMJSh41LX+ynt5lfccpTd7f
        pPStMEWl+fQiT6yP1DukpVSfF4TBknvedqIi3dLEUePDwwe0zOgZybh72266x8jM
        dxpQDLyx87Y0EL0x3qcUGk9iovTzGxP93MNA6CuZMYG/PlWsW4kthcaapK13VWkt
        ZzMtuFL4xfarAgMBAAGjZjBkMBIGA1UdEwEB/wQIMAYBAf8CAQAwDgYDVR0PAQH/
        BAQDAgEGMB0GA1UdDgQWBBRdGirqxyc9ZNBRLJa7WzyGAwDyGTAfBgNVHSMEGDAW
        gBT9I6qyqgI6hcEnRA85gbgeuDQe2TANBgkqhkiG9w0BAQsFAAOCAQEAKw56RgGE
        nh3FHZO+D7dOwza6Pi7BcWSIak1aLbEUgXz4J9qKw4tQePMgaVrI/q3Ut3phme9a
        0tzrd5F1UxhDU27RNV8ryyBzrRCGgVffFxpqEkDjCZ2gPaiiohMrPstjhwOUcTtE
        dkgDmtYTJ664AU57TVGIK8g0rYZBz15jKxHbN4OuooeH+S9sZtRGMmhFNBXW+363
        /wPkz4Zzxih9pQjm723M3GmbcCEW3buSwNIHCn70SNF46ESdZEJUGMRjfF938RHo
        mS4f6lAEnoRkbkXMZ5IYxQO8d7Y9S1bYcI8V6fL9CjzhUOxpYwJOqNkhuBouNsq+
        w29gEG2yHNd/ew==
        -----END CERTIFICATE-----
        """
}
