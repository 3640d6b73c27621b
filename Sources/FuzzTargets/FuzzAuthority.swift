import EnterpriseCertificates
import LibCrypto
import Vocabulary

/// An authority whose private keys were thrown away once the seeds of the corpora had been issued.
///
/// So whatever else is accepted as a certificate of its is a fault.
struct FuzzAuthority: Sendable {
    /// The time at which everything is judged: 30 June 2026.
    static let now = Timestamp(seconds: 1_782_777_600)

    /// When the responder of the corpus answered.
    static let answered = Timestamp(seconds: 1_767_225_600)

    /// The authority; nil when its own certificates cannot be read, which the tests would see.
    static let shared = try? FuzzAuthority()

    /// Anchors and profile.
    let trust: TrustStore
    /// The issuing authority's certificate, which a chain may bring along or not.
    let issuing: TrustStore.File
    /// The issuing authority's certificate, read.
    let issuer: Certificate
    /// A sound certificate of its issuing.
    let leaf: Certificate
    /// The request for its state that the responder of the corpus answered.
    let request: OCSPRequest
    /// Judges chains without looking at revocation.
    let validator: EnterpriseCertificateValidator
    /// The organisation of every certificate that is sound.
    let organisation: OrganisationNumber

    /// The SHA-256 of every certificate that is sound and of its issuing.
    let leaves: Set<[UInt8]>

    private init() throws {
        guard let profile = BundledTrust.profile(for: .test) else { throw BrokenProperty("there is no profile") }
        issuing = TrustStore.File(name: "issuing.pem", contents: Array(Self.issuingPEM.utf8))
        issuer = try Certificate(pem: issuing.contents)
        leaf = try Certificate(pem: Array(Self.leafPEM.utf8))
        request = try OCSPRequest(on: leaf, issuedBy: issuer, hash: .sha256, nonce: nil)
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
        "87b48642acc54b9388d4e2c3adb1004958294cc9aaf632bc576aa8484aae9535",
        "7f3ded67289cef84617a4025c7c9959f6de2d7c83fb577fcb51a55defe373db9",
        "0f38e0fbc8f54536187b0fc40c5083e103b70f62a65a686ad5b3c5400541851a",
    ]

    private static let rootPEM = """
        -----BEGIN CERTIFICATE-----
        MIIDjzCCAnegAwIBAgIUVD4/PMYa5PI4/oRSa/BKsc6KyRowDQYJKoZIhvcNAQEL
        BQAwTjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1enogdGFyZ2V0cywgdHJ1c3Rl
        ZCBieSBub2JvZHkxFTATBgNVBAMMDEZ1enogUm9vdCBDQTAgFw0yNjAxMDEwMDAw
        MDBaGA8yMDU1MTIyNTAwMDAwMFowTjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1
        enogdGFyZ2V0cywgdHJ1c3RlZCBieSBub2JvZHkxFTATBgNVBAMMDEZ1enogUm9v
        dCBDQTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAKAyaZyGzreEmkxk
        +MkguGwAu45R9i4Yvk3xkpwaE1oyjeWyvqk1uE2Bnfae4IgIxuTAlIZ2KZv2f5OX
        8QPPrjSllptSW8QCvLkq3NT29fnxRZp1xa9pEQ6q8QwOjaDLwaDfVvDppoDy/nyb
        6a5XXeE8B97lNtoL2VnSY35KNqIX7Kl9kjgc1z240g34+QXMeAUHsBGh57oxdzdg
        K+DTiG7XvCQVq62rJrPa/9tYbYI88HO8mQPUK6HsYnwz716C/3qcVJbcDb2/EJNn
        tXaZmdUWgiAdpoWF3vEBN8qRlmP7i7EIrjVJotthA2CyI7Pp2XAIMEiXPyI3myKv
        WQSilnECAwEAAaNjMGEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYw
        HQYDVR0OBBYEFFVjSIJ1RBtjw27OoQrw5XFqltqqMB8GA1UdIwQYMBaAFFVjSIJ1
        RBtjw27OoQrw5XFqltqqMA0GCSqGSIb3DQEBCwUAA4IBAQBbjUnsT6+Ox9QiCLUQ
        E7qzGbZ6XixqSXQvzdmJfqeN0fnt58sQ7Bfh0UK+rg5jSbjQt1K4zrJpr0e2tr7h
        8LF/tGlmsdIY5bjGFfGcTyh50FynnsQJTK04n8tg80V+3U0F23Lh3I5urBGCOq3h
        ikjVkjpitl0Si0i+liFUUF6zr2HEAlroWKH4NgXZJheLOylQhVilOz7oPs3RQhpY
        pFOy2ooBXpVKbk+XXZwjhaoE1OBBTZuCfOV85xZ+dpOi/WFdYTzOXSJPeUNkgb4s
        3pPv/0HBfjJ+ITy6sgYVpVj+7UUEmC0zs+T/gUGDV/O0u6PQVIHiLhKa3Dc36ATP
        i9PX
        -----END CERTIFICATE-----
        """

    private static let issuingPEM = """
        -----BEGIN CERTIFICATE-----
        MIIDqTCCApGgAwIBAgIUDkahefIvQoxoXqplmGsJWJK3jQIwDQYJKoZIhvcNAQEL
        BQAwTjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1enogdGFyZ2V0cywgdHJ1c3Rl
        ZCBieSBub2JvZHkxFTATBgNVBAMMDEZ1enogUm9vdCBDQTAgFw0yNjAxMDEwMDAw
        MDBaGA8yMDU1MTIyNTAwMDAwMFowUjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1
        enogdGFyZ2V0cywgdHJ1c3RlZCBieSBub2JvZHkxGTAXBgNVBAMMEEZ1enogQnVz
        aW5lc3MgQ0EwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCNf5FZ2CMm
        hvFqfEKKCNG80aaC3sObFf41RGMM10oLLMvM01JE/KyC0EIeJdOLGX5ouRWEC85a
        MCRINS3eQrXIvBoGcvffRsRvCWFw6zj7HZBJRJGce6VV3vsxZ/D5lxRqykVLCzUZ
        eJTJOJKrLnVUXQ+8Asmcnl3V0lxbt0/l+GhychmiYgfzRhxjFdamfC38GAwRznuY
        jmacuhTE33B5pfdDYSX/XoBhxIulb/G/gekT+TU3UDFTE9nkQhlXyYD7R48paNL9
        QU5JgOWPJhISmIw4wWbIyMPaVoes7TzVXgpSA9o4vYMBN1A9xIyAVMqOML803WQz
        CqT5ochAio29AgMBAAGjeTB3MBIGA1UdEwEB/wQIMAYBAf8CAQAwDgYDVR0PAQH/
        BAQDAgEGMB0GA1UdDgQWBBRX3iBnqqeXhYqUBKAPMfhK5piiiDAfBgNVHSMEGDAW
        gBRVY0iCdUQbY8NuzqEK8OVxapbaqjARBgNVHSAECjAIMAYGBFUdIAAwDQYJKoZI
        hvcNAQELBQADggEBAGWE1fJ8IuvWsumbMVE+krXiFF3BzIyk1NPYTY38QTWP6Ol/
        6gSwgOB6696imTYM7g78cnRo96wpxg+AAURm2F583kqJOnJK7lYP/VAYJ3jxTujn
        4xRoFAHD9rGAP8ut9N8uNJ5DFkdL8xKOaSD1V2CvyYChTrWNATW8NQ5E15DQ6uTu
        5X1pECrbtT2Xo2OUBC2heCx3Ib7lwigo1AgnZFT/HjG4+culoWViADHs0VrrTUV5
        K19OF0XlFbW+//UI6xYQ8MXVB1iotkVhxhwoXLjXsgUrfpIGjyVpxG2D/ONUc0nd
        CXIbRBVLL5DamdwCCB1Byjixlw8h3T/oBiI41ko=
        -----END CERTIFICATE-----
        """

    private static let leafPEM = """
        -----BEGIN CERTIFICATE-----
        MIIEHjCCAwagAwIBAgICEAEwDQYJKoZIhvcNAQELBQAwUjELMAkGA1UEBhMCTk8x
        KDAmBgNVBAoMH0Z1enogdGFyZ2V0cywgdHJ1c3RlZCBieSBub2JvZHkxGTAXBgNV
        BAMMEEZ1enogQnVzaW5lc3MgQ0EwHhcNMjYwMTAxMDAwMDAwWhcNMzUxMjMwMDAw
        MDAwWjBrMQswCQYDVQQGEwJOTzEoMCYGA1UECgwfRnV6eiB0YXJnZXRzLCB0cnVz
        dGVkIGJ5IG5vYm9keTEYMBYGA1UEYQwPTlRSTk8tOTkxODI1ODI3MRgwFgYDVQQD
        DA9GdXp6IGVudGVycHJpc2UwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIB
        AQC1WxUoS883+Lqc+SsFha1gAoYmbpU8kgm9duVxrQX/hUUzZIT/NKvkvhPPzaSa
        Pw4iJ8dh1DphxeezHM2l1NjDYtg3lfuaB5HNw4pY3P0pzUE/A3M9VAXWNPuS4xNF
        39DDb/H1kTzWtQcbi1EZt+0SWFNZWG5DzxW8yORfjXsKnaH9tVfHoyfEZcnHLyPt
        YykiNIof5jnJ5BuRfAuS0ydrWfs2Jx3AXGO69WtgSo2C4GVdrZOTT0WMEN6KBvwo
        OC15eNqJbOQZ3cZCOYPXB1b/AFjWdxjXKnZD8d2Z6NKW/VDve2N0i92LLRhpWWc6
        tJUZ/8Bii40XpuqlMGpIg7t9AgMBAAGjgeQwgeEwDAYDVR0TAQH/BAIwADAOBgNV
        HQ8BAf8EBAMCB4AwFQYDVR0gBA4wDDAKBghghEIBGgEDAjAdBgNVHQ4EFgQUImF+
        a276m8yYM7GYid4ORdboTXgwHwYDVR0jBBgwFoAUV94gZ6qnl4WKlASgDzH4SuaY
        oogwMgYDVR0fBCswKTAnoCWgI4YhaHR0cDovLzEyNy4wLjAuMTo3MDgyL2lzc3Vp
        bmcuY3JsMDYGCCsGAQUFBwEBBCowKDAmBggrBgEFBQcwAYYaaHR0cDovLzEyNy4w
        LjAuMTo3MDgyL29jc3AwDQYJKoZIhvcNAQELBQADggEBAHKTiOvTv8Q4F2KmuYhU
        FvZk845JsZzoEBpoHCNlXPICFcrKqynzu8h5djxZi044moKSSz8TIUs8XxRi4caP
        v7YrZBHyLPY99sKw947aN8eEfcuse3LmZz2iWqxAvd73tIZs4Q7W7Orj+TrGphQv
        FVyzpVRZeHNjhBdmxVmIsM5mWrVcJZb85GPPBPe6Y2TSqXmp18XsPqVuqWyaAsn+
        3ioT7sh39jNEB/7HRKdXpS52Shbfms8WdZJGNn2Kk2xJgvyNFJ17uiGoqA1VfcAK
        G615kIM8h11P0el5YTy6jf1Tny1VXMV9T0B2Hyp/H0nYMpn56+lS/vVKb4FZon2N
        qR0=
        -----END CERTIFICATE-----
        """
}
