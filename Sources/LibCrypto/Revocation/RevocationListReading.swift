internal import COpenSSL
internal import Vocabulary

/// What the extensions of a list say (RFC 5280 §5.2); nothing in it is proven.
extension CertificateRevocationList {
    /// The number of the list, which rises with each of its issuer's lists of the same scope; nil when it has none.
    public var number: CertificateSerialNumber? {
        withExtendedLifetime(handle) {
            defer { ERR_clear_error() }
            guard let value = X509_CRL_get_ext_d2i(handle.pointer, NID_crl_number, nil, nil) else { return nil }
            let integer = value.assumingMemoryBound(to: ASN1_INTEGER.self)
            defer { ASN1_INTEGER_free(integer) }
            return CertificateReading.serialNumber(integer)
        }
    }

    /// Whether it lists only what has changed since another list (RFC 5280 §5.2.4).
    public var isDelta: Bool {
        withExtendedLifetime(handle) { X509_CRL_get_ext_by_NID(handle.pointer, NID_delta_crl, -1) >= 0 }
    }

    /// The issuing distribution point in DER, which says what the list is about; nil for all of its issuer's certificates.
    public var scope: [UInt8]? {
        withExtendedLifetime(handle) {
            let index = X509_CRL_get_ext_by_NID(handle.pointer, NID_issuing_distribution_point, -1)
            guard index >= 0, let found = X509_CRL_get_ext(handle.pointer, index),
                let data = X509_EXTENSION_get_data(found)
            else { return nil }
            return octets(data)
        }
    }

    /// Addresses of its delta lists (`freshestCRL`, RFC 5280 §5.2.6).
    public var freshestListAddresses: [String] {
        withExtendedLifetime(handle) {
            DistributionPoints.addresses(in: X509_CRL_get_ext_d2i(handle.pointer, NID_freshest_crl, nil, nil))
        }
    }

    /// Whether the list has an entry of this serial number, by its sorted index.
    ///
    /// Of an indirect list the entry may be on another issuer's certificate: ask the judge then.
    public func names(_ serialNumber: CertificateSerialNumber) -> Bool {
        defer { ERR_clear_error() }
        guard let number = BN_bin2bn(serialNumber.bytes, Int32(serialNumber.bytes.count), nil) else { return true }
        defer { BN_free(number) }
        if serialNumber.isNegative { BN_set_negative(number, 1) }
        guard let integer = BN_to_ASN1_INTEGER(number, nil) else { return true }
        defer { ASN1_INTEGER_free(integer) }
        return withExtendedLifetime(handle) {
            var entry: OpaquePointer?
            return X509_CRL_get0_by_serial(handle.pointer, &entry, integer) != 0
        }
    }
}

extension Certificate {
    /// Addresses of delta lists (`freshestCRL`, RFC 5280 §4.2.1.15).
    public var freshestListAddresses: [String] {
        withExtendedLifetime(handle) {
            DistributionPoints.addresses(in: X509_get_ext_d2i(handle.pointer, NID_freshest_crl, nil, nil))
        }
    }
}

/// Reads a list of distribution points and frees it.
private enum DistributionPoints {
    static func addresses(in value: UnsafeMutableRawPointer?) -> [String] {
        defer { ERR_clear_error() }
        guard let value else { return [] }
        let stack = OpaquePointer(value)
        defer { CRL_DIST_POINTS_free(stack) }
        return CertificateReading.elements(of: stack).flatMap { element -> [String] in
            let point = element.assumingMemoryBound(to: DIST_POINT.self).pointee
            guard let name = point.distpoint, name.pointee.type == 0, let names = name.pointee.name.fullname else {
                return []
            }
            return CertificateReading.elements(of: names).compactMap { general in
                var type: Int32 = 0
                let value = GENERAL_NAME_get0_value(general.assumingMemoryBound(to: GENERAL_NAME.self), &type)
                guard let value, type == GEN_URI else { return nil }
                return String(decoding: octets(value.assumingMemoryBound(to: ASN1_STRING.self)), as: UTF8.self)
            }
        }
    }
}
