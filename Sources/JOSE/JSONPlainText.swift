extension [UInt8] {
    /// Appends the UTF-8 of a text in which nothing needs an escape (RFC 8259 §7); otherwise appends nothing.
    ///
    /// Nearly every string that is written is of this kind, and a token is a thousand bytes of it.
    ///
    /// - Returns: Whether it was appended.
    package mutating func append(plainJSON text: String) -> Bool {
        let isDone = text.utf8.withContiguousStorageIfAvailable { bytes in
            guard !Self.needsEscape(UnsafeRawBufferPointer(bytes)) else { return false }
            append(contentsOf: bytes)
            return true
        }
        return isDone ?? false
    }

    // Eight bytes at a time; the mask's bits beside the first hit may be wrong, but there are none without a hit.
    private static func needsEscape(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (low, high): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        var hits: UInt64 = 0
        var index = 0
        while index + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let quote = word ^ (low &* UInt64(UInt8(ascii: "\"")))
            let backslash = word ^ (low &* UInt64(UInt8(ascii: "\\")))
            hits |= (word &- low &* 0x20) & ~word
            hits |= (quote &- low) & ~quote
            hits |= (backslash &- low) & ~backslash
            index += 8
        }
        guard hits & high == 0 else { return true }
        return bytes[index...].contains { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    }
}
