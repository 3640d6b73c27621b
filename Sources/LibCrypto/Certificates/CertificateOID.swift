/// An ASN.1 object identifier in its dotted form, `2.5.29.15`.
public struct OID: Sendable, Hashable {
    /// The arcs with dots between them.
    public let dotted: String

    /// Parses the dotted form: two arcs or more, no leading zeros; nil for anything else.
    public init?(parsing text: some StringProtocol) {
        let arcs = String(text).split(separator: ".", omittingEmptySubsequences: false)
        guard arcs.count >= 2, arcs.count <= Self.maximumArcs, arcs.allSatisfy(Self.isArc) else { return nil }
        // X.660: the first arc is 0, 1 or 2; the second is below 40 under the first two.
        guard let first = Int(arcs[0]), first <= 2 else { return nil }
        if first < 2 {
            guard let second = Int(arcs[1]), second < 40 else { return nil }
        }
        dotted = String(text)
    }

    /// For text that libcrypto wrote, and for our own constants.
    init(unchecked dotted: String) { self.dotted = dotted }

    /// No identifier in use has more arcs; a limit on hostile input.
    private static let maximumArcs = 64

    private static func isArc(_ arc: Substring) -> Bool {
        let digits = arc.utf8
        guard let first = digits.first, digits.count <= 39 else { return false }
        return digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && (first != UInt8(ascii: "0") || digits.count == 1)
    }
}

extension OID: CustomStringConvertible {
    /// The dotted form.
    public var description: String { dotted }
}

extension OID {
    /// `countryName`, C (X.520 §6.3.1).
    public static let countryName = OID(unchecked: "2.5.4.6")
    /// `organizationName`, O (X.520 §6.4.1).
    public static let organizationName = OID(unchecked: "2.5.4.10")
    /// `organizationalUnitName`, OU (X.520 §6.4.2).
    public static let organizationalUnitName = OID(unchecked: "2.5.4.11")
    /// `commonName`, CN (X.520 §6.2.2).
    public static let commonName = OID(unchecked: "2.5.4.3")
    /// `serialNumber` of a subject (X.520 §6.2.9); SEID v1 holds the organisation number there.
    public static let serialNumber = OID(unchecked: "2.5.4.5")
    /// `organizationIdentifier` (X.520 §6.4.4); SEID v2 holds `NTRNO-` and the organisation number there.
    public static let organizationIdentifier = OID(unchecked: "2.5.4.97")

    /// `anyPolicy` (RFC 5280 §4.2.1.4).
    public static let anyPolicy = OID(unchecked: "2.5.29.32.0")
    /// `anyExtendedKeyUsage` (RFC 5280 §4.2.1.12).
    public static let anyExtendedKeyUsage = OID(unchecked: "2.5.29.37.0")
    /// `id-kp-clientAuth` (RFC 5280 §4.2.1.12).
    public static let clientAuthentication = OID(unchecked: "1.3.6.1.5.5.7.3.2")
    /// `id-kp-serverAuth` (RFC 5280 §4.2.1.12).
    public static let serverAuthentication = OID(unchecked: "1.3.6.1.5.5.7.3.1")

    /// The `basicConstraints` extension (RFC 5280 §4.2.1.9).
    public static let basicConstraints = OID(unchecked: "2.5.29.19")
    /// The `keyUsage` extension (RFC 5280 §4.2.1.3).
    public static let keyUsage = OID(unchecked: "2.5.29.15")
}
