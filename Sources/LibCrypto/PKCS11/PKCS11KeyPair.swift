internal import CPKCS11
public import Vocabulary

extension PKCS11Key {
    /// Makes a key pair in a token, never to leave it, and opens it.
    ///
    /// - Parameters:
    ///   - kind: RSA, or one of the curves; Ed25519 is what few tokens have.
    ///   - location: The token, and the label that the new key gets; it must be free.
    ///   - pin: The user's PIN.
    /// - Returns: The key, proved to be usable.
    /// - Throws: `PKCS11Error`.
    public static func generate(
        _ kind: KeyKind,
        at location: PKCS11KeyLocation,
        pin: Secret
    ) throws(PKCS11Error) -> PKCS11Key {
        let module = try PKCS11Module.at(location.module)
        let slot = try module.slot(ofToken: location.token)
        var session: CK_SESSION_HANDLE = 0
        try PKCS11Module.check(
            "C_OpenSession",
            module.functions.pointee.C_OpenSession?(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nil, nil, &session)
        )
        defer { _ = module.functions.pointee.C_CloseSession?(session) }
        try PKCS11Session.logIn(as: CKU_USER, pin, module, session, slot)
        let label = Array(location.key.utf8)
        let objects = PKCS11Session.ObjectAccess(module: module, session: session)
        guard try objects.find(CKO_PRIVATE_KEY, [(CKA_LABEL, label)]).isEmpty else {
            throw .keyAmbiguous(label: location.key)
        }
        try make(kind, labelled: label, module, session)
        // Opened as any other key is, which proves by a signature that it can be used.
        return try PKCS11Key(location, pin: pin)
    }

    private static func make(
        _ kind: KeyKind,
        labelled label: [UInt8],
        _ module: PKCS11Module,
        _ session: CK_SESSION_HANDLE
    ) throws(PKCS11Error) {
        let yes: [UInt8] = [1]
        let type: CK_ULONG
        // The number comes first: modules read it as an aligned one, and the block's storage is aligned.
        var attributes: [(CK_ULONG, [UInt8])]
        switch kind {
        case .rsa(let bits):
            type = CKM_RSA_PKCS_KEY_PAIR_GEN
            attributes = [
                (CKA_MODULUS_BITS, withUnsafeBytes(of: CK_ULONG(bits)) { Array($0) }),
                (CKA_PUBLIC_EXPONENT, [1, 0, 1]),
            ]
        case .ec(let curve):
            type = CKM_EC_KEY_PAIR_GEN
            attributes = [(CKA_EC_PARAMS, DERWriter.element(DERTag.objectIdentifier, curve.identifier))]
        case .ed25519: throw .mechanismMissing("for Ed25519")
        }
        attributes += [
            (CKA_TOKEN, yes), (CKA_PRIVATE, [0]), (CKA_VERIFY, yes), (CKA_LABEL, label), (CKA_ID, label),
        ]
        let secret: [(CK_ULONG, [UInt8])] = [
            (CKA_TOKEN, yes), (CKA_PRIVATE, yes), (CKA_SENSITIVE, yes), (CKA_EXTRACTABLE, [0]), (CKA_SIGN, yes),
            (CKA_LABEL, label), (CKA_ID, label),
        ]
        var mechanism = CK_MECHANISM(mechanism: type, pParameter: nil, ulParameterLen: 0)
        var publicKey: CK_OBJECT_HANDLE = 0
        var privateKey: CK_OBJECT_HANDLE = 0
        let code = PKCS11Session.ObjectAccess.withTemplate(attributes) { ours, count in
            PKCS11Session.ObjectAccess.withTemplate(secret) { theirs, secretCount in
                module.functions.pointee.C_GenerateKeyPair?(
                    session,
                    &mechanism,
                    ours,
                    count,
                    theirs,
                    secretCount,
                    &publicKey,
                    &privateKey
                )
            }
        }
        try PKCS11Module.check("C_GenerateKeyPair", code)
    }
}
