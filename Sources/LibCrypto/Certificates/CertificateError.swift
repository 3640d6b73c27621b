/// Why bytes are no certificate, or no revocation list, that we read.
public enum CertificateError: Error, Equatable, Sendable {
    /// Not the DER of the wanted structure, or BER where DER is due.
    case notDER
    /// Bytes follow the structure.
    case trailingBytes
    /// The text is PEM that cannot be read; says where.
    case malformedPEM(String)
    /// The text holds no PEM block of the wanted kind.
    case noPEM
    /// The text holds more than one PEM block of the wanted kind.
    case severalPEM(count: Int)
    /// A time in it is no time of RFC 5280 §4.1.2.5.
    case time
    /// An extension is given twice or cannot be decoded.
    case extensionMalformed(OID)
}

extension CertificateError: CustomStringConvertible {
    /// What is wrong, for a person.
    public var description: String {
        switch self {
        case .notDER: "it is not well-formed DER"
        case .trailingBytes: "bytes follow the end of the structure"
        case .malformedPEM(let reason): reason
        case .noPEM: "it holds no PEM block of this kind"
        case .severalPEM(let count): "it holds \(count) PEM blocks where one is wanted"
        case .time: "a time in it is malformed"
        case .extensionMalformed(let oid): "the extension `\(oid)` is malformed or given twice"
        }
    }
}
