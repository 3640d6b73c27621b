internal import CPKCS11

/// A mechanism that signs by a scheme: either it digests the message itself, or it is given the digest.
struct PKCS11Mechanism: Sendable, Equatable {
    let type: CK_ULONG
    /// The standard's name.
    let name: String
    let hash: HashFunction
    let digestsItself: Bool
    /// Whether it takes the parameters of RSASSA-PSS.
    var takesPSSParameters = false

    /// The mechanisms of a scheme, the best first; empty for Ed25519, which few tokens have.
    static func candidates(for scheme: SignatureScheme) -> [PKCS11Mechanism] {
        switch scheme {
        case .rsaPKCS1(let hash):
            switch hash {
            case .sha256: [Self(type: CKM_SHA256_RSA_PKCS, name: "CKM_SHA256_RSA_PKCS", hash, true)]
            case .sha384: [Self(type: CKM_SHA384_RSA_PKCS, name: "CKM_SHA384_RSA_PKCS", hash, true)]
            case .sha512: [Self(type: CKM_SHA512_RSA_PKCS, name: "CKM_SHA512_RSA_PKCS", hash, true)]
            }
        case .rsaPSS(let hash):
            switch hash {
            case .sha256: pss(CKM_SHA256_RSA_PKCS_PSS, "CKM_SHA256_RSA_PKCS_PSS", hash)
            case .sha384: pss(CKM_SHA384_RSA_PKCS_PSS, "CKM_SHA384_RSA_PKCS_PSS", hash)
            case .sha512: pss(CKM_SHA512_RSA_PKCS_PSS, "CKM_SHA512_RSA_PKCS_PSS", hash)
            }
        // Its signature is r and s side by side (PKCS #11 Current Mechanisms 2.40 §2.3.1), as JWS wants it.
        case .ecdsa(let hash): [Self(type: CKM_ECDSA, name: "CKM_ECDSA", hash, false)]
        case .ed25519: []
        }
    }

    /// The one that digests as well, and the bare one, which every token with PSS has.
    private static func pss(_ type: CK_ULONG, _ name: String, _ hash: HashFunction) -> [PKCS11Mechanism] {
        var mechanisms = [
            Self(type: type, name: name, hash, true),
            Self(type: CKM_RSA_PKCS_PSS, name: "CKM_RSA_PKCS_PSS", hash, false),
        ]
        for index in mechanisms.indices { mechanisms[index].takesPSSParameters = true }
        return mechanisms
    }

    private init(type: CK_ULONG, name: String, _ hash: HashFunction, _ digestsItself: Bool) {
        self.type = type
        self.name = name
        self.hash = hash
        self.digestsItself = digestsItself
    }

    /// Lends the mechanism as C wants it, for the length of the call.
    func withMechanism<Result>(_ body: (UnsafeMutablePointer<CK_MECHANISM>) -> Result) -> Result {
        guard takesPSSParameters else {
            var mechanism = CK_MECHANISM(mechanism: type, pParameter: nil, ulParameterLen: 0)
            return body(&mechanism)
        }
        var parameters = pssParameters
        return withUnsafeMutableBytes(of: &parameters) { bytes in
            var mechanism = CK_MECHANISM(
                mechanism: type,
                pParameter: bytes.baseAddress,
                ulParameterLen: CK_ULONG(bytes.count)
            )
            return body(&mechanism)
        }
    }

    /// RFC 7518 §3.5: MGF1 with the same hash, and a salt as long as the hash.
    private var pssParameters: CK_RSA_PKCS_PSS_PARAMS {
        let (algorithm, generator) =
            switch hash {
            case .sha256: (CKM_SHA256, CKG_MGF1_SHA256)
            case .sha384: (CKM_SHA384, CKG_MGF1_SHA384)
            case .sha512: (CKM_SHA512, CKG_MGF1_SHA512)
            }
        return CK_RSA_PKCS_PSS_PARAMS(hashAlg: algorithm, mgf: generator, sLen: CK_ULONG(hash.digestLength))
    }
}
