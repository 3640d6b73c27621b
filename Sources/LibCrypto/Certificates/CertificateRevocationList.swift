internal import COpenSSL
public import Vocabulary

/// A certificate revocation list as it was read (RFC 5280 §5); nothing in it is proven.
public struct CertificateRevocationList: Sendable {
    /// The list in DER.
    public let der: [UInt8]
    /// Who signed it, by its own word.
    public let issuer: DistinguishedName
    /// When it was made.
    public let thisUpdate: Timestamp
    /// When the next one is due at the latest; nil when it does not say.
    public let nextUpdate: Timestamp?

    /// libcrypto's form of it, for path validation.
    let handle: Handle

    /// Reads exactly one list in DER.
    public init(der: [UInt8]) throws(CertificateError) {
        try CertificateDER.check(der)
        handle = try Handle(der: der)
        self.der = der
        issuer = CertificateReading.name(X509_CRL_get_issuer(handle.pointer))
        guard let made = X509_CRL_get0_lastUpdate(handle.pointer), let point = CertificateReading.time(made) else {
            throw .time
        }
        thisUpdate = point
        if let next = X509_CRL_get0_nextUpdate(handle.pointer) {
            guard let point = CertificateReading.time(next) else { throw .time }
            nextUpdate = point
        } else {
            nextUpdate = nil
        }
    }

    /// Reads all lists of a file: PEM (`X509 CRL`), one or more, or the DER of one.
    public static func all(in contents: [UInt8]) throws(CertificateError) -> [CertificateRevocationList] {
        var lists: [CertificateRevocationList] = []
        for der in try Certificate.derOrPEM("X509 CRL", contents) {
            lists.append(try CertificateRevocationList(der: der))
        }
        return lists
    }

    /// When the list says that this certificate was revoked; nil when the list does not name it.
    ///
    /// Looks at the serial number only: whether the list speaks of this issuer's certificates is the path validator's duty.
    public func revocationTime(of serialNumber: CertificateSerialNumber) -> Timestamp? {
        withExtendedLifetime(handle) {
            guard let entries = X509_CRL_get_REVOKED(handle.pointer) else { return nil }
            for element in CertificateReading.elements(of: entries) {
                let entry = OpaquePointer(element)
                guard let number = X509_REVOKED_get0_serialNumber(entry),
                    CertificateReading.serialNumber(number) == serialNumber,
                    let date = X509_REVOKED_get0_revocationDate(entry)
                else { continue }
                return CertificateReading.time(date) ?? thisUpdate
            }
            return nil
        }
    }
}

extension CertificateRevocationList: Hashable {
    /// Equal when the DER is.
    public static func == (left: CertificateRevocationList, right: CertificateRevocationList) -> Bool {
        left.der == right.der
    }

    /// Hashes the DER.
    public func hash(into hasher: inout Hasher) { hasher.combine(der) }
}

extension CertificateRevocationList {
    /// Owns one `X509_CRL`.
    final class Handle: @unchecked Sendable {
        // INVARIANT: nothing changes the list after `init`; libcrypto sorts its entries lazily, under its own lock.
        let pointer: OpaquePointer

        init(der: [UInt8]) throws(CertificateError) {
            ERR_clear_error()
            var consumed = 0
            let parsed: OpaquePointer? = der.withUnsafeBufferPointer { buffer in
                var rest = buffer.baseAddress
                let list = d2i_X509_CRL(nil, &rest, buffer.count)
                if let rest, let start = buffer.baseAddress { consumed = rest - start }
                return list
            }
            ERR_clear_error()
            guard let parsed else { throw .notDER }
            guard consumed == der.count else {
                X509_CRL_free(parsed)
                throw .trailingBytes
            }
            pointer = parsed
        }

        deinit { X509_CRL_free(pointer) }
    }
}
