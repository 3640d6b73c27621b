internal import COpenSSL

/// Name constraints (RFC 5280 §4.2.1.10): their form, and what libcrypto's comparison leaves out.
enum NameConstraintRules {
    typealias Fault = CertificatePathRules.Fault

    /// What keeps a certificate from standing below this authority: libcrypto's comparison of every form, and wildcards.
    static func findings(for certificate: Certificate, under authority: Certificate) -> [Fault] {
        guard let constraints = NameConstraints(authority) else { return [] }
        let verdict = withExtendedLifetime(certificate) {
            NAME_CONSTRAINTS_check(certificate.handle.pointer, constraints.pointer)
        }
        guard verdict == X509_V_OK else { return [(PathFault(code: verdict), verdictText(verdict))] }
        return wildcards(of: certificate, constraints)
    }

    /// Wildcard names that could be read as an excluded one.
    ///
    /// RFC 5280 compares names as they stand, so `*.example.com` does not lie below the excluded `www.example.com`; yet a
    /// client would take it for that host (CVE-2025-61727).
    static func wildcards(of certificate: Certificate, under authority: Certificate) -> [Fault] {
        guard let constraints = NameConstraints(authority) else { return [] }
        return wildcards(of: certificate, constraints)
    }

    private static func wildcards(of certificate: Certificate, _ constraints: NameConstraints) -> [Fault] {
        let excluded = constraints.excluded.filter { $0.type == GEN_DNS }.map { lowercased($0.bytes) }
        guard !excluded.isEmpty else { return [] }
        let names = GeneralNames.subjectAltNames(of: certificate).filter { $0.type == GEN_DNS }
        let hides = names.contains { name in
            guard name.bytes.starts(with: [UInt8(ascii: "*"), UInt8(ascii: ".")]) else { return false }
            let parent = lowercased(name.bytes.dropFirst(2))
            return excluded.contains { constraint in
                guard let dot = constraint.firstIndex(of: UInt8(ascii: ".")) else { return false }
                return constraint[(dot + 1)...].elementsEqual(parent)
            }
        }
        return hides ? [(.nameConstraint, "a wildcard name covers an excluded one")] : []
    }

    /// What is wrong with the constraints' own form; nil when nothing is.
    static func formFault(in authority: Certificate) -> String? {
        guard let constraints = NameConstraints(authority) else { return "the name constraints cannot be decoded" }
        if constraints.all.isEmpty { return "the name constraints constrain nothing" }
        if constraints.hasBounds { return "a name constraint has a minimum or maximum" }
        for constraint in constraints.all {
            let bytes = constraint.bytes
            let isWellFormed =
                switch constraint.type {
                // Of all three an empty text covers every name of the kind.
                case GEN_DNS: bytes.isEmpty || GeneralNameSyntax.isHostName(bytes)
                case GEN_EMAIL: bytes.isEmpty || GeneralNameSyntax.isMailConstraint(bytes)
                case GEN_URI: bytes.isEmpty || GeneralNameSyntax.isHostOrDomain(bytes)
                case GEN_IPADD: GeneralNameSyntax.isAddressRange(bytes)
                default: true
                }
            if !isWellFormed { return "a name constraint is malformed" }
        }
        return nil
    }

    private static func lowercased(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}

/// Alternative names of subjects (RFC 5280 §4.2.1.6).
enum SubjectAltNameRules {
    /// What is wrong with the form of the names.
    static func faults(in certificate: Certificate) -> [String] {
        for name in GeneralNames.subjectAltNames(of: certificate) {
            switch name.type {
            case GEN_DNS where !GeneralNameSyntax.isHostNameOrWildcard(name.bytes):
                return ["an alternative name is no host name"]
            case GEN_EMAIL where !GeneralNameSyntax.isMailbox(name.bytes):
                return ["an alternative name is no mailbox"]
            case GEN_URI where !GeneralNameSyntax.isAbsoluteURI(name.bytes):
                return ["an alternative name is no absolute URI"]
            case GEN_IPADD where name.bytes.count != 4 && name.bytes.count != 16:
                return ["an alternative name is no IP address"]
            default: continue
            }
        }
        return []
    }
}

/// A general name: its kind, and its bytes where it is a string.
struct GeneralNames {
    let type: Int32
    let bytes: [UInt8]

    static func subjectAltNames(of certificate: Certificate) -> [GeneralNames] {
        withExtendedLifetime(certificate) {
            defer { ERR_clear_error() }
            guard let names = X509_get_ext_d2i(certificate.handle.pointer, NID_subject_alt_name, nil, nil) else {
                return []
            }
            let stack = OpaquePointer(names)
            defer { GENERAL_NAMES_free(stack) }
            return CertificateReading.elements(of: stack)
                .map { GeneralNames($0.assumingMemoryBound(to: GENERAL_NAME.self)) }
        }
    }

    fileprivate init(_ name: UnsafeMutablePointer<GENERAL_NAME>) {
        var type: Int32 = 0
        let value = GENERAL_NAME_get0_value(name, &type)
        self.type = type
        guard [GEN_DNS, GEN_EMAIL, GEN_URI, GEN_IPADD].contains(type), let value else {
            bytes = []
            return
        }
        bytes = CertificateReading.bytes(of: value.assumingMemoryBound(to: ASN1_STRING.self))
    }
}

/// Owns the decoded name constraints of a certificate.
private final class NameConstraints {
    let pointer: UnsafeMutablePointer<NAME_CONSTRAINTS>

    /// Nil when the certificate has none, or none that can be decoded.
    init?(_ certificate: Certificate) {
        let handle = certificate.handle.pointer
        guard X509_get_ext_by_NID(handle, NID_name_constraints, -1) >= 0,
            let value = X509_get_ext_d2i(handle, NID_name_constraints, nil, nil)
        else {
            ERR_clear_error()
            return nil
        }
        pointer = value.assumingMemoryBound(to: NAME_CONSTRAINTS.self)
    }

    deinit { NAME_CONSTRAINTS_free(pointer) }

    var excluded: [GeneralNames] { Self.subtrees(pointer.pointee.excludedSubtrees).map { GeneralNames($0.base) } }
    var all: [GeneralNames] {
        excluded + Self.subtrees(pointer.pointee.permittedSubtrees).map { GeneralNames($0.base) }
    }

    /// Whether a subtree has a minimum above zero or a maximum, which RFC 5280 gives no meaning.
    var hasBounds: Bool {
        (Self.subtrees(pointer.pointee.excludedSubtrees) + Self.subtrees(pointer.pointee.permittedSubtrees))
            .contains { subtree in
                subtree.maximum != nil || (subtree.minimum.map { ASN1_INTEGER_get($0) != 0 } ?? false)
            }
    }

    private static func subtrees(_ stack: OpaquePointer?) -> [GENERAL_SUBTREE] {
        guard let stack else { return [] }
        return CertificateReading.elements(of: stack).map { $0.assumingMemoryBound(to: GENERAL_SUBTREE.self).pointee }
    }
}
