internal import COpenSSL
internal import Vocabulary

/// Reads the fields of an `X509` into Swift values.
struct CertificateReading {
    private let handle: CertificateHandle
    private var pointer: OpaquePointer { handle.pointer }

    init(_ handle: CertificateHandle) { self.handle = handle }

    func serialNumber() -> CertificateSerialNumber {
        guard let integer = X509_get0_serialNumber(pointer) else { return CertificateSerialNumber(bytes: []) }
        return Self.serialNumber(integer)
    }

    static func serialNumber(_ integer: UnsafePointer<ASN1_INTEGER>) -> CertificateSerialNumber {
        CertificateSerialNumber(
            bytes: bytes(of: UnsafeRawPointer(integer).assumingMemoryBound(to: ASN1_STRING.self)),
            isNegative: integer.pointee.type & V_ASN1_NEG != 0
        )
    }

    func name(_ name: OpaquePointer?) -> DistinguishedName { Self.name(name) }

    static func name(_ name: OpaquePointer?) -> DistinguishedName {
        var attributes: [DistinguishedName.Attribute] = []
        for index in 0..<X509_NAME_entry_count(name) {
            guard let entry = X509_NAME_get_entry(name, index), let value = X509_NAME_ENTRY_get_data(entry) else {
                continue
            }
            let type = oid(X509_NAME_ENTRY_get_object(entry)) ?? OID(unchecked: "")
            attributes.append(DistinguishedName.Attribute(type: type, value: text(value)))
        }
        return DistinguishedName(attributes: attributes, rfc2253: rfc2253(name))
    }

    func time(_ time: UnsafePointer<ASN1_TIME>?) throws(CertificateError) -> Timestamp {
        guard let time, let point = Self.time(time) else { throw .time }
        return point
    }

    /// The point that an ASN.1 time names; nil when it is malformed.
    static func time(_ time: UnsafePointer<ASN1_TIME>) -> Timestamp? {
        guard let epoch = ASN1_TIME_set(nil, 0) else { return nil }
        defer { ASN1_TIME_free(epoch) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
        return Timestamp(seconds: Int64(days) * 86_400 + Int64(seconds))
    }

    func subjectPublicKeyInfo() -> [UInt8] {
        var buffer: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), &buffer)
        guard count > 0, let buffer else { return [] }
        defer { CRYPTO_free(buffer, #file, #line) }
        return Array(UnsafeBufferPointer(start: buffer, count: Int(count)))
    }

    func signatureAlgorithm() -> (OID, String) {
        guard let algorithm = X509_get0_tbs_sigalg(pointer) else { return (OID(unchecked: ""), "") }
        var object: OpaquePointer?
        X509_ALGOR_get0(&object, nil, nil, algorithm)
        let oid = Self.oid(object) ?? OID(unchecked: "")
        return (oid, Self.name(object))
    }

    /// What libcrypto calls an object, or its dotted form.
    static func name(_ object: OpaquePointer?) -> String {
        let identifier = OBJ_obj2nid(object)
        guard identifier != NID_undef, let name = OBJ_nid2ln(identifier) else { return oid(object)?.dotted ?? "" }
        return String(cString: name)
    }

    func keyUsage() throws(CertificateError) -> Certificate.KeyUsage? {
        let usage: UnsafeMutablePointer<ASN1_BIT_STRING>? = try decoded(NID_key_usage, .keyUsage)
        guard let usage else { return nil }
        ASN1_BIT_STRING_free(usage)
        // The cache was filled from the same extension; bit 8 (decipherOnly) stands at 0x8000 there.
        return Certificate.KeyUsage(rawValue: X509_get_key_usage(pointer))
    }

    func extendedKeyUsage() throws(CertificateError) -> [OID]? {
        let stack: OpaquePointer? = try decodedStack(NID_ext_key_usage, OID(unchecked: "2.5.29.37"))
        guard let stack else { return nil }
        defer { EXTENDED_KEY_USAGE_free(stack) }
        return Self.elements(of: stack).compactMap { Self.oid(OpaquePointer($0)) }
    }

    func policies() throws(CertificateError) -> [OID] {
        let stack: OpaquePointer? = try decodedStack(NID_certificate_policies, OID(unchecked: "2.5.29.32"))
        guard let stack else { return [] }
        defer { CERTIFICATEPOLICIES_free(stack) }
        return Self.elements(of: stack).compactMap {
            Self.oid($0.assumingMemoryBound(to: POLICYINFO.self).pointee.policyid)
        }
    }

    func basicConstraints() throws(CertificateError) -> Certificate.BasicConstraints? {
        let constraints: UnsafeMutablePointer<BASIC_CONSTRAINTS>? = try decoded(
            NID_basic_constraints,
            .basicConstraints
        )
        guard let constraints else { return nil }
        defer { BASIC_CONSTRAINTS_free(constraints) }
        var length: Int?
        if let limit = constraints.pointee.pathlen {
            // A negative length or one that no machine word holds is a malformed extension.
            let value = ASN1_INTEGER_get(limit)
            guard value >= 0 else { throw .extensionMalformed(.basicConstraints) }
            length = value
        }
        return Certificate.BasicConstraints(
            isCertificationAuthority: constraints.pointee.ca != 0,
            pathLength: length
        )
    }

    func crlDistributionPoints() throws(CertificateError) -> [String] {
        let stack: OpaquePointer? = try decodedStack(NID_crl_distribution_points, OID(unchecked: "2.5.29.31"))
        guard let stack else { return [] }
        defer { CRL_DIST_POINTS_free(stack) }
        var addresses: [String] = []
        for element in Self.elements(of: stack) {
            let point = element.assumingMemoryBound(to: DIST_POINT.self).pointee
            // Type 0 is fullName; type 1, a name relative to the issuer's, is no address.
            guard let name = point.distpoint, name.pointee.type == 0, let names = name.pointee.name.fullname else {
                continue
            }
            for general in Self.elements(of: names) {
                if let address = Self.address(general.assumingMemoryBound(to: GENERAL_NAME.self)) {
                    addresses.append(address)
                }
            }
        }
        return addresses
    }

    func authorityInformation() throws(CertificateError) -> (ocsp: [String], issuers: [String]) {
        let stack: OpaquePointer? = try decodedStack(NID_info_access, OID(unchecked: "1.3.6.1.5.5.7.1.1"))
        guard let stack else { return ([], []) }
        defer { AUTHORITY_INFO_ACCESS_free(stack) }
        var ocsp: [String] = []
        var issuers: [String] = []
        for element in Self.elements(of: stack) {
            let access = element.assumingMemoryBound(to: ACCESS_DESCRIPTION.self).pointee
            guard let location = access.location, let address = Self.address(location) else { continue }
            switch OBJ_obj2nid(access.method) {
            case NID_ad_OCSP: ocsp.append(address)
            case NID_ad_ca_issuers: issuers.append(address)
            default: break
            }
        }
        return (ocsp, issuers)
    }

    func criticalExtensions() -> [OID] {
        (0..<X509_get_ext_count(pointer)).compactMap { index in
            guard let found = X509_get_ext(pointer, index), X509_EXTENSION_get_critical(found) == 1 else { return nil }
            return Self.oid(X509_EXTENSION_get_object(found))
        }
    }
}

// MARK: Pieces

extension CertificateReading {
    /// An extension's value, which the caller frees; nil when it is absent.
    private func decoded<Value>(
        _ identifier: Int32,
        _ oid: OID
    ) throws(CertificateError) -> UnsafeMutablePointer<Value>? {
        try raw(identifier, oid)?.assumingMemoryBound(to: Value.self)
    }

    private func decodedStack(_ identifier: Int32, _ oid: OID) throws(CertificateError) -> OpaquePointer? {
        try raw(identifier, oid).map { OpaquePointer($0) }
    }

    private func raw(_ identifier: Int32, _ oid: OID) throws(CertificateError) -> UnsafeMutableRawPointer? {
        var critical: Int32 = 0
        if let value = X509_get_ext_d2i(pointer, identifier, &critical, nil) { return value }
        // -1: absent; -2: more than once; else it was there and could not be decoded.
        guard critical == -1 else {
            ERR_clear_error()
            throw .extensionMalformed(oid)
        }
        return nil
    }

    /// The elements of a stack, whatever they are; borrowed from it.
    static func elements(of stack: OpaquePointer) -> [UnsafeMutableRawPointer] {
        (0..<OPENSSL_sk_num(stack)).compactMap { OPENSSL_sk_value(stack, $0) }
    }

    static func oid(_ object: OpaquePointer?) -> OID? {
        guard let object else { return nil }
        let count = OBJ_obj2txt(nil, 0, object, 1)
        guard count > 0 else { return nil }
        var text = [CChar](repeating: 0, count: Int(count) + 1)
        guard OBJ_obj2txt(&text, Int32(text.count), object, 1) == count else { return nil }
        return OID(unchecked: String(decoding: text.prefix(Int(count)).map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// The address of a general name; nil when it is not a URI.
    private static func address(_ name: UnsafeMutablePointer<GENERAL_NAME>) -> String? {
        var type: Int32 = 0
        guard let value = GENERAL_NAME_get0_value(name, &type), type == GEN_URI else { return nil }
        return String(decoding: bytes(of: value.assumingMemoryBound(to: ASN1_STRING.self)), as: UTF8.self)
    }

    static func bytes(of string: UnsafePointer<ASN1_STRING>) -> [UInt8] {
        guard let data = ASN1_STRING_get0_data(string) else { return [] }
        return Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(string))))
    }

    private static func text(_ string: UnsafePointer<ASN1_STRING>) -> String {
        var buffer: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&buffer, string)
        guard count >= 0, let buffer else {
            // Not a string of characters: show its bytes as well as can be.
            ERR_clear_error()
            return String(decoding: bytes(of: string), as: UTF8.self)
        }
        defer { CRYPTO_free(buffer, #file, #line) }
        return String(decoding: UnsafeBufferPointer(start: buffer, count: Int(count)), as: UTF8.self)
    }

    private static func rfc2253(_ name: OpaquePointer?) -> String {
        guard let memory = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(memory) }
        // XN_FLAG_RFC2253 without ASN1_STRFLGS_ESC_MSB: letters above 127 stay UTF-8 instead of `\C3\A5`.
        let string =
            ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT | ASN1_STRFLGS_DUMP_UNKNOWN
            | ASN1_STRFLGS_DUMP_DER
        let flags = string | XN_FLAG_SEP_COMMA_PLUS | XN_FLAG_DN_REV | XN_FLAG_FN_SN | XN_FLAG_DUMP_UNKNOWN_FIELDS
        guard X509_NAME_print_ex(memory, name, 0, UInt(flags)) >= 0 else { return "" }
        var text = [UInt8](repeating: 0, count: Int(BIO_ctrl_pending(memory)))
        let count = BIO_read(memory, &text, Int32(text.count))
        return String(decoding: text.prefix(max(0, Int(count))), as: UTF8.self)
    }
}
