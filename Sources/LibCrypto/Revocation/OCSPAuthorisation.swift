internal import COpenSSL
internal import Vocabulary

/// Finds out who signed an answer and whether the signer may speak for the issuer (RFC 6960 §4.2.2.2).
///
/// Two may: the issuer itself, and whoever holds a certificate with `id-kp-OCSPSigning` that the issuer has signed
/// directly. A responder that is trusted by configuration alone does not exist here.
struct OCSPAuthorisation {
    let response: OCSPResponse
    let issuer: Certificate
    let now: Timestamp

    /// More certificates in an answer than this are not looked at: each could cost a signature check.
    private static let maximumCertificates = 4

    private var basic: OpaquePointer { response.handle.pointer }

    func responder() throws(OCSPFault) -> OCSPStatement.Responder {
        guard hasStrongSignature else { throw .signature }
        if isSigner(issuer) {
            guard isSigned(by: issuer) else { throw .signature }
            return .issuer
        }
        let candidates = certificates().filter(isSigner)
        guard !candidates.isEmpty else {
            throw .responder("it names neither the issuer nor a certificate that it brings along")
        }
        var fault = OCSPFault.signature
        for candidate in candidates where isSigned(by: candidate) {
            do throws(OCSPFault) { return try delegated(candidate) } catch { fault = error }
        }
        throw fault
    }

    /// The certificate of a delegated responder, issued directly by the certificate's issuer and valid now.
    private func delegated(_ certificate: Certificate) throws(OCSPFault) -> OCSPStatement.Responder {
        guard certificate.extendedKeyUsage?.contains(.ocspSigning) == true else {
            throw .responder("its certificate lacks `id-kp-OCSPSigning`")
        }
        var options = CertificatePathValidator.Options()
        options.maximumIntermediates = 0
        do throws(PathRejection) {
            let path = try CertificatePathValidator(anchors: [issuer], options: options).validate(certificate, at: now)
            guard path == [certificate, issuer] else { throw PathRejection(findings: []) }
        } catch {
            throw .responder("its certificate is not the issuer's: \(error)")
        }
        let allowed: Certificate.KeyUsage = [.digitalSignature, .nonRepudiation]
        if let usage = certificate.keyUsage, usage.isDisjoint(with: allowed) {
            throw .responder("its certificate's key may not sign")
        }
        // RFC 6960 §4.2.2.2.1: with `id-pkix-ocsp-nocheck` the issuer vouches for the certificate's whole, short life.
        let isVouchedFor = X509_get_ext_by_NID(certificate.handle.pointer, NID_id_pkix_OCSP_noCheck, -1) >= 0
        return .delegated(certificate, mayBeRevoked: !isVouchedFor)
    }

    private func certificates() -> [Certificate] {
        guard let stack = OCSP_resp_get0_certs(basic) else { return [] }
        return CertificateReading.elements(of: stack).prefix(Self.maximumCertificates).compactMap { element in
            var buffer: UnsafeMutablePointer<UInt8>?
            let count = i2d_X509(OpaquePointer(element), &buffer)
            guard count > 0, let buffer else { return nil }
            defer { CRYPTO_free(buffer, #file, #line) }
            return try? Certificate(der: Array(UnsafeBufferPointer(start: buffer, count: Int(count))))
        }
    }

    /// Whether the answer names this certificate as its signer's, by its name or by its key's hash.
    private func isSigner(_ certificate: Certificate) -> Bool {
        var keyHash: UnsafePointer<ASN1_OCTET_STRING>?
        var name: OpaquePointer?
        guard OCSP_resp_get0_id(basic, &keyHash, &name) == 1 else { return false }
        return withExtendedLifetime(certificate) {
            if let name { return X509_NAME_cmp(name, X509_get_subject_name(certificate.handle.pointer)) == 0 }
            guard let keyHash, let key = X509_get0_pubkey_bitstr(certificate.handle.pointer) else { return false }
            // RFC 6960 §4.2.1: SHA-1 of the key's bits; it only names the key, the signature proves it.
            var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
            let bits = octets(key)
            guard EVP_Digest(bits, bits.count, &digest, nil, EVP_sha1(), nil) == 1 else { return false }
            return octets(keyHash) == digest
        }
    }

    private func isSigned(by certificate: Certificate) -> Bool {
        defer { ERR_clear_error() }
        guard let stack = OPENSSL_sk_new_null() else { return false }
        defer { OPENSSL_sk_free(stack) }  // the certificate in it is borrowed
        return withExtendedLifetime(certificate) {
            OPENSSL_sk_push(stack, UnsafeRawPointer(certificate.handle.pointer))
            // The signature alone, by this certificate and none that the answer brings along; who may sign is ours to say.
            return OCSP_basic_verify(basic, stack, nil, UInt(OCSP_NOVERIFY | OCSP_NOINTERN)) == 1
        }
    }

    /// Whether the signature's hash is of 112 bits of strength or more, as certificates' must be.
    private var hasStrongSignature: Bool {
        guard let algorithm = OCSP_resp_get0_tbs_sigalg(basic) else { return false }
        var object: OpaquePointer?
        var kind: Int32 = 0
        var parameters: UnsafeRawPointer?
        X509_ALGOR_get0(&object, &kind, &parameters, algorithm)
        switch OBJ_obj2nid(object) {
        case NID_ED25519, NID_ED448: return true
        case NID_rsassaPss: return kind == V_ASN1_SEQUENCE && Self.hasStrongPSS(parameters)
        case let identifier:
            var hash: Int32 = 0
            guard OBJ_find_sigid_algs(identifier, &hash, nil) == 1 else { return false }
            return Self.strongHashes.contains(hash)
        }
    }

    private static func hasStrongPSS(_ parameters: UnsafeRawPointer?) -> Bool {
        guard let parameters else { return false }
        let sequence = octets(parameters.assumingMemoryBound(to: ASN1_STRING.self))
        let decoded = sequence.withUnsafeBufferPointer { buffer in
            var rest = buffer.baseAddress
            return d2i_RSA_PSS_PARAMS(nil, &rest, buffer.count)
        }
        guard let decoded else { return false }
        defer { RSA_PSS_PARAMS_free(decoded) }
        // Absent means SHA-1 (RFC 4055 §3.1).
        guard let hash = decoded.pointee.hashAlgorithm else { return false }
        var object: OpaquePointer?
        X509_ALGOR_get0(&object, nil, nil, hash)
        return strongHashes.contains(OBJ_obj2nid(object))
    }

    private static let strongHashes: Set<Int32> = [
        NID_sha224, NID_sha256, NID_sha384, NID_sha512, NID_sha3_256, NID_sha3_384, NID_sha3_512,
    ]
}

extension OID {
    /// `id-kp-OCSPSigning` (RFC 6960 §4.2.2.2).
    public static let ocspSigning = OID(unchecked: "1.3.6.1.5.5.7.3.9")
}
