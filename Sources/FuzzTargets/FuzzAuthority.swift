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
        "bad553f0234fb6e63afe084af94449377ea29ba0e761af27c0e859da28be1969",
        "f07f0180628bb27951048931faafa3bbc94000af324dc463298ba5c49e45d482",
        "b879bf2d730d2ce49fd6ba5c1f2baf2d850e38efd6f91e701322a7e7ec773c31",
    ]

    private static let rootPEM = """
        -----BEGIN CERTIFICATE-----
        MIIDjzCCAnegAwIBAgIUd9hnjizmOFDzjJ5hX6QlPpnc8fQwDQYJKoZIhvcNAQEL
        BQAwTjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1enogdGFyZ2V0cywgdHJ1c3Rl
        ZCBieSBub2JvZHkxFTATBgNVBAMMDEZ1enogUm9vdCBDQTAgFw0yNjAxMDEwMDAw
        MDBaGA8yMDU1MTIyNTAwMDAwMFowTjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1
        enogdGFyZ2V0cywgdHJ1c3RlZCBieSBub2JvZHkxFTATBgNVBAMMDEZ1enogUm9v
        dCBDQTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBALDoYhd6weYpOpJX
        J+Jv0rrJpQYB1PrC7d+mCiY75jL2ialCLEMuDNveSytTMc1sdyaRvsrcuVwytnM4
        cVLlhQHi4coYBnM0yvMMkhr/Jda/Dg2WUEqMAph9ocbbaCwkydXJbywWSikZqi1H
        so6wZ/X1W58dnbaTbeeyXQZo+kWK5uY2Uqyrq0K3Jo8oGYAYHzIPVnOKND6o84Jn
        mzh4H6jQH4ZbzlVleLBzmeaY2R2exWpzZZj4PT/t0mMJ6HVh5mNBReCYcwF5zQf/
        su8DZ0mw0IdmnQU0sL+3kkWH6sbzz0WmVbVuJEBkV7OiSj0jWlV46unenKPm/8S4
        8pmASd8CAwEAAaNjMGEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYw
        HQYDVR0OBBYEFGlznWxJ6oY0RyZlWBIF5Z3eRkBZMB8GA1UdIwQYMBaAFGlznWxJ
        6oY0RyZlWBIF5Z3eRkBZMA0GCSqGSIb3DQEBCwUAA4IBAQAG1eL3A61crnwRoma+
        8QBL8DQgBWmjxvh1WJiDQGDZ3FBhI7Rju03/oDEnxi4ZGpjuAlv2V526kmkCTvb4
        mSRyh4q5JSy9UTIh7hA4W+uZaBC2gGgzMfGT4U9JTTl03g36xTyfy9hPGv5LO+qV
        IOwEzhmQb2KZfC5KdkgL0zQf/Mp/glRKU/RM95fayC0bMGHnZPVsk1AK094qBl0X
        cDnhOGahYmYBD/8cPVU7mxp1IN+dn5oYaTCIKfTptQRYspfqnlYxTfsDgRfqQAWq
        jWXt/sYr/bb/t3ytBaVNSRvhps72greLUJ3x13amPXXGJfAjTYkZFQns02/n2UY4
        Q/vx
        -----END CERTIFICATE-----
        """

    private static let issuingPEM = """
        -----BEGIN CERTIFICATE-----
        MIIDqTCCApGgAwIBAgIUNjALwFd8kSKjcJ9EiYgJbWnK9+kwDQYJKoZIhvcNAQEL
        BQAwTjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1enogdGFyZ2V0cywgdHJ1c3Rl
        ZCBieSBub2JvZHkxFTATBgNVBAMMDEZ1enogUm9vdCBDQTAgFw0yNjAxMDEwMDAw
        MDBaGA8yMDU1MTIyNTAwMDAwMFowUjELMAkGA1UEBhMCTk8xKDAmBgNVBAoMH0Z1
        enogdGFyZ2V0cywgdHJ1c3RlZCBieSBub2JvZHkxGTAXBgNVBAMMEEZ1enogQnVz
        aW5lc3MgQ0EwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQChNjTi5vLv
        Q0AS4di4elGfHpgrvXkoHAPBOIOEMII9wbQ1Nj6E2M3paDvOjD/w5ZRt1oRQqks6
        kX/lBtIrNPDdQ8Tk3KrljrNNAuMsM43UWLTq5Gfvmdf3gWAuekmyvrvGk2S0uS0Z
        VBO9XG5oo5tGOpeT3olTuwND3ny3bGUxNPaKmbaRDvpToUjrlA/mT2d1IPOpi6ek
        SWbLXzVCmCoFcDcUOfENzJ4sNbi4OFllemrmkx7FKnOnqhhdUBhn+zTMFwe9+31K
        hq/+D8+fB9keVQ7Cm/rUIR658f+5ncCrHiOKN0hZmjYLoWBP/JSEfMwcxpwQ5PvF
        zGF1MjgKbwwdAgMBAAGjeTB3MBIGA1UdEwEB/wQIMAYBAf8CAQAwDgYDVR0PAQH/
        BAQDAgEGMB0GA1UdDgQWBBSovvamgQze8KL3Wv5U3lbe5HSSwDAfBgNVHSMEGDAW
        gBRpc51sSeqGNEcmZVgSBeWd3kZAWTARBgNVHSAECjAIMAYGBFUdIAAwDQYJKoZI
        hvcNAQELBQADggEBAHRgXZuTpvuffaEUzUTUANbaZpV9mJeS0brE5KkivWyUfgva
        NNohPP6jdYKyTssSZlh9CVnwfJMWUSnEWtomVKDxrI+xmIpWCqPGLpORlQorHEaD
        JlozK2F6/I7lShWr7z+RhHcP0wTq5YAys3vz1NZLURRRMALa78DhOqyxVgPXa1H/
        y0U7CM8WJiL6wVB4fCJ3cDGnb9n1M5/PNFTC4/QJ85kz+zbXfm7FCnXLF8oDPZA/
        wC460H+c+zGfZUmk+rujLFzQoS8hJqOyil8Jeur6gS4Cgd0t3U4x0/+Y+6w7f9o9
        BrZgiLGcrNv9LS/hmuUtKn02DzvJPI4xa0YqrF4=
        -----END CERTIFICATE-----
        """
}
