internal import COpenSSL
internal import Vocabulary

/// Judges one path by `X509_verify_cert` and ``CertificatePathRules``; which path, and its signatures, are decided before.
struct PathRun {
    let store: CertificatePathValidator.Store
    /// Certificates among which the issuer of an indirect revocation list may be found.
    let helpers: [Certificate]
    let options: CertificatePathValidator.Options
    let at: Timestamp

    /// All that is wrong with a path; nothing when it is valid.
    ///
    /// - Parameters:
    ///   - path: leaf first, anchor last; without an anchor it is an unknown issuer's.
    ///   - wrongSignature: where a certificate's signature is known to be wrong; all others below the anchor were checked.
    ///   - budget: counts the signatures that this checks itself, those of revocation lists and their issuers.
    /// - Returns: the findings, of libcrypto first.
    func judge(_ path: [Certificate], wrongSignature: Int? = nil, budget: SignatureBudget) -> [PathFinding] {
        ERR_clear_error()
        defer { ERR_clear_error() }
        guard let leaf = path.first, let context = X509_STORE_CTX_new() else { return [failure("no memory")] }
        defer { X509_STORE_CTX_free(context) }
        guard let stack = OPENSSL_sk_new_null() else { return [failure("no memory")] }
        defer { OPENSSL_sk_free(stack) }  // the certificates in it are borrowed
        guard let lists = OPENSSL_sk_new_null() else { return [failure("no memory")] }
        defer { OPENSSL_sk_free(lists) }  // and the lists in this one
        for list in store.lists { OPENSSL_sk_push(lists, UnsafeRawPointer(list.handle.pointer)) }
        let helpers = path.dropFirst() + helpers
        for helper in helpers { OPENSSL_sk_push(stack, UnsafeRawPointer(helper.handle.pointer)) }
        guard X509_STORE_CTX_init(context, store.pointer, leaf.handle.pointer, stack) == 1,
            configure(context, length: path.count)
        else { return [failure("the verification could not be set up")] }
        X509_STORE_CTX_set0_crls(context, lists)  // borrowed too, in spite of its name
        let judgement = PathJudgement(path, wrongSignature: wrongSignature, budget: budget)
        return withExtendedLifetime((judgement, helpers, leaf, store)) {
            X509_STORE_CTX_set_ex_data(context, 0, Unmanaged.passUnretained(judgement).toOpaque())
            X509_STORE_CTX_set_verify_cb(context, collectFinding)
            let result = X509_verify_cert(context)
            return findings(of: judgement, result, context)
        }
    }

    private func findings(of judgement: PathJudgement, _ result: Int32, _ context: OpaquePointer) -> [PathFinding] {
        let path = judgement.path
        var built: [OpaquePointer] = []
        if let chain = X509_STORE_CTX_get0_chain(context) {
            built = CertificateReading.elements(of: chain).map { OpaquePointer($0) }
        }
        let isWhole = !judgement.findings.contains { [.unknownIssuer, .selfSignedLeaf].contains($0.fault) }
        let ours = CertificatePathRules.findings(in: path, hasAnchor: isWhole, options: options, at: at)
        // libcrypto finds keys too small by its own measure; one word on each is enough.
        let weak = Set(judgement.findings.filter { $0.fault == .weakKey }.map(\.depth))
        let findings =
            judgement.findings + ours.filter { $0.fault != .weakKey || !weak.contains($0.depth) }
        guard findings.isEmpty else { return findings }
        // Failures that never reached the callback (no memory, a broken context) must not pass as success.
        guard result == 1 else {
            let code = X509_STORE_CTX_get_error(context)
            return [failure(verdictText(code), fault: PathFault(code: code), at: path.first)]
        }
        // INVARIANT: the path that libcrypto judged is the one whose signatures were checked.
        guard built == path.map(\.handle.pointer) else { return [failure("another path was judged", at: path.first)] }
        return []
    }

    private func failure(
        _ detail: String,
        fault: PathFault = .unspecified,
        at certificate: Certificate? = nil
    ) -> PathFinding {
        PathFinding(fault: fault, depth: 0, subject: certificate?.subject.shortName, detail: detail)
    }

    private func configure(_ context: OpaquePointer, length: Int) -> Bool {
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
        // The search has limited the length already, and counts otherwise: without self-issued certificates.
        X509_VERIFY_PARAM_set_depth(parameters, Int32(clamping: max(length, options.maximumIntermediates)))
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

/// What the callbacks of one run share: the path to judge, and what was found.
final class PathJudgement {
    let path: [Certificate]
    let wrongSignature: Int?
    let budget: SignatureBudget
    private(set) var findings: [PathFinding] = []

    init(_ path: [Certificate], wrongSignature: Int?, budget: SignatureBudget) {
        self.path = path
        self.wrongSignature = wrongSignature
        self.budget = budget
    }

    /// A path that is wrong at every step stops gathering here.
    private static let maximumFindings = 100

    /// Whether the issuer is the certificate's on this path.
    func isStep(from certificate: OpaquePointer, to issuer: OpaquePointer) -> Bool {
        guard let index = path.firstIndex(where: { $0.handle.pointer == certificate }), index + 1 < path.count else {
            return false
        }
        return path[index + 1].handle.pointer == issuer
    }

    /// Notes a verdict of libcrypto's.
    ///
    /// - Returns: whether libcrypto shall look on. Not after a fault that leaves the path unproven: whoever sends such a
    ///   path could have name constraints and policy trees worked out for nothing (and, in OpenSSL 3.0, memory lost with
    ///   each `policyConstraints` beside no policies).
    func add(_ code: Int32, in context: OpaquePointer) -> Bool {
        guard findings.count < Self.maximumFindings else { return false }
        let depth = Int(X509_STORE_CTX_get_error_depth(context))
        let fault = PathFault(code: code)
        let isAnchor = depth > 0 && depth == lastDepth(in: context)
        // CRL_CHECK_ALL asks for a list for the anchor too; an anchor is trusted by decision and not revoked by a list.
        if isAnchor, fault.concernsRevocation { return true }
        // RFC 5280 §6.1.4 n, §6.3.3 f: usages bind where the extension stands; an anchor need not have it.
        if isAnchor, code == X509_V_ERR_CA_CERT_MISSING_KEY_USAGE { return true }
        let current = X509_STORE_CTX_get_current_cert(context)
        add(
            fault,
            depth,
            current.map { CertificateReading.name(X509_get_subject_name($0)).shortName },
            verdictText(code)
        )
        return !Self.unproven.contains(fault)
    }

    /// Notes what one of our own rules found of a revocation list for the certificate at hand.
    func addList(_ detail: String, in context: OpaquePointer) {
        let depth = Int(X509_STORE_CTX_get_error_depth(context))
        guard findings.count < Self.maximumFindings, depth == 0 || depth != lastDepth(in: context) else { return }
        add(.revocationListInvalid, depth, path.indices.contains(depth) ? path[depth].subject.shortName : nil, detail)
    }

    /// Instead of libcrypto's own look at signatures and times: the search has checked the signatures, each once, and our
    /// rules compare the times.
    ///
    /// - Returns: whether libcrypto shall look on.
    func finishSignatures() -> Bool {
        guard let wrongSignature else { return true }
        add(
            .signature,
            wrongSignature,
            path.indices.contains(wrongSignature) ? path[wrongSignature].subject.shortName : nil,
            verdictText(X509_V_ERR_CERT_SIGNATURE_FAILURE)
        )
        return false
    }

    private func add(_ fault: PathFault, _ depth: Int, _ subject: String?, _ detail: String) {
        findings.append(PathFinding(fault: fault, depth: depth, subject: subject, detail: detail))
    }

    private static let unproven: Set<PathFault> = [
        .unknownIssuer, .selfSignedLeaf, .signature, .tooLong, .unspecified,
    ]

    private func lastDepth(in context: OpaquePointer) -> Int? {
        X509_STORE_CTX_get0_chain(context).map { Int(OPENSSL_sk_num($0)) - 1 }
    }
}
