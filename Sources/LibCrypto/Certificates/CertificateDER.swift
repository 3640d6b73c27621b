/// Tells DER from BER (X.690 §10, §11): libcrypto reads both, so a certificate could have many encodings.
///
/// Only the shape is looked at: tags, lengths, nesting, booleans and integers. What stands inside an OCTET STRING, such
/// as an extension's value, is not entered.
enum CertificateDER {
    /// Deeper nesting than any certificate has; a limit on hostile input.
    private static let maximumDepth = 32

    /// Checks that `bytes` are exactly one DER value.
    static func check(_ bytes: [UInt8]) throws(CertificateError) {
        let end = try checkValue(bytes[...], depth: 0)
        guard end == bytes.endIndex else { throw .trailingBytes }
    }

    /// Checks the value at the start of `bytes` and returns the index behind it.
    private static func checkValue(_ bytes: ArraySlice<UInt8>, depth: Int) throws(CertificateError) -> Int {
        guard depth < maximumDepth, let tag = bytes.first, tag != 0 else { throw .notDER }
        let content = try content(of: bytes, tag: tag)
        if tag & 0x20 != 0 {
            // X.690 §10.2: strings are primitive; of the universal types only SEQUENCE and SET are constructed.
            if tag & 0xC0 == 0 { guard tag == 0x30 || tag == 0x31 else { throw .notDER } }
            var index = content.startIndex
            while index < content.endIndex {
                index = try checkValue(content[index...], depth: depth + 1)
            }
        } else {
            try checkPrimitive(tag, content)
        }
        return content.endIndex
    }

    /// The content of the value at the start of `bytes`: definite length in its shortest form (X.690 §10.1).
    private static func content(
        of bytes: ArraySlice<UInt8>,
        tag: UInt8
    ) throws(CertificateError) -> ArraySlice<UInt8> {
        // Tag numbers above 30 occur in no certificate.
        guard tag & 0x1F != 0x1F, bytes.count >= 2 else { throw .notDER }
        var index = bytes.startIndex + 1
        let first = bytes[index]
        index += 1
        var length = Int(first)
        if first & 0x80 != 0 {
            let count = Int(first & 0x7F)
            guard (1...4).contains(count), bytes.endIndex - index >= count, bytes[index] != 0 else { throw .notDER }
            length = 0
            for byte in bytes[index..<index + count] { length = length << 8 | Int(byte) }
            guard length >= 0x80 else { throw .notDER }
            index += count
        }
        guard bytes.endIndex - index >= length else { throw .notDER }
        return bytes[index..<index + length]
    }

    private static func checkPrimitive(_ tag: UInt8, _ content: ArraySlice<UInt8>) throws(CertificateError) {
        switch tag {
        case 0x01:  // BOOLEAN, X.690 §11.1
            guard content.count == 1, content.first == 0 || content.first == 0xFF else { throw .notDER }
        case 0x02:  // INTEGER, X.690 §8.3.2: the first nine bits are not all alike
            guard let first = content.first else { throw .notDER }
            if content.count > 1 {
                let second = content[content.startIndex + 1]
                let padded = (first == 0 && second & 0x80 == 0) || (first == 0xFF && second & 0x80 != 0)
                guard !padded else { throw .notDER }
            }
        case 0x05:  // NULL
            guard content.isEmpty else { throw .notDER }
        case 0x10, 0x11: throw .notDER  // SEQUENCE and SET are constructed
        default: break
        }
    }
}
