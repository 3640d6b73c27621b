import JOSE
import LibCrypto
import TestTokens
import Testing
import Vocabulary

@Suite("RFC 9449 §4.3: checking DPoP proofs")
struct DPoPProofTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let url = "https://auth.example.no/token"
    private static let target = DPoPTarget(url)

    private let mint: ProofMint

    init() throws { mint = try ProofMint(SampleKey.p256) }

    private static func draft() -> DPoPProofDraft {
        DPoPProofDraft(method: "POST", url: url, identifier: "id-1", issuedAt: now)
    }

    private func parsed(
        change: (_ header: inout JSONObject, _ claims: inout JSONObject) -> Void = { _, _ in }
    ) throws -> UnverifiedDPoPProof {
        try UnverifiedDPoPProof(parsing: [mint.proof(Self.draft(), change: change)])
    }

    @Test(arguments: JWSAlgorithm.allCases) func `a proof of every algorithm is read and proven`(
        algorithm: JWSAlgorithm
    ) throws {
        let mint = try ProofMint(SampleKey.fitting(algorithm), algorithm: algorithm)
        let proof = try UnverifiedDPoPProof(parsing: [mint.proof(Self.draft())])
        #expect(proof.method == "POST")
        #expect(proof.target == Self.url)
        #expect(proof.identifier == "id-1")
        #expect(proof.issuedAt == Self.now)
        #expect(proof.nonce == nil)
        try proof.check(method: "POST", target: #require(Self.target))
        try proof.checkTime(at: Self.now)
        let proved = try proof.proved()
        #expect(proved.thumbprint == mint.thumbprint)
        #expect(proved.thumbprint.utf8.count == 43)
        #expect(proved.identifier == "id-1")
    }

    @Test func `§4.2: the draft names the request without query, the nonce, and the token's hash`() throws {
        var draft = Self.draft()
        draft.url = "https://auth.example.no/token?a=b#c"
        draft.nonce = "n-1"
        draft.accessToken = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
        let proof = try UnverifiedDPoPProof(parsing: [mint.proof(draft)])
        #expect(proof.target == Self.url)
        #expect(proof.nonce == "n-1")
        // The example of RFC 9449 §7.1.
        #expect(proof.accessTokenHash == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo")
        try proof.check(accessToken: "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU")
        #expect(throws: DPoPProofFault.accessTokenHash) { try proof.check(accessToken: "Kz~8mXK1EalYznwH") }
    }

    @Test func `the example of RFC 9449 §4.1 is proven`() throws {
        let proof = try UnverifiedDPoPProof(parsing: [
            """
            eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJ\
            oRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.ey\
            JqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0Ij\
            oxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg
            """
        ])
        #expect(proof.identifier == "-BwC3ESc6acc2lTc")
        #expect(proof.issuedAt == Timestamp(seconds: 1_562_262_616))
        try proof.check(method: "POST", target: #require(DPoPTarget("https://server.example.com/token")))
        // §6.1 names its thumbprint.
        #expect(try proof.proved().thumbprint == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
    }

    // MARK: Form

    @Test func `item 1: exactly one field`() throws {
        let text = try mint.proof(Self.draft())
        #expect(throws: DPoPProofFault.repeated) { try UnverifiedDPoPProof(parsing: [text, text]) }
        #expect(throws: DPoPProofFault.missing) { try UnverifiedDPoPProof(parsing: []) }
        // Two that a proxy has made one of.
        #expect(throws: DPoPProofFault.malformed(.encryption)) {
            try UnverifiedDPoPProof(parsing: ["\(text), \(text)"])
        }
    }

    @Test func `item 2: a single well-formed JWT of at most 8 KiB`() throws {
        #expect(throws: DPoPProofFault.malformed(.parts(1))) { try UnverifiedDPoPProof(parsing: [""]) }
        #expect(throws: DPoPProofFault.malformed(.tooLong(limit: 8_192))) {
            try UnverifiedDPoPProof(parsing: [String(repeating: "A", count: 8_193)])
        }
        #expect(throws: DPoPProofFault.malformed(.encryption)) { try UnverifiedDPoPProof(parsing: ["a.b.c.d.e"]) }
    }

    @Test(arguments: ["typ": "JWT", "typ2": "at+jwt", "typ3": "dpop", "typ4": "", "typ5": "client-authentication+jwt"])
    func `item 4: typ is dpop+jwt`(entry: (key: String, value: String)) {
        #expect(throws: DPoPProofFault.type(entry.value)) {
            try parsed { header, _ in header["typ"] = .string(entry.value) }
        }
    }

    @Test func `item 4: typ must be there; its case and application/ do not count`() throws {
        #expect(throws: DPoPProofFault.type(nil)) { try parsed { header, _ in header["typ"] = JSONValue?.none } }
        #expect(throws: DPoPProofFault.headerMember("typ")) { try parsed { header, _ in header["typ"] = 1 } }
        _ = try parsed { header, _ in header["typ"] = "application/DPoP+jwt" }
    }

    @Test(arguments: ["none", "None", "HS256", "HS512", "", "RSA1_5", "es256", "ES256K"])
    func `item 5: none and symmetric algorithms are refused unread`(name: String) {
        #expect(throws: DPoPProofFault.algorithm(name)) {
            try parsed { header, _ in header["alg"] = .string(name) }
        }
    }

    @Test func `item 5: alg must be there, and among those that are taken`() throws {
        #expect(throws: DPoPProofFault.algorithm(nil)) { try parsed { header, _ in header["alg"] = JSONValue?.none } }
        #expect(throws: DPoPProofFault.headerMember("alg")) { try parsed { header, _ in header["alg"] = [] } }
        let text = try mint.proof(Self.draft())
        #expect(throws: DPoPProofFault.algorithm("ES256")) {
            try UnverifiedDPoPProof(parsing: [text], algorithms: [.edDSA, .ps256])
        }
    }

    @Test(arguments: ["crit", "b64", "jku", "x5u", "zip", "enc"])
    func `members that change what is signed, or where keys come from, are refused`(name: String) {
        #expect(throws: DPoPProofFault.headerMember(name)) { try parsed { header, _ in header[name] = "x" } }
    }

    @Test func `duplicate members are refused`() throws {
        let header = Base64URL.encode(utf8(#"{"typ":"dpop+jwt","alg":"ES256","\u0061lg":"none","jwk":{}}"#))
        let error = #expect(throws: DPoPProofFault.self) { try UnverifiedDPoPProof(parsing: ["\(header).e30.AA"]) }
        guard case .malformed(.json(.header, _)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    // MARK: The key

    @Test func `item 7: the private half of the key is refused, unread`() throws {
        let secret = try JWK.Private(SampleKey.p256, keyID: nil, algorithm: nil).secretObject()
        #expect(throws: DPoPProofFault.key(.privateMembers(["d"]))) {
            try parsed { header, _ in header["jwk"] = .object(secret) }
        }
        let rsa = try JWK.Private(SampleKey.rsa, keyID: nil, algorithm: nil).secretObject()
        #expect(throws: DPoPProofFault.key(.privateMembers(["d", "p", "q", "dp", "dq", "qi"]))) {
            try parsed { header, _ in header["jwk"] = .object(rsa) }
        }
        #expect(throws: DPoPProofFault.key(.privateMembers(["d"]))) {
            try parsed { header, _ in
                header["jwk"] = ["kty": "OKP", "crv": "Ed25519", "x": "not even base64!", "d": 1]
            }
        }
    }

    @Test func `the key is an asymmetric one`() {
        #expect(throws: DPoPProofFault.key(.symmetricKey)) {
            try parsed { header, _ in header["jwk"] = ["kty": "oct", "k": "AAAA"] }
        }
        #expect(throws: DPoPProofFault.keyMissing) { try parsed { header, _ in header["jwk"] = JSONValue?.none } }
        #expect(throws: DPoPProofFault.keyMissing) { try parsed { header, _ in header["jwk"] = "{}" } }
        #expect(throws: DPoPProofFault.key(.missing("kty"))) {
            try parsed { header, _ in header["jwk"] = .object([:]) }
        }
    }

    @Test func `weak keys are refused as elsewhere`() throws {
        // 1024 bits; the key is looked at before the signature.
        let modulus = Base64URL.encode([UInt8](repeating: 0xC5, count: 128))
        let proof = try parsed { header, _ in
            header["alg"] = "RS256"
            header["jwk"] = ["kty": "RSA", "n": .string(modulus), "e": "AQAB"]
        }
        let error = #expect(throws: DPoPProofFault.self) { try proof.proved() }
        guard case .key(.weakKey) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `item 6: the signature is by the key in the header`() throws {
        let other = JWK(SampleKey.p384.publicKey, keyID: nil, algorithm: nil)
        #expect(throws: DPoPProofFault.algorithm("ES256")) {
            try parsed { header, _ in header["jwk"] = .object(other.essentialMembers) }.proved()
        }
        let fresh = try ProofMint()
        #expect(throws: DPoPProofFault.signature) {
            try parsed { header, _ in header["jwk"] = .object(fresh.jwk.essentialMembers) }.proved()
        }
        // A key that says what it is for is for nothing else.
        #expect(throws: DPoPProofFault.key(.wrongUse("enc"))) {
            try parsed { header, _ in
                var key = mint.jwk.essentialMembers
                key["use"] = "enc"
                header["jwk"] = .object(key)
            }.proved()
        }
    }

    @Test func `a proof whose payload was changed does not hold`() throws {
        let parts = try mint.proof(Self.draft()).split(separator: ".")
        var claims = Self.draft().claims
        claims["jti"] = "id-2"
        let text = "\(parts[0]).\(Base64URL.encode(claims.encoded())).\(parts[2])"
        let proof = try UnverifiedDPoPProof(parsing: [text])
        #expect(throws: DPoPProofFault.signature) { try proof.proved() }
    }

    // MARK: Claims

    @Test(arguments: ["jti", "htm", "htu", "iat"]) func `item 3: all required claims`(name: String) {
        #expect(throws: DPoPProofFault.claim(name)) { try parsed { _, claims in claims[name] = JSONValue?.none } }
        #expect(throws: DPoPProofFault.claim(name)) { try parsed { _, claims in claims[name] = nil } }
        #expect(throws: DPoPProofFault.claim(name)) { try parsed { _, claims in claims[name] = [] } }
        #expect(throws: DPoPProofFault.claim(name)) { try parsed { _, claims in claims[name] = "" } }
    }

    @Test func `jti has at most 128 characters`() throws {
        _ = try parsed { _, claims in claims["jti"] = .string(String(repeating: "j", count: 128)) }
        #expect(throws: DPoPProofFault.claim("jti")) {
            try parsed { _, claims in claims["jti"] = .string(String(repeating: "j", count: 129)) }
        }
    }

    @Test(arguments: ["nonce", "ath", "nbf", "exp"]) func `what need not be there has its form all the same`(
        name: String
    ) {
        #expect(throws: DPoPProofFault.claim(name)) { try parsed { _, claims in claims[name] = true } }
    }

    @Test(arguments: ["GET", "post", "POST ", "PUT"]) func `item 8: another method`(method: String) throws {
        let proof = try parsed { _, claims in claims["htm"] = .string(method) }
        let target = try #require(Self.target)
        #expect(throws: DPoPProofFault.method(method)) { try proof.check(method: "POST", target: target) }
    }

    @Test(arguments: [
        "https://auth.example.no/jwk", "http://auth.example.no/token", "https://auth.example.no:8443/token",
        "https://other.example.no/token", "/token", "",
    ])
    func `item 9: another URL`(url: String) throws {
        guard !url.isEmpty else { return }
        let proof = try parsed { _, claims in claims["htu"] = .string(url) }
        let target = try #require(Self.target)
        #expect(throws: DPoPProofFault.target(url)) { try proof.check(method: "POST", target: target) }
    }

    @Test func `item 9: query, fragment, case of the host and default port do not count`() throws {
        let proof = try parsed { _, claims in claims["htu"] = "HTTPS://AUTH.example.no:443/token?x=1#y" }
        try proof.check(method: "POST", target: #require(Self.target))
    }

    // MARK: Time

    @Test func `item 11: iat within 60 s either way, both ends included`() throws {
        let proof = try parsed()
        try proof.checkTime(at: Self.now + 60)
        try proof.checkTime(at: Self.now - 60)
        #expect(throws: DPoPProofFault.stale(issuedAt: Self.now, now: Self.now + 61)) {
            try proof.checkTime(at: Self.now + 61)
        }
        #expect(throws: DPoPProofFault.notYetValid(issuedAt: Self.now, now: Self.now - 61)) {
            try proof.checkTime(at: Self.now - 61)
        }
    }

    @Test func `exp and nbf count where they stand`() throws {
        let ended = try parsed { _, claims in claims["exp"] = .integer(Self.now.seconds - 60) }
        #expect(throws: DPoPProofFault.stale(issuedAt: Self.now, now: Self.now)) { try ended.checkTime(at: Self.now) }
        let lasting = try parsed { _, claims in claims["exp"] = .integer(Self.now.seconds - 59) }
        try lasting.checkTime(at: Self.now)
        let early = try parsed { _, claims in claims["nbf"] = .integer(Self.now.seconds + 61) }
        #expect(throws: DPoPProofFault.notYetValid(issuedAt: Self.now + 61, now: Self.now)) {
            try early.checkTime(at: Self.now)
        }
    }

    @Test(arguments: ["1800000000", "1800000000.9", "18e8"]) func `iat is a NumericDate, floored`(number: String) throws
    {
        let header = Base64URL.encode(DPoPProofDraft.header(key: mint.jwk, algorithm: .es256).encoded())
        let payload = Base64URL.encode(
            utf8(#"{"jti":"a","htm":"POST","htu":"https://auth.example.no/token","iat":\#(number)}"#)
        )
        #expect(try UnverifiedDPoPProof(parsing: ["\(header).\(payload).AA"]).issuedAt == Self.now)
    }

    @Test(arguments: ["-1", "1e400", "9007199254740993", "\"1800000000\""]) func `iat that is none`(
        number: String
    ) throws {
        let header = Base64URL.encode(DPoPProofDraft.header(key: mint.jwk, algorithm: .es256).encoded())
        let payload = Base64URL.encode(
            utf8(#"{"jti":"a","htm":"POST","htu":"https://auth.example.no/token","iat":\#(number)}"#)
        )
        #expect(throws: DPoPProofFault.claim("iat")) {
            try UnverifiedDPoPProof(parsing: ["\(header).\(payload).AA"])
        }
    }

    // MARK: Nonces

    @Test func `item 10: a nonce of ours takes the place of iat`() throws {
        let nonces = DPoPNonces()
        let given = Self.now + 1_000
        let proof = try parsed { _, claims in claims["nonce"] = .string(nonces.nonce(at: given)) }
        let accepted = try proof.checkFreshness(at: given + 299, nonces: nonces)
        #expect(accepted.from == given)
        #expect(accepted.until == given + 300)
        #expect(throws: DPoPProofFault.nonceUnknown) { try proof.checkFreshness(at: given + 300, nonces: nonces) }
    }

    @Test func `a nonce does not excuse an exp that has passed or an nbf that is to come`() throws {
        let nonces = DPoPNonces()
        for (name, time) in [("exp", Self.now.seconds - 60), ("nbf", Self.now.seconds + 61)] {
            let proof = try parsed { _, claims in
                claims["nonce"] = .string(nonces.nonce(at: Self.now))
                claims[name] = .integer(time)
            }
            #expect(throws: DPoPProofFault.self) { try proof.checkFreshness(at: Self.now, nonces: nonces) }
        }
    }

    @Test func `item 10: a foreign nonce is refused even where none is demanded`() throws {
        let proof = try parsed { _, claims in claims["nonce"] = .string(DPoPNonces().nonce(at: Self.now)) }
        #expect(throws: DPoPProofFault.nonceUnknown) {
            try proof.checkFreshness(at: Self.now, nonces: DPoPNonces())
        }
        // Whoever gives none takes no notice.
        let accepted = try proof.checkFreshness(at: Self.now, nonces: nil, isNonceRequired: true)
        #expect(accepted.until == Self.now + 60)
    }

    @Test func `§8: a proof without nonce, where one is demanded`() throws {
        let proof = try parsed()
        #expect(throws: DPoPProofFault.nonceMissing) {
            try proof.checkFreshness(at: Self.now, nonces: DPoPNonces(), isNonceRequired: true)
        }
        let accepted = try proof.checkFreshness(at: Self.now, nonces: DPoPNonces())
        #expect(accepted.from == Self.now)
        #expect(accepted.until == Self.now + 60)
    }

    // MARK: Replay

    @Test func `§11.1: the replay key is of key and jti`() throws {
        let proof = try parsed().proved()
        #expect(try parsed { _, claims in claims["iat"] = 1 }.proved().replayKey == proof.replayKey)
        #expect(try parsed { _, claims in claims["jti"] = "id-2" }.proved().replayKey != proof.replayKey)
        let other = try ProofMint()
        #expect(try UnverifiedDPoPProof(parsing: [other.proof(Self.draft())]).proved().replayKey != proof.replayKey)
    }

    @Test func `an access token is no proof, and an assertion neither`() throws {
        for type in ["at+jwt", "JWT"] {
            let token = try CompactJWS.sign(
                header: ["typ": .string(type), "alg": "ES256", "kid": "k"],
                payload: utf8(#"{"iss":"x","jti":"a","iat":1800000000}"#),
                with: SampleKey.p256,
                algorithm: .es256
            )
            #expect(throws: DPoPProofFault.type(type)) { try UnverifiedDPoPProof(parsing: [token]) }
        }
    }

    @Test func `every fault has a reason of the list, and texts without a dot at the end`() {
        let faults: [DPoPProofFault] = [
            .missing, .repeated, .malformed(.encryption), .type(nil), .type("JWT"), .headerMember("crit"),
            .algorithm(nil),
            .algorithm("none"), .keyMissing, .key(.symmetricKey), .claim("jti"), .signature, .method("GET"),
            .target("x"), .stale(issuedAt: Self.now, now: Self.now), .notYetValid(issuedAt: Self.now, now: Self.now),
            .nonceMissing, .nonceUnknown, .accessTokenHash, .otherKey, .replayed,
        ]
        for fault in faults {
            let reasons = fault.wantsNonce ? DPoPProofFault.nonceReasons : DPoPProofFault.reasons
            #expect(reasons.contains(fault.reason))
            #expect(!"\(fault)".hasSuffix("."))
        }
        #expect(Set(faults.map(\.reason)) == Set(DPoPProofFault.reasons + DPoPProofFault.nonceReasons))
    }
}
