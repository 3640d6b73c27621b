import Foundation
import LibCrypto
import Testing

/// The files of C2SP/wycheproof `testvectors_v1` that hold plain signatures, whole.
@Suite(
    "Wycheproof: RSA, ECDSA and Ed25519 signatures",
    .disabled(if: Vectors.areAbsent, "the vectors folder is absent")
)
struct WycheproofSignatureTests {
    struct File: Decodable {
        let numberOfTests: Int
        let testGroups: [Group]
    }

    struct Group: Decodable {
        struct Key: Decodable {
            let uncompressed: String?
            let pk: String?
        }

        struct Case: Decodable {
            let tcId: Int
            let msg: String
            let sig: String
            let result: String
            let flags: [String]
        }

        let publicKeyDer: String?
        let sLen: Int?
        let publicKey: Key?
        let tests: [Case]
    }

    static let files: [(name: String, scheme: SignatureScheme, count: Int)] = [
        ("rsa_signature_2048_sha256_test", .rsaPKCS1(.sha256), 259),
        ("rsa_signature_2048_sha384_test", .rsaPKCS1(.sha384), 258),
        ("rsa_signature_2048_sha512_test", .rsaPKCS1(.sha512), 259),
        ("rsa_signature_3072_sha256_test", .rsaPKCS1(.sha256), 259),
        ("rsa_signature_3072_sha384_test", .rsaPKCS1(.sha384), 259),
        ("rsa_signature_3072_sha512_test", .rsaPKCS1(.sha512), 260),
        ("rsa_signature_4096_sha256_test", .rsaPKCS1(.sha256), 258),
        ("rsa_signature_4096_sha384_test", .rsaPKCS1(.sha384), 259),
        ("rsa_signature_4096_sha512_test", .rsaPKCS1(.sha512), 259),
        ("rsa_pss_2048_sha256_mgf1_32_test", .rsaPSS(.sha256), 108),
        ("rsa_pss_2048_sha384_mgf1_48_test", .rsaPSS(.sha384), 141),
        ("rsa_pss_4096_sha512_mgf1_64_test", .rsaPSS(.sha512), 179),
        ("ecdsa_secp256r1_sha256_p1363_test", .ecdsa(.sha256), 262),
        ("ecdsa_secp384r1_sha384_p1363_test", .ecdsa(.sha384), 280),
        ("ecdsa_secp521r1_sha512_p1363_test", .ecdsa(.sha512), 318),
        ("ed25519_test", .ed25519, 151),
    ]

    @Test(arguments: files) func `every case has the published result`(
        name: String,
        scheme: SignatureScheme,
        count: Int
    ) throws {
        let folder = try #require(Vectors.wycheproof)
        let file = try JSONDecoder().decode(File.self, from: Data(contentsOf: folder.appending(path: name + ".json")))
        var seen = 0
        var valid = 0
        var agreed = 0
        for group in file.testGroups {
            // The salt of a JWS is as long as the hash; these files keep to it.
            if case .rsaPSS(let hash) = scheme { #expect(group.sLen == hash.digestLength) }
            let key = try PublicKey(spkiDER: bytes(try #require(group.publicKeyDer)))
            for test in group.tests {
                let accepted = key.isValidSignature(bytes(test.sig), of: bytes(test.msg), scheme: scheme)
                // `acceptable` marks a DigestInfo without NULL: RFC 8017 §9.2 demands the NULL, so it is refused.
                #expect(accepted == (test.result == "valid"), "\(name) \(test.tcId) \(test.result) \(test.flags)")
                seen += 1
                agreed += accepted == (test.result == "valid") ? 1 : 0
                valid += accepted ? 1 : 0
            }
        }
        #expect(seen == count)
        #expect(seen == file.numberOfTests)
        #expect(valid > 0 && valid < seen)
        try Vectors.count(name + ".json", cases: seen, agreed: agreed)
    }

    @Test func `no file of signatures is left out`() throws {
        let folder = try #require(Vectors.wycheproof)
        let present = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".json") && !$0.hasPrefix("json_web_") }
        #expect(Set(present) == Set(Self.files.map { $0.name + ".json" }))
        #expect(Self.files.map(\.count).reduce(0, +) == 3_769)
    }
}
