import EnterpriseCertificates
import Foundation
import LibCrypto
import Testing
import Vocabulary

@Suite("The trust that is compiled into the program")
struct BundledTrustTests {
    /// As registry-and-certificates.md §2.3 has them, read from the issuers' certificates.
    static let thumbprints: [BundledTrust: Set<String>] = [
        .prod: [
            "F8C16C6B4FD45CB0672E16582B8805F1CAFD0C48D866F4ED895B30E352A9FAA6",
            "AB936DFD7F171D3A3CBD08F9BEBDC3F3BAAABAA79DF6A908F8A7B0128627F187",
            "5AD1A2B5DAE0CE7DAEB4D15E3676002DA387ED852C1667B1A80543C474A41EC7",
            "45E05831CDDAC1F2B96DC8CA54620834C87649E9FFD3B26D7DAD2AD07F807232",
            "0EF5CEDCE44265B112785B359A21141E20F553AADA4C579404617B5CA6046BE9",
            "318AA99DFBE3D5CF10BF1E3A5E8BD921D55C68A70901DADC2CB6ED77AC363501",
        ],
        .test: [
            "760637A0F7DA3A3876F601F96B8CF2CEB4FEF80B76BD6F052E7BCB0041DA350D",
            "52A09CF14587D7A5BE5F3DC64754125822FAEEA5D75D15FD961E63C6F63D3F70",
            "97EA39029D946583D44539519A1F2CAE4A40F9733D17DAC18457246AF5654325",
            "2F36956BEB4DE4907A3A0FB09437D7D532F4A12504473A00C12CEB028DF54A28",
            "2C9E0EC146F148EDA7C5DD05559CCD2261E0C0D66F638864FAE21C7756DE7210",
            "94BB0E8701B61794D5D0C3154204571096B23C78B33C87E7F942097030E526D9",
        ],
    ]

    static let keys = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "keys")

    static func hexadecimal(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02X", $0) }.joined() }

    @Test(arguments: BundledTrust.allCases)
    func `each environment has three roots as anchors and three intermediates, by their SHA-256`(
        environment: BundledTrust
    ) throws {
        let trust = try TrustStore(files: BundledTrust.files(for: environment))
        #expect(trust.anchors.count == 3)
        #expect(trust.intermediates.count == 3)
        #expect(trust.revocationLists.isEmpty)
        let all = trust.anchors + trust.intermediates
        #expect(Set(all.map { Self.hexadecimal($0.thumbprint) }) == Self.thumbprints[environment])
    }

    @Test(arguments: BundledTrust.allCases)
    func `each intermediate has a path to an anchor of its environment`(environment: BundledTrust) throws {
        let trust = try TrustStore(files: BundledTrust.files(for: environment))
        let validator = CertificatePathValidator(anchors: trust.anchors)
        let time = try #require(Timestamp(parsing: "2026-11-22T00:00:00Z"))
        for intermediate in trust.intermediates {
            #expect(try validator.validate(intermediate, at: time).count == 2)
        }
    }

    @Test(arguments: BundledTrust.allCases)
    func `the compiled files are those of the folder, all of them, byte for byte`(environment: BundledTrust) throws {
        let folder = Self.keys.appending(path: "trust/\(environment.rawValue)")
        var found: [TrustStore.File] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let contents = try Data(contentsOf: folder.appending(path: name))
            found.append(TrustStore.File(name: name, contents: Array(contents)))
        }
        #expect(BundledTrust.files(for: environment).sorted { $0.name < $1.name } == found)
    }

    @Test func `each file's comment and the README name the SHA-256 of its certificate`() throws {
        let readme = try String(contentsOf: Self.keys.appending(path: "README.md"), encoding: .utf8)
        for environment in BundledTrust.allCases {
            for file in BundledTrust.files(for: environment) where file.name.hasSuffix(".pem") {
                let certificate = try Certificate(pem: file.contents)
                let thumbprint = Self.hexadecimal(certificate.thumbprint)
                let text = String(decoding: file.contents, as: UTF8.self)
                #expect(text.contains("# SHA-256 \(thumbprint)\n"))
                #expect(text.hasPrefix("# \(certificate.subject.shortName)\n"))
                #expect(readme.contains("| \(environment.rawValue) | `\(file.name)` | `\(thumbprint)` |"))
            }
        }
    }

    @Test func `the profiles differ only in the test twins of the policies`() throws {
        var prod = try TrustStore(files: BundledTrust.files(for: .prod)).profile
        let test = try TrustStore(files: BundledTrust.files(for: .test)).profile
        let common = [
            "2.16.578.1.26.1.3.2", "2.16.578.1.26.1.3.5", "2.16.578.1.29.13.210.1.*", "2.16.578.1.29.13.310.1.*",
        ]
        #expect(prod.policies.map(\.description) == common)
        let twins = ["2.16.578.1.29.913.210.1.*", "2.16.578.1.29.913.310.1.*"]
        #expect(test.policies.map(\.description) == common + twins)
        prod.name = test.name
        prod.policies = test.policies
        #expect(prod == test)
        #expect(test.seidVersion1Policies.isEmpty)
    }

    @Test(arguments: BundledTrust.allCases)
    func `the profile of seals is that of its folder, and stands without anchors`(environment: BundledTrust) throws {
        let files = BundledTrust.sealFiles(for: environment)
        #expect(files.map(\.name) == ["profile.yaml"])
        let path = Self.keys.appending(path: "trust/\(environment.rawValue)-eseal/profile.yaml").path
        let contents = try #require(files.first).contents
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(contents))
        let profile = try CertificateProfile(yaml: String(decoding: contents, as: UTF8.self))
        #expect(profile.name == "\(environment.rawValue)-eseal")
        #expect(profile.alternativeKeyUsage == .nonRepudiation)
    }
}
