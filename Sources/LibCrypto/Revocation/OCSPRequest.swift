internal import COpenSSL

/// The hash by which a request names a certificate's issuer (RFC 6960 §4.1.1).
///
/// It names, it proves nothing: SHA-1 is what most responders keep their answers under (RFC 5019 §2.1.1).
public enum OCSPHash: Sendable, Hashable, CaseIterable {
    /// SHA-1.
    case sha1
    /// SHA-256.
    case sha256

    fileprivate var algorithm: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        }
    }
}

/// How OCSP names a certificate: by hashes of its issuer's name and key, and its serial number (RFC 6960 §4.1.1).
public struct OCSPCertificateID: Sendable, Hashable {
    /// The hash algorithm.
    public let hashAlgorithm: OID
    /// The hash of the issuer's name.
    public let issuerNameHash: [UInt8]
    /// The hash of the issuer's public key.
    public let issuerKeyHash: [UInt8]
    /// The certificate's serial number.
    public let serialNumber: CertificateSerialNumber

    /// Names a certificate by its issuer's.
    public init(of certificate: Certificate, issuedBy issuer: Certificate, hash: OCSPHash) throws(OCSPFault) {
        defer { ERR_clear_error() }
        let made = withExtendedLifetime((certificate, issuer)) {
            OCSP_cert_to_id(hash.algorithm, certificate.handle.pointer, issuer.handle.pointer)
        }
        guard let made else { throw .malformed("the certificate cannot be named") }
        defer { OCSP_CERTID_free(made) }
        try self.init(made)
    }

    init(_ pointer: OpaquePointer?) throws(OCSPFault) {
        var nameHash: UnsafeMutablePointer<ASN1_OCTET_STRING>?
        var keyHash: UnsafeMutablePointer<ASN1_OCTET_STRING>?
        var algorithm: OpaquePointer?
        var serial: UnsafeMutablePointer<ASN1_INTEGER>?
        guard let pointer,
            OCSP_id_get0_info(&nameHash, &algorithm, &keyHash, &serial, pointer) == 1,
            let nameHash, let keyHash, let serial, let oid = CertificateReading.oid(algorithm)
        else { throw .malformed("a certificate's identifier is malformed") }
        hashAlgorithm = oid
        issuerNameHash = octets(nameHash)
        issuerKeyHash = octets(keyHash)
        serialNumber = CertificateReading.serialNumber(serial)
    }
}

/// A request for the state of one certificate (RFC 6960 §4.1).
public struct OCSPRequest: Sendable {
    /// The request in DER, as it is posted.
    public let der: [UInt8]
    /// The certificates that it names.
    public let certificates: [OCSPCertificateID]
    /// The nonce (RFC 9654); nil for none.
    public let nonce: [UInt8]?

    /// A request.
    ///
    /// - Parameters:
    ///   - certificate: whose state is asked for.
    ///   - issuer: its issuer.
    ///   - hash: how the issuer is named.
    ///   - nonce: random octets, 32 of them by RFC 9654 §2.1; nil for none.
    /// - Throws: `OCSPFault` when libcrypto fails.
    public init(
        on certificate: Certificate,
        issuedBy issuer: Certificate,
        hash: OCSPHash,
        nonce: [UInt8]?
    ) throws(OCSPFault) {
        defer { ERR_clear_error() }
        guard let request = OCSP_REQUEST_new() else { throw .malformed("libcrypto has no memory") }
        defer { OCSP_REQUEST_free(request) }
        guard
            let identifier = OCSP_cert_to_id(hash.algorithm, certificate.handle.pointer, issuer.handle.pointer)
        else { throw .malformed("the certificate cannot be named") }
        // Takes the identifier over when it succeeds.
        guard OCSP_request_add0_id(request, identifier) != nil else {
            OCSP_CERTID_free(identifier)
            throw .malformed("the request cannot be made")
        }
        if var nonce {
            guard OCSP_request_add1_nonce(request, &nonce, Int32(nonce.count)) == 1 else {
                throw .malformed("the nonce cannot be added")
            }
        }
        var buffer: UnsafeMutablePointer<UInt8>?
        let count = i2d_OCSP_REQUEST(request, &buffer)
        guard count > 0, let buffer else { throw .malformed("the request cannot be written") }
        defer { CRYPTO_free(buffer, #file, #line) }
        der = Array(UnsafeBufferPointer(start: buffer, count: Int(count)))
        certificates = [try OCSPCertificateID(of: certificate, issuedBy: issuer, hash: hash)]
        self.nonce = nonce
    }

    /// Reads a request, as a responder does.
    public init(der: [UInt8]) throws(OCSPFault) {
        defer { ERR_clear_error() }
        var consumed = 0
        let parsed: OpaquePointer? = der.withUnsafeBufferPointer { buffer in
            var rest = buffer.baseAddress
            let request = d2i_OCSP_REQUEST(nil, &rest, buffer.count)
            if let rest, let start = buffer.baseAddress { consumed = rest - start }
            return request
        }
        guard let parsed else { throw .malformed("it is no request") }
        defer { OCSP_REQUEST_free(parsed) }
        guard consumed == der.count else { throw .malformed("bytes follow the request") }
        var identifiers: [OCSPCertificateID] = []
        for index in 0..<max(0, OCSP_request_onereq_count(parsed)) {
            guard let one = OCSP_request_onereq_get0(parsed, index) else { continue }
            identifiers.append(try OCSPCertificateID(OCSP_onereq_get0_id(one)))
        }
        certificates = identifiers
        let index = OCSP_REQUEST_get_ext_by_NID(parsed, NID_id_pkix_OCSP_Nonce, -1)
        if index >= 0, let found = OCSP_REQUEST_get_ext(parsed, index), let data = X509_EXTENSION_get_data(found) {
            nonce = OCSPNonce.content(of: octets(data))
        } else {
            nonce = nil
        }
        self.der = der
    }
}

/// The value of the nonce extension: octets, wrapped once more by most programs and bare from some.
enum OCSPNonce {
    /// The octets inside an OCTET STRING; the value itself when it is none.
    static func content(of value: [UInt8]) -> [UInt8] {
        guard value.count >= 2, value[0] == 0x04, Int(value[1]) == value.count - 2 else { return value }
        return Array(value[2...])
    }
}

func octets(_ string: UnsafePointer<ASN1_STRING>) -> [UInt8] {
    guard let data = ASN1_STRING_get0_data(string) else { return [] }
    return Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(string))))
}
