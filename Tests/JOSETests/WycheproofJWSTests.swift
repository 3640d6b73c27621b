import Foundation
import JOSE
import LibCrypto
import Testing

/// `json_web_signature_test` and `json_web_key_test` of C2SP/wycheproof `testvectors_v1`, whole.
@Suite("Wycheproof: JSON Web Signatures and Keys", .disabled(if: Vectors.areAbsent, "the vectors folder is absent"))
struct WycheproofJWSTests {
    /// A valid case that we refuse, and why we mean to.
    struct Refused: Sendable {
        let cases: Set<Int64>
        let reason: String
    }

    /// Every valid case that we refuse stands here, and every entry here is a valid case.
    static let refusedSignatures = [
        Refused(
            cases: [1, 348, 352, 357, 358, 359, 372, 373, 376, 377],
            reason: "HS256: shared secrets are no keys of ours, whatever else the case is about"
        ),
        Refused(
            cases: [346, 350],
            reason: "the key is for PS256 and the header says PS384: a key is used with the algorithm it names"
        ),
        Refused(cases: [347, 351], reason: "the key names `ES521`, which no standard has"),
    ]

    static let refusedKeys = [
        Refused(cases: [2, 13, 14, 15], reason: "HS256, HS384, HS512: shared secrets are no keys of ours")
    ]

    /// What a verifier does that knows one key: the rules of the policy in their shortest form.
    private func accepts(_ text: String, with keys: [JWK]) -> Bool {
        guard let jws = try? CompactJWS(parsing: text), let header = try? JOSEHeader(jws.header),
            header.dangerousMembers.isEmpty, let algorithm = header.algorithm
        else { return false }
        return keys.contains { key in
            (header.keyID == nil || key.keyID == header.keyID) && (key.algorithm ?? algorithm) == algorithm
                && jws.isSigned(by: key.publicKey, algorithm: algorithm)
        }
    }

    private func publicMembers(_ object: JSONObject) -> JSONObject {
        object["kty"] == "oct" ? object : object.removing(["d", "p", "q", "dp", "dq", "qi"])
    }

    @Test func `every case of json_web_signature has the published result, or a reason`() throws {
        let file = try Vectors.file("json_web_signature_test.json")
        let refused = Self.refusedSignatures.reduce(into: Set<Int64>()) { $0.formUnion($1.cases) }
        var seen: Set<Int64> = []
        var accepted = 0
        var unneeded = refused
        for group in try #require(file["testGroups"]?.array) {
            let object = try #require(group["public"]?.object ?? group["private"]?.object)
            let key = try? JWK(parsing: object)
            for test in try #require(group["tests"]?.array) {
                let number = try #require(test["tcId"]?.integer)
                let isValid = test["result"] == "valid"
                seen.insert(number)
                let isAccepted = accepts(try #require(test["jws"]?.string), with: key.map { [$0] } ?? [])
                #expect(isAccepted == (isValid && !refused.contains(number)), "case \(number)")
                if isValid { unneeded.remove(number) }
                accepted += isAccepted ? 1 : 0
            }
        }
        #expect(file["numberOfTests"] == 401)
        #expect(seen == Set(1...401))
        #expect(unneeded.isEmpty)
        #expect(accepted == 46 - refused.count)
        try Vectors.count("json_web_signature_test.json", cases: seen.count, agreed: seen.subtracting(refused).count)
    }

    @Test func `shared secrets are refused as such, and nothing is compared with them`() throws {
        let file = try Vectors.file("json_web_signature_test.json")
        var groups = 0
        for group in try #require(file["testGroups"]?.array) where group["private"]?["kty"] == "oct" {
            groups += 1
            let object = try #require(group["private"]?.object)
            #expect(throws: JWKError.symmetricKey) { try JWK(parsing: object) }
            for test in try #require(group["tests"]?.array) {
                guard let jws = try? CompactJWS(parsing: try #require(test["jws"]?.string)) else { continue }
                #expect(try JOSEHeader(jws.header).algorithm == nil)
            }
        }
        #expect(groups == 4)
    }

    @Test func `bad base64url is refused before any key is looked for`() throws {
        let file = try Vectors.file("json_web_signature_test.json")
        var checked = 0
        for group in try #require(file["testGroups"]?.array) where group["comment"] == "base64" {
            let first = group["tests"]?.array?.first?["jws"]?.string
            for test in try #require(group["tests"]?.array) {
                let number = try #require(test["tcId"]?.integer)
                let text = try #require(test["jws"]?.string)
                // Valid for readers that skip strange characters: 372, 373. Invalid, but with the padding lost on the way
                // into the file, so that they are case 357 byte for byte: 367, 370.
                let isSound: Bool
                switch number {
                case 372, 373: isSound = false
                case 367, 370:
                    isSound = true
                    #expect(text == first)
                default: isSound = test["result"] == "valid"
                }
                var isBase64URL = true
                do throws(CompactJWSError) {
                    _ = try CompactJWS(parsing: text)
                } catch {
                    guard case .base64url = error else {
                        Issue.record("case \(number): \(error)")
                        continue
                    }
                    isBase64URL = false
                }
                #expect(isBase64URL == isSound, "case \(number)")
                checked += 1
            }
        }
        #expect(checked == 21)
    }

    /// What is refused for the key's words alone is sound arithmetic: without `alg` the signatures hold.
    @Test func `the examples of RFC 7520 hold once the key names no other algorithm`() throws {
        let file = try Vectors.file("json_web_signature_test.json")
        var checked = 0
        for group in try #require(file["testGroups"]?.array) {
            for test in try #require(group["tests"]?.array) {
                guard let number = test["tcId"]?.integer, [346, 347, 350, 351].contains(number) else { continue }
                let object = try #require(group["public"]?.object)
                #expect(accepts(try #require(test["jws"]?.string), with: [try JWK(parsing: object.removing(["alg"]))]))
                checked += 1
            }
        }
        #expect(checked == 4)
    }

    /// The error of each key that must be refused; the key of case 5 alone is sound.
    static let keyErrors: [Int64: JWKError] = [
        1: .symmetricKey, 2: .symmetricKey, 3: .symmetricKey, 4: .symmetricKey, 6: .wrongUse("enc"),
        7: .weakKey(.roca), 8: .weakKey(.modulusTooShort(bits: 1024)), 9: .weakKey(.exponent), 10: .symmetricKey,
        11: .symmetricKey, 12: .symmetricKey, 13: .symmetricKey, 14: .symmetricKey, 15: .symmetricKey,
        16: .symmetricKey,
        17: .symmetricKey, 18: .symmetricKey, 19: .unsupportedAlgorithm("ES521"), 20: .unsupportedAlgorithm("ES224"),
        21: .wrongUse("enc"), 22: .pointNotOnCurve, 23: .length("x", expected: 48), 24: .missing("n"),
        25: .symmetricKey, 26: .symmetricKey,
    ]

    @Test func `every case of json_web_key has the published result, or a reason`() throws {
        let file = try Vectors.file("json_web_key_test.json")
        let refused = Self.refusedKeys.reduce(into: Set<Int64>()) { $0.formUnion($1.cases) }
        var seen: Set<Int64> = []
        for group in try #require(file["testGroups"]?.array) {
            let keys = try #require((group["public"] ?? group["private"])?["keys"]?.array)
            let set: JSONObject = ["keys": .array(keys.compactMap(\.object).map { .object(publicMembers($0)) })]
            for test in try #require(group["tests"]?.array) {
                let number = try #require(test["tcId"]?.integer)
                seen.insert(number)
                let isValid = test["result"] == "valid" && !refused.contains(number)
                var read: [JWK] = []
                var found: JWKError?
                do throws(JWKSetError) {
                    read = try JWKSet(parsing: set.encoded()).keys
                } catch {
                    if case .key(0, _, let reason) = error { found = reason }
                }
                #expect(found == Self.keyErrors[number], "case \(number)")
                #expect(accepts(try #require(test["jws"]?.string), with: read) == isValid, "case \(number)")
            }
        }
        #expect(file["numberOfTests"] == 26)
        #expect(seen == Set(1...26))
        try Vectors.count("json_web_key_test.json", cases: seen.count, agreed: seen.subtracting(refused).count)
    }

    @Test func `private keys of the files are read as such`() throws {
        var read = 0
        for name in ["json_web_signature_test.json", "json_web_key_test.json"] {
            for group in try #require(try Vectors.file(name)["testGroups"]?.array) {
                guard let object = group["private"]?["keys"]?.array?.first?.object ?? group["private"]?.object,
                    object["d"] != nil, let publicKey = try? JWK(parsing: publicMembers(object)),
                    publicKey.keyOperations?.contains("sign") ?? true
                else { continue }
                #expect(try JWK.Private(parsing: object).key.publicKey == publicKey.publicKey)
                read += 1
            }
        }
        #expect(read >= 10)
    }
}
