import JOSE
import LibCrypto
import Testing

@Suite("RFC 7515 §7.1: compact JWS")
struct CompactJWSTests {
    private let payload = utf8(#"{"iss":"x"}"#)

    private func token(_ algorithm: JWSAlgorithm, kid: String = "k") throws -> String {
        try CompactJWS.sign(
            header: ["alg": .string(algorithm.rawValue), "kid": .string(kid)],
            payload: payload,
            with: SampleKey.fitting(algorithm),
            algorithm: algorithm
        )
    }

    @Test(arguments: JWSAlgorithm.allCases) func `what is signed here is read and proven here`(
        algorithm: JWSAlgorithm
    ) throws {
        let text = try token(algorithm)
        let jws = try CompactJWS(parsing: text)
        #expect(jws.header == ["alg": .string(algorithm.rawValue), "kid": "k"])
        #expect(jws.payload == payload)
        #expect(try jws.payloadObject() == ["iss": "x"])
        #expect(jws.signingInput == utf8(text.split(separator: ".").prefix(2).joined(separator: ".")))
        #expect(jws.isSigned(by: SampleKey.fitting(algorithm).publicKey, algorithm: algorithm))
        #expect(try CompactJWS(parsing: utf8(text)).signature == jws.signature)
        for other in JWSAlgorithm.allCases where other != algorithm {
            #expect(!jws.isSigned(by: SampleKey.fitting(other).publicKey, algorithm: other))
            #expect(!jws.isSigned(by: SampleKey.fitting(algorithm).publicKey, algorithm: other))
            let otherKey = SampleKey.fitting(other)
            if otherKey.kind != SampleKey.fitting(algorithm).kind {
                #expect(!jws.isSigned(by: otherKey.publicKey, algorithm: algorithm))
            }
        }
    }

    @Test func `the header must name the algorithm that the verifier expects`() throws {
        // A sound PS256 signature under a header that says RS256.
        let signer = try SampleKey.rsa.makeSigner(.rsaPSS(.sha256))
        let jws = try CompactJWS(
            parsing: CompactJWS.sign(header: ["alg": "RS256"], payload: payload, with: signer)
        )
        #expect(!jws.isSigned(by: SampleKey.rsa.publicKey, algorithm: .ps256))
        #expect(!jws.isSigned(by: SampleKey.rsa.publicKey, algorithm: .rs256))
    }

    @Test func `an algorithm that does not fit the key signs nothing`() {
        #expect(throws: CryptoError.unsupportedKey("a key of kind P-384 does not fit ES256")) {
            try CompactJWS.sign(header: [:], payload: [], with: SampleKey.p384, algorithm: .es256)
        }
    }

    @Test func `ES256 is for P-256 alone`() throws {
        let signature = try SampleKey.p384.makeSigner(.ecdsa(.sha256))
        let jws = try CompactJWS(parsing: CompactJWS.sign(header: ["alg": "ES256"], payload: [], with: signature))
        #expect(!jws.isSigned(by: SampleKey.p384.publicKey, algorithm: .es256))
        #expect(JWSAlgorithm.es256.fits(.ec(.p256)))
        #expect(!JWSAlgorithm.es256.fits(.ec(.p521)))
        #expect(!JWSAlgorithm.edDSA.fits(.ec(.p256)))
        #expect(!JWSAlgorithm.rs256.fits(.ed25519))
    }

    @Test(
        arguments: [
            ("", 1), ("e30", 1), ("e30.e30", 2), ("e30.e30.e30.e30", 4), ("......", 7), ("e30.e30.AA.", 4),
        ]
    ) func `another number of parts is counted`(text: String, parts: Int) {
        #expect(throws: CompactJWSError.parts(parts)) { try CompactJWS(parsing: text) }
    }

    @Test func `five parts are an encrypted token, and not read`() {
        #expect(throws: CompactJWSError.encryption) { try CompactJWS(parsing: "e30.AA.AA.AA.AA") }
        #expect(throws: CompactJWSError.encryption) { try CompactJWS(parsing: "....") }
    }

    @Test(arguments: [#"{"payload":"e30","signatures":[]}"#, " \n{", "{a.b.c"])
    func `a JSON serialisation is refused as such`(text: String) {
        #expect(throws: CompactJWSError.jsonSerialisation) { try CompactJWS(parsing: text) }
    }

    @Test func `ten thousand dots are counted, not split`() {
        #expect(throws: CompactJWSError.parts(10_001)) {
            try CompactJWS(parsing: String(repeating: ".", count: 10_000))
        }
    }

    @Test func `length is limited on the boundary`() throws {
        let text = try token(.es256)
        let length = text.utf8.count
        #expect(try CompactJWS(parsing: text, maximumLength: length).payload == payload)
        #expect(throws: CompactJWSError.tooLong(limit: length - 1)) {
            try CompactJWS(parsing: text, maximumLength: length - 1)
        }
        #expect(throws: CompactJWSError.tooLong(limit: 16_384)) {
            try CompactJWS(parsing: String(repeating: ".", count: 16_385))
        }
    }

    @Test(
        arguments: [
            ("e30=.e30.AA", CompactJWSError.base64url(.header, .padding)),
            ("e3 0.e30.AA", .base64url(.header, .character(offset: 2))),
            ("e30.e3+0.AA", .base64url(.payload, .character(offset: 2))),
            ("e30.e30.A", .base64url(.signature, .length)),
            ("e30.e30.AB", .base64url(.signature, .unusedBits)),
            ("e30.e30.AA\n", .base64url(.signature, .character(offset: 2))),
            ("AA.e30.AA", .json(.header, JSONError(kind: .unexpectedByte, offset: 0))),
            (".e30.AA", .json(.header, JSONError(kind: .unexpectedEnd, offset: 0))),
            ("W10.e30.AA", .notAnObject(.header)),
            ("IngiLg.e30.AA", .json(.header, JSONError(kind: .trailingBytes, offset: 3))),
        ]
    ) func `says which part is wrong and how`(text: String, error: CompactJWSError) {
        #expect(throws: error) { try CompactJWS(parsing: text) }
    }

    @Test func `members of the header cannot be repeated`() {
        let header = Base64URL.encode(utf8(#"{"alg":"RS256","\u0061lg":"none"}"#))
        #expect(throws: CompactJWSError.json(.header, JSONError(kind: .duplicateMember("alg"), offset: 15))) {
            try CompactJWS(parsing: "\(header).e30.AA")
        }
    }

    @Test func `a payload may be any bytes until it is asked for members`() throws {
        let jws = try CompactJWS(parsing: "e30.Zm9v.")
        #expect(jws.payload == utf8("foo"))
        #expect(jws.signature.isEmpty)
        #expect(throws: CompactJWSError.json(.payload, JSONError(kind: .unexpectedByte, offset: 1))) {
            try jws.payloadObject()
        }
        #expect(throws: CompactJWSError.notAnObject(.payload)) { try CompactJWS(parsing: "e30.MQ.").payloadObject() }
    }

    @Test(arguments: JWSAlgorithm.allCases) func `no empty signature holds`(algorithm: JWSAlgorithm) throws {
        let text = try token(algorithm)
        let stripped = text.split(separator: ".").prefix(2).joined(separator: ".") + "."
        #expect(
            try !CompactJWS(parsing: stripped).isSigned(
                by: SampleKey.fitting(algorithm).publicKey,
                algorithm: algorithm
            )
        )
    }
}

@Suite("RFC 7515 §4: header")
struct JOSEHeaderTests {
    @Test func `gives what the policy asks for`() throws {
        let header = try JOSEHeader(["alg": "ES256", "kid": "k", "typ": "JWT", "x5t": "ignored"])
        #expect(header.algorithm == .es256)
        #expect(header.algorithmText == "ES256")
        #expect(header.keyID == "k")
        #expect(header.type == "JWT")
        #expect(header.certificateChain == .absent)
        #expect(header.dangerousMembers.isEmpty)
    }

    @Test(arguments: ["none", "None", "nOnE", "HS256", "", "ES521", "rs256", "RS256 "])
    func `other algorithms are text without meaning`(name: String) throws {
        let header = try JOSEHeader(["alg": .string(name)])
        #expect(header.algorithm == nil)
        #expect(header.algorithmText == name)
    }

    @Test func `an absent algorithm is none at all`() throws {
        #expect(try JOSEHeader([:]).algorithmText == nil)
        #expect(try JOSEHeader([:]).algorithm == nil)
    }

    @Test(arguments: ["alg", "kid", "typ"], [1, nil, ["RS256"], [:], true] as [JSONValue])
    func `a member that is no text is named`(name: String, value: JSONValue) {
        var object = JSONObject()
        object[name] = value
        #expect(throws: JOSEHeader.NotAString(member: name)) { try JOSEHeader(object) }
    }

    @Test func `members that change the meaning are named, whatever they hold`() throws {
        for name in ["crit", "b64", "jwk", "jku", "x5u", "zip", "enc"] {
            var object: JSONObject = ["alg": "RS256"]
            object[name] = .null
            #expect(try JOSEHeader(object).dangerousMembers == [name])
        }
        #expect(try JOSEHeader(["x5u": "", "alg": "RS256", "crit": []]).dangerousMembers == ["x5u", "crit"])
    }

    @Test(
        arguments: [
            ("JWT", "jwt"), ("jwt", "jwt"), ("application/at+jwt", "at+jwt"), ("APPLICATION/AT+JWT", "at+jwt"),
            ("at+jwt", "at+jwt"), ("text/plain", "text/plain"),
        ]
    ) func `types are compared without case and prefix`(type: String, normalised: String) throws {
        #expect(try JOSEHeader(["typ": .string(type)]).normalisedType == normalised)
    }

    @Test(
        arguments: [
            (#"["AQID"]"#, JOSEHeader.CertificateChain.certificates([[1, 2, 3]])),
            (#"["AQID","BA=="]"#, .certificates([[1, 2, 3], [4]])), (#""AQID""#, .bareString), ("[]", .notAnArray),
            ("1", .notAnArray), ("null", .notAnArray), ("{}", .notAnArray), (#"["AQID","BA"]"#, .malformed(index: 1)),
            ("[1]", .malformed(index: 0)), (#"[""]"#, .malformed(index: 0)), (#"["AQ-D"]"#, .malformed(index: 0)),
            (#"["AQID\n"]"#, .malformed(index: 0)),
        ]
    ) func `the chain is read or its fault named`(text: String, chain: JOSEHeader.CertificateChain) throws {
        let value = try JSONValue(parsing: text)
        #expect(try JOSEHeader(["x5c": value]).certificateChain == chain)
    }
}
