extension [UInt8] {
    /// Appends the UTF-8 of a text in which nothing needs an escape (RFC 8259 §7); otherwise appends nothing.
    ///
    /// Nearly every string that is written is of this kind, and a token is a thousand bytes of it.
    ///
    /// - Returns: Whether it was appended.
    package mutating func append(plainJSON text: String) -> Bool {
        let isDone = text.utf8.withContiguousStorageIfAvailable { bytes in
            // Without a way out of the loop the compiler looks at many bytes at once.
            var escapes: UInt8 = 0
            for byte in bytes {
                escapes |= (byte < 0x20 ? 1 : 0) | (byte == UInt8(ascii: "\"") ? 1 : 0)
                escapes |= byte == UInt8(ascii: "\\") ? 1 : 0
            }
            guard escapes == 0 else { return false }
            append(contentsOf: bytes)
            return true
        }
        return isDone ?? false
    }
}
