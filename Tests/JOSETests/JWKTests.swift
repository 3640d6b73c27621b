import JOSE
import LibCrypto
import Testing
import Vocabulary

@Suite("RFC 7517: keys")
struct JWKTests {
    /// RFC 7517 appendix A.1, second key, and A.2 in part; RFC 8037 appendix A.2.
    static let ec: JSONObject = [
        "kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    ]
    static let rsa: JSONObject = [
        "kty": "RSA",
        "n": .string(
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3"
                + "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zg"
                + "dAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF"
                + "Cur-kEgU8awapJzKnqDKgw"
        ),
        "e": "AQAB",
    ]
    static let okp: JSONObject = ["kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"]

    private func error(_ object: JSONObject) -> JWKError? {
        do throws(JWKError) {
            _ = try JWK(parsing: object)
            return nil
        } catch {
            return error
        }
    }

    private func with(_ object: JSONObject, _ name: String, _ value: JSONValue?) -> JSONObject {
        var changed = object
        changed[name] = value
        return changed
    }

    /// RFC 7638 §3.1, RFC 8037 appendix A.3.
    @Test func `thumbprints are the published ones`() throws {
        #expect(try JWK(parsing: Self.rsa).thumbprint() == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
        #expect(try JWK(parsing: Self.okp).thumbprint() == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        // Whatever else the key says about itself.
        let dressed = with(with(Self.rsa, "kid", "x"), "alg", "RS256")
        #expect(try JWK(parsing: dressed).thumbprint() == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }

    @Test(arguments: [ec, rsa, okp]) func `members that a key does not need are read or ignored`(
        object: JSONObject
    ) throws {
        let plain = try JWK(parsing: object)
        #expect(plain.keyID == nil)
        #expect(plain.algorithm == nil)
        #expect(plain.keyOperations == nil)
        #expect(plain.certificateChain.isEmpty)
        #expect(plain.expires == nil)
        #expect(plain.object == object)
        var dressed = object
        dressed["use"] = "sig"
        dressed["key_ops"] = ["verify"]
        dressed["alg"] = .string(JWSAlgorithm.preferred(for: plain.publicKey.kind).rawValue)
        dressed["kid"] = "key@example 1"
        dressed["x5c"] = ["AQID", "BA=="]
        dressed["exp"] = 1_795_000_000
        let full = try JWK(parsing: dressed)
        #expect(full.publicKey == plain.publicKey)
        #expect(full.keyID == "key@example 1")
        #expect(full.certificateChain == [[1, 2, 3], [4]])
        #expect(full.expires == Timestamp(seconds: 1_795_000_000))
        #expect(full.object == dressed)
        dressed["x-unknown"] = [1, 2]
        #expect(try JWK(parsing: dressed) == full)
    }

    @Test func `the type of key must be one that signs`() {
        #expect(error([:]) == .missing("kty"))
        #expect(error(["kty": 1]) == .wrongType("kty"))
        #expect(error(["kty": "oct", "k": "AAAA"]) == .symmetricKey)
        #expect(error(["kty": "AKP"]) == .unsupportedKeyType("AKP"))
        #expect(error(["kty": "rsa"]) == .unsupportedKeyType("rsa"))
    }

    @Test(
        arguments: [
            (rsa, "d"), (rsa, "p"), (rsa, "q"), (rsa, "dp"), (rsa, "dq"), (rsa, "qi"), (rsa, "oth"), (ec, "d"),
            (okp, "d"),
        ]
    ) func `private members are refused unread`(object: JSONObject, name: String) {
        #expect(error(with(object, name, "AQAB")) == .privateMembers([name]))
        #expect(error(with(object, name, nil)) == nil)
        #expect(error(with(object, name, .null)) == .privateMembers([name]))
    }

    @Test(arguments: [(rsa, "n"), (rsa, "e"), (ec, "crv"), (ec, "x"), (ec, "y"), (okp, "crv"), (okp, "x")])
    func `each number is needed, as a text`(object: JSONObject, name: String) {
        #expect(error(with(object, name, nil)) == .missing(name))
        #expect(error(with(object, name, 1)) == .wrongType(name))
    }

    @Test func `numbers are strict base64url in the shortest form`() {
        #expect(error(with(Self.rsa, "e", "AQAB=")) == .base64url("e", .length))
        #expect(error(with(Self.rsa, "e", "AQA=")) == .base64url("e", .padding))
        #expect(error(with(Self.rsa, "e", "AAEAAQ")) == .integer("e"))
        #expect(error(with(Self.rsa, "e", "")) == .integer("e"))
        #expect(error(with(Self.ec, "x", "AQAB")) == .length("x", expected: 32))
        #expect(error(with(Self.okp, "x", "AQAB")) == .length("x", expected: 32))
    }

    @Test func `the curve must be one that we use, and hold the point`() {
        #expect(error(with(Self.ec, "crv", "secp256k1")) == .unsupportedCurve("secp256k1"))
        #expect(error(with(Self.ec, "crv", "P-384")) == .length("x", expected: 48))
        #expect(error(with(Self.okp, "crv", "X25519")) == .unsupportedCurve("X25519"))
        #expect(error(with(Self.okp, "crv", "Ed448")) == .unsupportedCurve("Ed448"))
        let flipped = with(Self.ec, "y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyI")
        #expect(error(flipped) == .pointNotOnCurve)
        let nowhere = Base64URL.encode([2] + [UInt8](repeating: 0, count: 31))
        #expect(error(with(Self.okp, "x", .string(nowhere))) == .pointNotOnCurve)
    }

    @Test func `weak keys are refused with their weakness`() {
        #expect(error(with(Self.rsa, "e", "AQ")) == .weakKey(.exponent))
        #expect(error(with(Self.rsa, "e", "Aw")) == .weakKey(.exponent))
        #expect(error(["kty": "RSA", "e": "AQAB", "n": "AQAB"]) == .weakKey(.modulusTooShort(bits: 17)))
        let small = Base64URL.encode([1] + [UInt8](repeating: 0, count: 31))
        #expect(error(with(Self.okp, "x", .string(small))) == .weakKey(.smallOrder))
    }

    @Test func `use and key_ops must allow signatures`() {
        #expect(error(with(Self.rsa, "use", "sig")) == nil)
        #expect(error(with(Self.rsa, "use", "enc")) == .wrongUse("enc"))
        #expect(error(with(Self.rsa, "use", ["sig"])) == .wrongType("use"))
        #expect(error(with(Self.rsa, "key_ops", ["verify"])) == nil)
        #expect(error(with(Self.rsa, "key_ops", ["sign", "verify"])) == nil)
        #expect(error(with(Self.rsa, "key_ops", ["encrypt"])) == .wrongKeyOperations(["encrypt"]))
        #expect(error(with(Self.rsa, "key_ops", [])) == .wrongKeyOperations([]))
        #expect(error(with(Self.rsa, "key_ops", ["verify", "verify"])) == .wrongKeyOperations(["verify", "verify"]))
        #expect(error(with(Self.rsa, "key_ops", "verify")) == .wrongType("key_ops"))
    }

    @Test func `the algorithm must be ours and fit the key`() {
        #expect(error(with(Self.rsa, "alg", "PS512")) == nil)
        #expect(error(with(Self.rsa, "alg", "RSA-OAEP")) == .unsupportedAlgorithm("RSA-OAEP"))
        #expect(error(with(Self.rsa, "alg", "none")) == .unsupportedAlgorithm("none"))
        #expect(error(with(Self.rsa, "alg", "ES256")) == .algorithmDoesNotFit(.es256, .rsa(bits: 2048)))
        #expect(error(with(Self.ec, "alg", "ES384")) == .algorithmDoesNotFit(.es384, .ec(.p256)))
        #expect(error(with(Self.ec, "alg", "ES521")) == .unsupportedAlgorithm("ES521"))
        #expect(error(with(Self.okp, "alg", 7)) == .wrongType("alg"))
    }

    @Test func `the chain and the expiry must be of their form`() {
        #expect(error(with(Self.ec, "x5c", "AQID")) == .wrongType("x5c"))
        #expect(error(with(Self.ec, "x5c", ["AQID", "BA"])) == .certificate(index: 1))
        #expect(error(with(Self.ec, "exp", "tomorrow")) == .wrongType("exp"))
        #expect(error(with(Self.ec, "exp", -1)) == .wrongType("exp"))
        #expect(error(with(Self.ec, "kid", 1)) == .wrongType("kid"))
    }

    @Test func `a key is read from a text`() throws {
        #expect(try JWK(parsing: Self.ec.encoded()) == JWK(parsing: Self.ec))
        #expect(throws: JWKSetError.notAnObject) { try JWK(parsing: utf8("[]")) }
        #expect(throws: JWKSetError.key(index: 0, keyID: "a", .symmetricKey)) {
            try JWK(parsing: utf8(#"{"kty":"oct","kid":"a"}"#))
        }
    }
}

@Suite("RFC 7518 §6: private keys")
struct PrivateJWKTests {
    @Test(arguments: [SampleKey.rsa, SampleKey.p256, SampleKey.p384, SampleKey.p521, SampleKey.ed25519])
    func `are written and read back`(key: PrivateKey) throws {
        let algorithm = JWSAlgorithm.preferred(for: key.kind)
        let written = JWK.Private(key, keyID: "k1", algorithm: algorithm)
        let secret = try written.secretObject()
        #expect(
            throws: JWKError.privateMembers(secret.names.filter { ["d", "p", "q", "dp", "dq", "qi"].contains($0) })
        ) {
            try JWK(parsing: secret)
        }
        let read = try JWK.Private(parsing: try #require(try JSONValue(parsing: secret.encoded()).object))
        #expect(read.publicJWK == written.publicJWK)
        #expect(read.publicJWK.keyID == "k1")
        #expect(!read.publicJWK.object.contains("d"))
        let token = try CompactJWS.sign(
            header: ["alg": .string(algorithm.rawValue)],
            payload: [1],
            with: read.key,
            algorithm: algorithm
        )
        #expect(try CompactJWS(parsing: token).isSigned(by: key.publicKey, algorithm: algorithm))
    }

    @Test func `need all their numbers, and those that belong together`() throws {
        let secret = try JWK.Private(SampleKey.rsa, keyID: nil, algorithm: nil).secretObject()
        for name in ["d", "p", "q", "dp", "dq", "qi"] {
            #expect(throws: JWKError.missing(name)) { try JWK.Private(parsing: secret.removing([name])) }
        }
        var odd = secret
        odd["oth"] = []
        #expect(throws: JWKError.malformedKey("an RSA key of more than two primes")) { try JWK.Private(parsing: odd) }
        var other = try JWK.Private(SampleKey.p256, keyID: nil, algorithm: nil).secretObject()
        other["d"] = .string(Base64URL.encode([UInt8](repeating: 1, count: 32)))
        #expect(
            throws: JWKError.malformedKey(
                "malformed key: the private and the public numbers do not belong together"
            )
        ) { try JWK.Private(parsing: other) }
        other["d"] = "AQ"
        #expect(throws: JWKError.length("d", expected: 32)) { try JWK.Private(parsing: other) }
    }

    @Test func `key_ops must allow signing`() throws {
        var secret = try JWK.Private(SampleKey.ed25519, keyID: nil, algorithm: nil).secretObject()
        secret["key_ops"] = ["verify"]
        #expect(throws: JWKError.wrongKeyOperations(["verify"])) { try JWK.Private(parsing: secret) }
        secret["key_ops"] = ["sign"]
        #expect(try JWK.Private(parsing: secret).key.kind == .ed25519)
    }
}

@Suite("RFC 7517 §5: key sets")
struct JWKSetTests {
    private func named(_ object: JSONObject, _ keyID: String?) -> JSONValue {
        var named = object
        named["kid"] = keyID.map { .string($0) }
        return .object(named)
    }

    @Test func `are read and written in order`() throws {
        let object: JSONObject = [
            "keys": [named(JWKTests.rsa, "a"), named(JWKTests.ec, "b"), named(JWKTests.okp, nil)]
        ]
        let set = try JWKSet(parsing: object.encoded())
        #expect(set.keys.map(\.keyID) == ["a", "b", nil])
        #expect(set.key("b")?.publicKey.kind == .ec(.p256))
        #expect(set.key("c") == nil)
        #expect(set.object == object)
        #expect(try JWKSet(parsing: set.encoded()) == set)
        #expect(try JWKSet(parsing: utf8(#"{"keys":[],"x":1}"#)).keys.isEmpty)
    }

    @Test(
        arguments: [
            ("", JWKSetError.json(JSONError(kind: .unexpectedEnd, offset: 0))), ("[]", .notAnObject), ("{}", .noKeys),
            (#"{"keys":{}}"#, .noKeys), (#"{"keys":[1]}"#, .noKeys),
            (#"{"keys":[{}]}"#, .key(index: 0, keyID: nil, .missing("kty"))),
        ]
    ) func `say what is wrong`(text: String, error: JWKSetError) {
        #expect(throws: error) { try JWKSet(parsing: utf8(text)) }
    }

    @Test func `two keys of one name are refused`() {
        let object: JSONObject = ["keys": [named(JWKTests.rsa, "a"), named(JWKTests.ec, "a")]]
        #expect(throws: JWKSetError.duplicateKeyID("a")) { try JWKSet(parsing: object) }
    }

    @Test func `the set of another party gives what can be used, and reasons for the rest`() throws {
        let object: JSONObject = [
            "keys": [
                named(JWKTests.rsa, "a"), ["kty": "oct", "kid": "s", "k": "AA"], named(JWKTests.ec, "twice"),
                named(JWKTests.okp, "twice"), named(JWKTests.ec, "b"),
            ]
        ]
        let (set, skipped) = try JWKSet.readingUsable(from: object.encoded())
        #expect(set.keys.map(\.keyID) == ["a", "b"])
        #expect(
            skipped == [
                JWKSet.Skipped(index: 1, keyID: "s", reason: .unusable(.symmetricKey)),
                JWKSet.Skipped(index: 2, keyID: "twice", reason: .duplicateKeyID),
                JWKSet.Skipped(index: 3, keyID: "twice", reason: .duplicateKeyID),
            ]
        )
        #expect(throws: JWKSetError.noKeys) { try JWKSet.readingUsable(from: utf8("{}")) }
    }
}
