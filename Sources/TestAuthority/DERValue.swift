import LibCrypto
import SwiftASN1
import Vocabulary

/// One encoded ASN.1 value, so that structures are written as the RFCs draw them.
struct DERValue {
    let bytes: [UInt8]

    /// A value that is encoded already.
    init(encoded bytes: [UInt8]) { self.bytes = bytes }

    private init(_ identifier: ASN1Identifier, _ parts: [DERValue]) {
        var serializer = DER.Serializer()
        serializer.appendConstructedNode(identifier: identifier) { inner in
            for part in parts { inner.serializeRawBytes(part.bytes) }
        }
        bytes = serializer.serializedBytes
    }

    private init(_ identifier: ASN1Identifier, content: some Sequence<UInt8>) {
        var serializer = DER.Serializer()
        serializer.appendPrimitiveNode(identifier: identifier) { $0.append(contentsOf: content) }
        bytes = serializer.serializedBytes
    }

    static func sequence(_ parts: [DERValue]) -> DERValue { DERValue(.sequence, parts) }

    static func sequence(_ parts: DERValue...) -> DERValue { DERValue(.sequence, parts) }

    static func set(_ parts: DERValue...) -> DERValue { DERValue(.set, parts) }

    /// A constructed value with a context-specific tag: EXPLICIT around one value, or IMPLICIT for a SEQUENCE's parts.
    static func tagged(_ number: UInt, _ parts: [DERValue]) -> DERValue {
        DERValue(ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific), parts)
    }

    /// A primitive value with a context-specific tag, IMPLICIT.
    static func tagged(_ number: UInt, content: some Sequence<UInt8>) -> DERValue {
        DERValue(ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific), content: content)
    }

    static func identifier(_ oid: OID) throws -> DERValue {
        var serializer = DER.Serializer()
        try serializer.serialize(ASN1ObjectIdentifier(dotRepresentation: oid.dotted))
        return DERValue(encoded: serializer.serializedBytes)
    }

    static let null = DERValue(.null, content: [])

    static func boolean(_ value: Bool) -> DERValue { DERValue(.boolean, content: [value ? 0xFF : 0]) }

    /// A non-negative integer from its magnitude.
    static func integer(_ magnitude: [UInt8]) -> DERValue {
        var content = Array(magnitude.drop { $0 == 0 })
        // A leading one would be the sign.
        if content.first.map({ $0 & 0x80 != 0 }) ?? true { content.insert(0, at: 0) }
        return DERValue(.integer, content: content)
    }

    static func integer(_ value: Int) -> DERValue {
        integer(withUnsafeBytes(of: UInt64(value).bigEndian) { Array($0) })
    }

    static func octets(_ content: [UInt8]) -> DERValue { DERValue(.octetString, content: content) }

    static func octets(_ value: DERValue) -> DERValue { octets(value.bytes) }

    /// A bit string of whole octets.
    static func bits(_ content: [UInt8]) -> DERValue { DERValue(.bitString, content: [0] + content) }

    /// A named bit list: trailing zero bits are left out (X.690 §11.2.2); bit 0 is the first.
    static func bits(named set: Set<Int>) -> DERValue {
        guard let last = set.max() else { return DERValue(.bitString, content: [0]) }
        var content = [UInt8](repeating: 0, count: last / 8 + 1)
        for bit in set { content[bit / 8] |= 0x80 >> UInt8(bit % 8) }
        return DERValue(.bitString, content: [UInt8(7 - last % 8)] + content)
    }

    static func enumerated(_ value: UInt8) -> DERValue { DERValue(.enumerated, content: [value]) }

    static func utf8(_ text: String) -> DERValue { DERValue(.utf8String, content: text.utf8) }

    static func printable(_ text: String) -> DERValue { DERValue(.printableString, content: text.utf8) }

    /// UTCTime up to 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5).
    static func time(_ point: Timestamp) -> DERValue {
        // `2026-11-22T01:22:53Z` without its punctuation.
        let digits = point.description.filter { $0.isNumber } + "Z"
        let year = Int(digits.prefix(4)) ?? 0
        return (1950...2049).contains(year)
            ? DERValue(.utcTime, content: digits.dropFirst(2).utf8)
            : DERValue(.generalizedTime, content: digits.utf8)
    }

    /// GeneralizedTime, whatever the year, as OCSP has it.
    static func generalizedTime(_ point: Timestamp) -> DERValue {
        DERValue(.generalizedTime, content: (point.description.filter { $0.isNumber } + "Z").utf8)
    }

    /// A URI as a GeneralName.
    static func address(_ text: String) -> DERValue { tagged(6, content: text.utf8) }
}
