internal import COpenSSL
internal import Vocabulary

/// One call of `X509_verify_cert`, with all that it needs kept alive.
struct PathRun {
    let store: CertificatePathValidator.Store
    let leaf: Certificate
    let helpers: [Certificate]
    let options: CertificatePathValidator.Options
    let at: Timestamp

    init(
        store: CertificatePathValidator.Store,
        leaf: Certificate,
        helpers: [Certificate],
        options: CertificatePathValidator.Options,
        at: Timestamp
    ) {
        self.store = store
        self.leaf = leaf
        self.helpers = helpers
        self.options = options
        self.at = at
    }

    /// What a run gave: the path that was built, as borrowed pointers to compare with, and all findings.
    struct Outcome {
        var path: [OpaquePointer] = []
        var findings: [PathFinding] = []
    }

    func verify() -> Outcome {
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard let context = X509_STORE_CTX_new() else { return failed("no memory") }
        defer { X509_STORE_CTX_free(context) }
        guard let stack = OPENSSL_sk_new_null() else { return failed("no memory") }
        defer { OPENSSL_sk_free(stack) }  // the certificates in it are borrowed
        for helper in helpers { OPENSSL_sk_push(stack, UnsafeRawPointer(helper.handle.pointer)) }
        guard X509_STORE_CTX_init(context, store.pointer, leaf.handle.pointer, stack) == 1, configure(context) else {
            return failed("the verification could not be set up")
        }
        let collector = FindingCollector(at: at)
        return withExtendedLifetime((collector, helpers, leaf, store)) {
            X509_STORE_CTX_set_ex_data(context, 0, Unmanaged.passUnretained(collector).toOpaque())
            X509_STORE_CTX_set_verify_cb(context, collectFinding)
            let result = X509_verify_cert(context)
            var outcome = Outcome(findings: collector.findings)
            if let chain = X509_STORE_CTX_get0_chain(context) {
                outcome.path = CertificateReading.elements(of: chain).map { OpaquePointer($0) }
            }
            // Failures that never reached the callback (no memory, a broken context) must not pass as success.
            if result != 1, outcome.findings.isEmpty {
                let code = X509_STORE_CTX_get_error(context)
                outcome.findings = failed(text(of: code), fault: PathFault(code: code)).findings
            }
            return outcome
        }
    }

    private func failed(_ detail: String, fault: PathFault = .unspecified) -> Outcome {
        Outcome(findings: [PathFinding(fault: fault, depth: 0, subject: leaf.subject.shortName, detail: detail)])
    }

    private func configure(_ context: OpaquePointer) -> Bool {
        guard let parameters = X509_STORE_CTX_get0_param(context) else { return false }
        // PARTIAL_CHAIN: an anchor is one because it is in the store, not because it is self-signed.
        var flags =
            X509_V_FLAG_X509_STRICT | X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN
        if options.requiresExplicitPolicy { flags |= X509_V_FLAG_EXPLICIT_POLICY }
        if options.inhibitsAnyPolicy { flags |= X509_V_FLAG_INHIBIT_ANY }
        if options.inhibitsPolicyMapping { flags |= X509_V_FLAG_INHIBIT_MAP }
        if options.revocation == .allBelowAnchor {
            // Without USE_DELTAS a certificate that only a delta list revokes would pass.
            flags |=
                X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT
                | X509_V_FLAG_USE_DELTAS
        }
        guard X509_VERIFY_PARAM_set_flags(parameters, UInt(flags)) == 1 else { return false }
        X509_VERIFY_PARAM_set_time(parameters, time_t(at.seconds))
        X509_VERIFY_PARAM_set_depth(parameters, Int32(clamping: options.maximumIntermediates))
        // Level 2 is 112 bits: RSA from 2048, curves from 224, no SHA-1.
        X509_VERIFY_PARAM_set_auth_level(parameters, 2)
        // To libcrypto an empty set fits nothing; RFC 5280 §6.1.1 c writes "any" as anyPolicy.
        for policy in options.policies.isEmpty ? [.anyPolicy] : options.policies {
            guard let object = OBJ_txt2obj(policy.dotted, 1) else { return false }
            // Takes the object over.
            guard X509_VERIFY_PARAM_add0_policy(parameters, object) == 1 else {
                ASN1_OBJECT_free(object)
                return false
            }
        }
        return true
    }
}

/// Gathers what the verify callback is told of a chain, so that the first fault does not hide the others.
private final class FindingCollector {
    let at: Timestamp
    var findings: [PathFinding] = []

    init(at: Timestamp) { self.at = at }

    /// A path that is wrong at every step stops gathering here.
    private static let maximumFindings = 100

    /// Notes a fault.
    ///
    /// - Returns: whether libcrypto shall look on. Not after a fault that leaves the chain unproven: whoever sends such a
    ///   chain could have name constraints and policy trees worked out for nothing (and, in OpenSSL 3.0, memory lost with
    ///   each `policyConstraints` beside no policies).
    func add(_ code: Int32, in context: OpaquePointer) -> Bool {
        guard findings.count < Self.maximumFindings else { return false }
        let depth = Int(X509_STORE_CTX_get_error_depth(context))
        let current = X509_STORE_CTX_get_current_cert(context)
        let fault = PathFault(code: code)
        // RFC 5280 §4.1.2.5 includes the last second; libcrypto calls a certificate expired at it already.
        if fault == .expired, let current, let end = X509_get0_notAfter(current), CertificateReading.time(end) == at {
            return true
        }
        // CRL_CHECK_ALL asks for a list for the anchor too; an anchor is trusted by decision and not revoked by a list.
        if fault.concernsRevocation, depth > 0, depth == lastDepth(in: context) { return true }
        let subject = current.map { CertificateReading.name(X509_get_subject_name($0)).shortName }
        findings.append(PathFinding(fault: fault, depth: depth, subject: subject, detail: text(of: code)))
        return !Self.unproven.contains(fault)
    }

    private static let unproven: Set<PathFault> = [
        .unknownIssuer, .selfSignedLeaf, .signature, .tooLong, .unspecified,
    ]

    private func lastDepth(in context: OpaquePointer) -> Int? {
        X509_STORE_CTX_get0_chain(context).map { Int(OPENSSL_sk_num($0)) - 1 }
    }
}

/// The verify callback: notes the fault and lets libcrypto go on.
private func collectFinding(ok: Int32, context: OpaquePointer?) -> Int32 {
    guard ok == 0, let context else { return ok }
    // The path of a separate CRL issuer is verified in a context of its own, without our data: there the first fault
    // ends it, and the outer context hears of it as CRL_PATH_VALIDATION_ERROR.
    guard let data = X509_STORE_CTX_get_ex_data(context, 0) else { return 0 }
    let collector = Unmanaged<FindingCollector>.fromOpaque(data).takeUnretainedValue()
    return collector.add(X509_STORE_CTX_get_error(context), in: context) ? 1 : 0
}

private func text(of code: Int32) -> String {
    X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? "error \(code)"
}
