/// The two encodings of an ECDSA signature: `r ‖ s` of JWS (RFC 7518 §3.4) and the DER that libcrypto speaks (RFC 3279 §2.2.3).
enum ECDSASignature {
    /// The DER form; nil for a wrong length and for a zero half, which no signer makes (CVE-2022-21449).
    static func der(ofRaw signature: [UInt8], on curve: EllipticCurve) -> [UInt8]? {
        let length = curve.coordinateLength
        guard signature.count == 2 * length else { return nil }
        let r = Array(signature[..<length])
        let s = Array(signature[length...])
        guard r.contains(where: { $0 != 0 }), s.contains(where: { $0 != 0 }) else { return nil }
        // Values of the group's order and above are left to libcrypto, which refuses them.
        return DERWriter.sequence(DERWriter.integer(r), DERWriter.integer(s))
    }

    /// The raw form; nil unless the bytes are a DER signature that fits the curve.
    static func raw(ofDER signature: [UInt8], on curve: EllipticCurve) -> [UInt8]? {
        var outer = DERReader(signature)
        guard var halves = outer.read(DERTag.sequence), outer.isAtEnd,
            let r = halves.readPositiveInteger()?.padded(to: curve.coordinateLength),
            let s = halves.readPositiveInteger()?.padded(to: curve.coordinateLength), halves.isAtEnd
        else { return nil }
        return r + s
    }
}
