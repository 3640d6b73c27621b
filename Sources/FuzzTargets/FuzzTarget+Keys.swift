import JOSE
import LibCrypto

extension FuzzTarget {
    /// Keys and key sets as JSON (RFC 7517): an accepted key is sound, and written anew it is the same.
    static let jwk = FuzzTarget("jwk") { input in
        var isAccepted = false
        if let key = try? JWK(parsing: input) {
            try check(key)
            isAccepted = true
        }
        if let set = try? JWKSet(parsing: input) {
            for key in set.keys { try check(key) }
            try demand(try JWKSet(parsing: set.encoded()) == set, "a set written anew is another")
            let identifiers = set.keys.compactMap { $0.keyID.map { Array($0.utf8) } }
            try demand(Set(identifiers).count == identifiers.count, "a set with one `kid` twice")
        }
        if let (set, skipped) = try? JWKSet.readingUsable(from: input) {
            for key in set.keys { try check(key) }
            let wanted = try JSONValue(parsing: input)["keys"]?.array?.count
            try demand(wanted == set.keys.count + skipped.count, "keys are neither taken nor skipped")
        }
        if let object = try? JSONValue(parsing: input).object, let key = try? JWK.Private(parsing: object) {
            try check(key.publicJWK)
            try demand(!key.publicJWK.object.contains("d"), "a public key shows its private half")
            try demand((try? JWK(parsing: object)) == nil, "a private key passes as a public one")
            let again = try JWK.Private(parsing: try key.secretObject())
            try demand(again.publicJWK == key.publicJWK, "a private key written anew is another")
            isAccepted = true
        }
        return isAccepted
    }

    private static func check(_ key: JWK) throws {
        try demand(key.publicKey.weakness == nil, "a weak key was accepted")
        try demand(key.algorithm?.fits(key.publicKey.kind) ?? true, "the algorithm does not fit the key")
        let object = key.object
        for secret in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
            try demand(!object.contains(secret), "a public key holds `\(secret)`")
        }
        let again = try JWK(parsing: object)
        try demand(again.publicKey == key.publicKey && again.keyID == key.keyID, "a key written anew is another")
        try demand(again.thumbprint() == key.thumbprint(), "the same key has two thumbprints")
        try demand(try Base64URL.decode(key.thumbprint()).count == 32, "a thumbprint of another length")
        try demand(try PublicKey(spkiDER: key.publicKey.spkiDER) == key.publicKey, "its DER is another key")
        // A signature of zeros is nobody's (CVE-2022-21449).
        for algorithm in JWSAlgorithm.allCases where algorithm.fits(key.publicKey.kind) {
            for length in [0, 64, 96, 132, 256] {
                try demand(
                    !key.publicKey.isValidSignature(
                        [UInt8](repeating: 0, count: length),
                        of: [1],
                        scheme: algorithm.scheme
                    ),
                    "zeros are a valid signature"
                )
            }
        }
    }
}
