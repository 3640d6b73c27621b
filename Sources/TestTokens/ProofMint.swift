public import JOSE
public import LibCrypto

/// Makes DPoP proofs (RFC 9449 §4.2), sound ones and such as lack something.
public struct ProofMint: Sendable {
    /// The key that signs.
    public let key: PrivateKey
    /// The algorithm.
    public let algorithm: JWSAlgorithm

    /// Proofs by a key; a new P-256 key unless one is given.
    ///
    /// - Throws: `CryptoError` when no key can be drawn.
    public init(_ key: PrivateKey? = nil, algorithm: JWSAlgorithm? = nil) throws(CryptoError) {
        let key = if let key { key } else { try PrivateKey.generate(.ec(.p256)) }
        self.key = key
        self.algorithm = algorithm ?? .preferred(for: key.kind)
    }

    /// The public key.
    public var jwk: JWK { JWK(key.publicKey, keyID: nil, algorithm: nil) }

    /// `jkt`.
    public var thumbprint: String { jwk.thumbprint() }

    /// A proof.
    ///
    /// - Parameters:
    ///   - draft: What it says.
    ///   - change: Changes the header and the claims before they are signed.
    /// - Throws: `CryptoError`.
    /// - Returns: Its compact form.
    public func proof(
        _ draft: DPoPProofDraft,
        change: (_ header: inout JSONObject, _ claims: inout JSONObject) -> Void = { _, _ in }
    ) throws(CryptoError) -> String {
        var header = DPoPProofDraft.header(key: jwk, algorithm: algorithm)
        var claims = draft.claims
        change(&header, &claims)
        return try CompactJWS.sign(
            header: header,
            payload: claims.encoded(),
            with: key.makeSigner(algorithm.scheme)
        )
    }
}
