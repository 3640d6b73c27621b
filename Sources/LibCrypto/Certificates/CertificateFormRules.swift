internal import COpenSSL

/// What RFC 5280 §4 demands of the form of one certificate and libcrypto lets pass.
enum CertificateFormRules {
    typealias Fault = CertificatePathRules.Fault

    /// What is wrong with the form.
    ///
    /// An anchor is trusted by decision and its own form outside path validation (RFC 5280 §6.1.1 d): only its constraints
    /// are looked at, as they bear on those below it.
    static func faults(in certificate: Certificate, isAnchor: Bool) -> [Fault] {
        let form = Form(certificate)
        var words = [form.nameConstraintsFault]
        if !isAnchor {
            words += [
                form.versionFault, form.serialNumberFault, form.duplicateFault, form.extendedKeyUsageFault,
                form.policyFault, form.criticalityFault,
            ]
            words += SubjectAltNameRules.faults(in: certificate)
        }
        return words.compactMap { $0 }.map { (.malformed, $0) }
    }
}

/// One certificate, and what each section says of it; nil where there is no fault.
private struct Form {
    private let certificate: Certificate
    private var pointer: OpaquePointer { certificate.handle.pointer }

    init(_ certificate: Certificate) { self.certificate = certificate }

    /// RFC 5280 §4.1.2.1: versions 1 to 3 exist; the field counts from zero.
    var versionFault: String? {
        (0...2).contains(X509_get_version(pointer)) ? nil : "the version is none of 1, 2 and 3"
    }

    /// RFC 5280 §4.1.2.2: a positive integer of at most 20 octets.
    var serialNumberFault: String? {
        let number = certificate.serialNumber
        // The twentieth octet may not use its sign bit: as DER it would need a twenty-first.
        let fits = number.bytes.count < 20 || (number.bytes.count == 20 && number.bytes[0] & 0x80 == 0)
        guard number.isNegative || number.bytes.isEmpty || !fits else { return nil }
        return "the serial number is not positive or longer than 20 octets"
    }

    /// RFC 5280 §4.2: no extension twice, known or unknown.
    var duplicateFault: String? {
        var seen: Set<OID> = []
        for index in 0..<X509_get_ext_count(pointer) {
            guard let found = X509_get_ext(pointer, index),
                let identifier = CertificateReading.oid(X509_EXTENSION_get_object(found))
            else { return "an extension has no identifier" }
            guard seen.insert(identifier).inserted else { return "the extension `\(identifier)` is given twice" }
        }
        return nil
    }

    /// RFC 5280 §4.2.1.12: at least one purpose.
    var extendedKeyUsageFault: String? {
        certificate.extendedKeyUsage == [] ? "the extended key usage names no purpose" : nil
    }

    /// RFC 5280 §4.2.1.11, §4.2.1.14: extensions that must be critical.
    var criticalityFault: String? {
        // Older authorities, and NIST's PKITS, do not mark policyConstraints. They are processed all the same (§4.2), and
        // refused unmarked only where no policies stand beside them, so that nothing shows that policies are meant.
        if isThere(NID_policy_constraints, critical: false), certificate.policies.isEmpty {
            return "policyConstraints must be critical"
        }
        if isThere(NID_inhibit_any_policy, critical: false) { return "inhibitAnyPolicy must be critical" }
        // RFC 5280 §4.2.2.1, §4.2.2.2: and such as must not.
        let forbidden: [(Int32, String)] = [
            (NID_info_access, "authorityInfoAccess"), (NID_sinfo_access, "subjectInfoAccess"),
        ]
        for (identifier, name) in forbidden where isThere(identifier, critical: true) {
            return "\(name) must not be critical"
        }
        return nil
    }

    /// RFC 5280 §4.2.1.4: no policy twice.
    var policyFault: String? {
        Set(certificate.policies).count == certificate.policies.count ? nil : "a certificate policy is given twice"
    }

    /// RFC 5280 §4.2.1.10: only in an authority's certificate, critical, and well-formed.
    var nameConstraintsFault: String? {
        guard X509_get_ext_by_NID(pointer, NID_name_constraints, -1) >= 0 else { return nil }
        if !certificate.isCertificationAuthority { return "name constraints stand in no authority's certificate" }
        if isThere(NID_name_constraints, critical: false) { return "name constraints must be critical" }
        return NameConstraintRules.formFault(in: certificate)
    }

    /// Whether the extension stands there, and marked so.
    private func isThere(_ identifier: Int32, critical: Bool) -> Bool {
        let index = X509_get_ext_by_NID(pointer, identifier, -1)
        guard index >= 0, let found = X509_get_ext(pointer, index) else { return false }
        return (X509_EXTENSION_get_critical(found) == 1) == critical
    }
}
