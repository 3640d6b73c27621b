internal import COpenSSL

/// Owns one `X509`.
final class CertificateHandle: @unchecked Sendable {
    // INVARIANT: nothing changes the certificate after `init`; libcrypto's own lazily filled fields (the decoded key, the
    // digest, the extension cache) are filled in `init` or guarded by locks inside libcrypto, and counts are atomic.
    let pointer: OpaquePointer

    init(der: [UInt8]) throws(CertificateError) {
        ERR_clear_error()
        var rest: UnsafePointer<UInt8>?
        var consumed = 0
        let parsed: OpaquePointer? = der.withUnsafeBufferPointer { buffer in
            rest = buffer.baseAddress
            defer { if let rest, let start = buffer.baseAddress { consumed = rest - start } }
            return d2i_X509(nil, &rest, buffer.count)
        }
        ERR_clear_error()
        guard let parsed else { throw .notDER }
        guard consumed == der.count else {
            X509_free(parsed)
            throw .trailingBytes
        }
        // Fills the cache of extensions now, so that later readers find it made.
        X509_check_purpose(parsed, -1, 0)
        ERR_clear_error()
        pointer = parsed
    }

    deinit { X509_free(pointer) }
}

extension Certificate {
    /// The contents of all PEM blocks with this label; text around them is ignored.
    static func blocks(_ label: String, in text: [UInt8]) throws(CertificateError) -> [[UInt8]] {
        do throws(CryptoError) {
            return try PEM.blocks(in: String(decoding: text, as: UTF8.self)).filter { $0.label == label }.map(\.der)
        } catch {
            throw .malformedPEM(error.description)
        }
    }

    /// The DER values of a file that is either DER itself or PEM with blocks of this label.
    static func derOrPEM(_ label: String, _ contents: [UInt8]) throws(CertificateError) -> [[UInt8]] {
        // DER of both structures begins with SEQUENCE; no PEM text begins with `0` and a length of many bytes.
        if contents.count > 1, contents[0] == 0x30, contents[1] >= 0x80 { return [contents] }
        let found = try blocks(label, in: contents)
        guard !found.isEmpty else { throw .noPEM }
        return found
    }
}
