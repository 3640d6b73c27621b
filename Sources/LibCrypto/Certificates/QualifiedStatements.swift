internal import COpenSSL

/// What a certificate says of being qualified: `qcStatements` (RFC 3739 §3.2.6, ETSI EN 319 412-5 §4).
public struct QualifiedStatements: Sendable, Hashable {
    /// The statements, by their identifiers.
    public let identifiers: [OID]
    /// The types of `QcType`: for signatures, for seals, for websites.
    public let types: [OID]

    /// The issuer declares the certificate an EU qualified one (EN 319 412-5 §4.2.1).
    public static let compliance = OID(unchecked: "0.4.0.1862.1.1")
    /// The statement that tells the type (EN 319 412-5 §4.2.3).
    public static let type = OID(unchecked: "0.4.0.1862.1.6")
    /// The type for electronic seals.
    public static let electronicSeal = OID(unchecked: "0.4.0.1862.1.6.2")

    /// Whether it declares a qualified certificate for electronic seals: both statements are needed.
    public var isQualifiedSeal: Bool { identifiers.contains(Self.compliance) && types.contains(Self.electronicSeal) }

    /// Reads the extension's value: `SEQUENCE OF SEQUENCE { OID, ANY OPTIONAL }`; nil when it is anything else.
    init?(der: [UInt8]) {
        var outer = DERReader(der)
        guard var list = outer.read(DERTag.sequence), outer.isAtEnd else { return nil }
        var identifiers: [OID] = []
        var types: [OID] = []
        while !list.isAtEnd {
            guard var statement = list.read(DERTag.sequence), let identifier = Self.identifier(&statement) else {
                return nil
            }
            identifiers.append(identifier)
            guard identifier == Self.type else { continue }
            guard var content = statement.read(DERTag.sequence), statement.isAtEnd else { return nil }
            while !content.isAtEnd {
                guard let type = Self.identifier(&content) else { return nil }
                types.append(type)
            }
        }
        self.identifiers = identifiers
        self.types = types
    }

    /// An object identifier in dotted form (X.690 §8.19).
    private static func identifier(_ reader: inout DERReader) -> OID? {
        guard let octets = reader.read(DERTag.objectIdentifier)?.remaining, octets.last.map({ $0 < 0x80 }) == true
        else { return nil }
        var arcs: [UInt64] = []
        var arc: UInt64 = 0
        for octet in octets {
            // No arc that matters here comes near; a longer one is a malformed extension.
            guard arc < 1 << 56 else { return nil }
            arc = arc << 7 | UInt64(octet & 0x7F)
            guard octet < 0x80 else { continue }
            if arcs.isEmpty {
                let first = min(arc / 40, 2)
                arcs = [first, arc - first * 40]
            } else {
                arcs.append(arc)
            }
            arc = 0
        }
        return OID(unchecked: arcs.map { String($0) }.joined(separator: "."))
    }
}

extension Certificate {
    /// What it says of being qualified; nil when it has no such extension.
    ///
    /// - Throws: `.extensionMalformed`.
    public func qualifiedStatements() throws(CertificateError) -> QualifiedStatements? {
        let oid = OID(unchecked: "1.3.6.1.5.5.7.1.3")
        let value = withExtendedLifetime(handle) { () -> [UInt8]? in
            let index = X509_get_ext_by_NID(handle.pointer, NID_qcStatements, -1)
            guard index >= 0, let found = X509_get_ext(handle.pointer, index),
                let octets = X509_EXTENSION_get_data(found)
            else { return nil }
            let count = Int(ASN1_STRING_length(octets))
            guard let start = ASN1_STRING_get0_data(octets) else { return [] }
            return Array(UnsafeBufferPointer(start: start, count: count))
        }
        guard let value else { return nil }
        guard let statements = QualifiedStatements(der: value) else { throw .extensionMalformed(oid) }
        return statements
    }
}
