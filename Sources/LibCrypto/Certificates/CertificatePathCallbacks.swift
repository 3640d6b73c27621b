internal import COpenSSL

// How libcrypto asks back during a verification. The judgement hangs on the context of the path itself; the path of a
// separate issuer of a revocation list is verified in a context of its own, which only names its parent.

extension CertificatePathValidator.Store {
    /// Has this store's verifications ask us who issued whom, whether signatures hold, and what a list is worth.
    static func setCallbacks(_ store: OpaquePointer) {
        X509_STORE_set_check_issued(store, isIssued)
        X509_STORE_set_verify(store, verifySignatures)
        X509_STORE_set_check_crl(store, checkList)
    }
}

/// libcrypto's own functions for what we replace or extend; public only through a context.
private struct OwnFunctions: Sendable {
    let verify: (@convention(c) (OpaquePointer?) -> Int32)?
    let checkList: (@convention(c) (OpaquePointer?, OpaquePointer?) -> Int32)?

    static let shared: OwnFunctions = {
        guard let context = X509_STORE_CTX_new(), let store = X509_STORE_new() else {
            preconditionFailure("libcrypto has no memory")
        }
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
        }
        guard X509_STORE_CTX_init(context, store, nil, nil) == 1 else {
            preconditionFailure("libcrypto has no memory")
        }
        return OwnFunctions(
            verify: X509_STORE_CTX_get_verify(context),
            checkList: X509_STORE_CTX_get_check_crl(context)
        )
    }()
}

private func judgement(of context: OpaquePointer) -> PathJudgement? {
    X509_STORE_CTX_get_ex_data(context, 0).map { Unmanaged<PathJudgement>.fromOpaque($0).takeUnretainedValue() }
}

/// The verify callback: notes the fault and lets libcrypto go on.
func collectFinding(ok: Int32, context: OpaquePointer?) -> Int32 {
    guard ok == 0, let context else { return ok }
    // In the context of a list's issuer the first fault ends it; the outer one hears of it as CRL_PATH_VALIDATION_ERROR.
    guard let judgement = judgement(of: context) else { return 0 }
    return judgement.add(X509_STORE_CTX_get_error(context), in: context) ? 1 : 0
}

/// Who issued a certificate: on the path to judge only the next one.
private func isIssued(context: OpaquePointer?, certificate: OpaquePointer?, issuer: OpaquePointer?) -> Int32 {
    guard let context, let certificate, let issuer else { return 0 }
    if let judgement = judgement(of: context) { return judgement.isStep(from: certificate, to: issuer) ? 1 : 0 }
    return X509_check_issued(issuer, certificate) == X509_V_OK ? 1 : 0
}

/// The signatures of the path to judge were checked by the search; those on the path of a list's issuer are libcrypto's.
private func verifySignatures(context: OpaquePointer?) -> Int32 {
    guard let context else { return 0 }
    if let judgement = judgement(of: context) { return judgement.finishSignatures() ? 1 : 0 }
    guard let own = OwnFunctions.shared.verify, let parent = X509_STORE_CTX_get0_parent_ctx(context),
        let outer = judgement(of: parent), let chain = X509_STORE_CTX_get0_chain(context)
    else { return 0 }
    guard outer.budget.spend(max(1, Int(OPENSSL_sk_num(chain)) - 1)) else { return 0 }
    return own(context)
}

/// Looks at a revocation list for one certificate: our own rules, then libcrypto's, which check its signature.
private func checkList(context: OpaquePointer?, list: OpaquePointer?) -> Int32 {
    guard let context, let list, let own = OwnFunctions.shared.checkList else { return 0 }
    guard let judgement = judgement(of: context) else { return own(context, list) }
    guard judgement.budget.spend() else { return 0 }
    if let fault = RevocationListRules.fault(in: list) { judgement.addList(fault, in: context) }
    return own(context, list)
}

/// What RFC 5280 §5 demands of a revocation list and libcrypto lets pass.
private enum RevocationListRules {
    static func fault(in list: OpaquePointer) -> String? {
        // RFC 5280 §5.2.3: every list has a number.
        guard X509_CRL_get_ext_by_NID(list, NID_crl_number, -1) >= 0 else {
            return "the revocation list has no number"
        }
        // libcrypto's security level is for certificates alone: of lists too no SHA-1.
        var identifier: OpaquePointer?
        var algorithm: UnsafePointer<X509_ALGOR>?
        X509_CRL_get0_signature(list, nil, &algorithm)
        X509_ALGOR_get0(&identifier, nil, nil, algorithm)
        guard let name = CertificateReading.oid(identifier), CertificatePathRules.allows(signature: name) else {
            return "the revocation list's signature algorithm `\(CertificateReading.name(identifier))` is not accepted"
        }
        return nil
    }
}
