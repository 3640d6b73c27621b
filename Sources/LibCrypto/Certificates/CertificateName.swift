/// A distinguished name: the attributes of a subject or issuer in the order of the certificate.
///
/// Compare names by libcrypto's path building, never by these texts: RFC 5280 §7.1 folds case and spaces.
public struct DistinguishedName: Sendable, Hashable {
    /// One attribute, `CN=Buypass Class 3 CA G2 ST Business`.
    public struct Attribute: Sendable, Hashable {
        /// Which attribute it is.
        public let type: OID
        /// Its value, converted to Unicode from whatever ASN.1 string it was.
        public let value: String

        /// An attribute.
        public init(type: OID, value: String) {
            self.type = type
            self.value = value
        }
    }

    /// The attributes, first to last.
    public let attributes: [Attribute]
    /// The text form of RFC 2253, last attribute first, `CN=…,O=…,C=NO`.
    public let rfc2253: String

    /// The values of one attribute type; several are possible and mostly a fault.
    public func values(of type: OID) -> [String] {
        attributes.lazy.filter { $0.type == type }.map(\.value)
    }

    /// The value of the first `commonName`, nil when there is none.
    public var commonName: String? { values(of: .commonName).first }

    /// The common name, or the whole name when it has none: what a person recognises.
    public var shortName: String { commonName ?? rfc2253 }
}

extension DistinguishedName: CustomStringConvertible {
    /// The text form of RFC 2253.
    public var description: String { rfc2253 }
}
