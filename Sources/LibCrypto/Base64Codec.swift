/// Strict base64 (RFC 4648 §4 and §5), one implementation for PEM and for JOSE.
///
/// A text has one spelling: nothing is skipped, unused bits are zero, padding is there or not as the form demands.
/// Two spellings of one token would defeat every list of tokens.
package enum Base64Codec {
    /// Why a text is not of the form.
    package enum Fault: Error, Equatable, Sendable {
        /// A byte outside the alphabet, at this offset.
        case character(Int)
        /// No bytes encode to so many characters.
        case length
        /// Padding is missing, or stands where there must be none.
        case padding
        /// The last character carries bits that no byte uses, and they are not zero.
        case unusedBits
    }

    /// The two forms that the standards use.
    package enum Form: Sendable {
        /// RFC 4648 §4: `+`, `/` and padding.
        case standard
        /// RFC 4648 §5 as JOSE has it (RFC 7515 §2): `-`, `_`, no padding.
        case url
    }

    /// Decodes the characters of `text` in `range`.
    package static func decode(
        _ text: [UInt8],
        in range: Range<Int>,
        form: Form
    ) throws(Fault) -> [UInt8] {
        var end = range.upperBound
        if form == .standard {
            guard range.count.isMultiple(of: 4) else { throw .length }
            // At most two signs of padding, and only at the very end.
            if end > range.lowerBound, text[end - 1] == padding { end -= 1 }
            if end > range.lowerBound, text[end - 1] == padding { end -= 1 }
        }
        let count = end - range.lowerBound
        guard count % 4 != 1 else { throw .length }
        var fault: Fault?
        let table = form == .url ? urlValues : standardValues
        let capacity = count / 4 * 3 + max(count % 4 - 1, 0)
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { output, written in
            text.withUnsafeBufferPointer { text in
                table.withUnsafeBufferPointer { table in
                    fault = decode(UnsafeBufferPointer(rebasing: text[range.lowerBound..<end]), table, into: output)
                }
            }
            written = fault == nil ? capacity : 0
        }
        if let fault { throw fault }
        return bytes
    }

    /// Encodes bytes.
    package static func encode(_ bytes: [UInt8], form: Form) -> [UInt8] {
        var text: [UInt8] = []
        encode(bytes, form: form, into: &text)
        return text
    }

    /// Encodes bytes at the end of a text.
    package static func encode(_ bytes: [UInt8], form: Form, into text: inout [UInt8]) {
        let alphabet = form == .url ? urlAlphabet : standardAlphabet
        let whole = bytes.count / 3
        // Written where there is room for it, and taken over at once: to append byte by byte asks for room each time.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: whole * 4) { characters in
            bytes.withUnsafeBufferPointer { bytes in
                alphabet.withUnsafeBufferPointer { encode(bytes, groups: whole, $0, into: characters) }
            }
            text.append(contentsOf: characters)
        }
        let index = whole * 3
        let rest = bytes.count - index
        guard rest > 0 else { return }
        let group = Int(bytes[index]) << 16 | (rest == 2 ? Int(bytes[index + 1]) << 8 : 0)
        text.append(alphabet[group >> 18])
        text.append(alphabet[group >> 12 & 0x3F])
        if rest == 2 { text.append(alphabet[group >> 6 & 0x3F]) }
        if form == .standard { text.append(contentsOf: repeatElement(padding, count: 3 - rest)) }
    }

    // INVARIANT: `characters` has room for four a group, `bytes` holds three a group; six bits never leave the alphabet.
    private static func encode(
        _ bytes: UnsafeBufferPointer<UInt8>,
        groups: Int,
        _ alphabet: UnsafeBufferPointer<UInt8>,
        into characters: UnsafeMutableBufferPointer<UInt8>
    ) {
        for number in 0..<groups {
            let source = 3 * number
            let target = 4 * number
            let group = Int(bytes[source]) << 16 | Int(bytes[source + 1]) << 8 | Int(bytes[source + 2])
            characters.initializeElement(at: target, to: alphabet[group >> 18])
            characters.initializeElement(at: target + 1, to: alphabet[group >> 12 & 0x3F])
            characters.initializeElement(at: target + 2, to: alphabet[group >> 6 & 0x3F])
            characters.initializeElement(at: target + 3, to: alphabet[group & 0x3F])
        }
    }

    // INVARIANT: `output` has room for all bytes of `text`, whose length is possible; every index stays below the
    // counts that the loops compare with.
    private static func decode(
        _ text: UnsafeBufferPointer<UInt8>,
        _ values: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Fault? {
        var source = 0
        var target = 0
        while source + 4 <= text.count {
            let a = values[Int(text[source])]
            let b = values[Int(text[source + 1])]
            let c = values[Int(text[source + 2])]
            let d = values[Int(text[source + 3])]
            guard (a | b | c | d) < outside else { return strangest(in: text, values, from: source) }
            output.initializeElement(at: target, to: a << 2 | b >> 4)
            output.initializeElement(at: target + 1, to: b << 4 | c >> 2)
            output.initializeElement(at: target + 2, to: c << 6 | d)
            source += 4
            target += 3
        }
        guard source < text.count else { return nil }
        let a = values[Int(text[source])]
        let b = values[Int(text[source + 1])]
        let c = source + 2 < text.count ? values[Int(text[source + 2])] : 0
        guard (a | b | c) < outside else { return strangest(in: text, values, from: source) }
        output.initializeElement(at: target, to: a << 2 | b >> 4)
        guard source + 2 < text.count else { return b & 0x0F == 0 ? nil : .unusedBits }
        output.initializeElement(at: target + 1, to: b << 4 | c >> 2)
        return c & 0x03 == 0 ? nil : .unusedBits
    }

    /// Names the first character that does not belong.
    private static func strangest(
        in text: UnsafeBufferPointer<UInt8>,
        _ values: UnsafeBufferPointer<UInt8>,
        from start: Int
    ) -> Fault {
        for index in start..<text.count where values[Int(text[index])] == outside {
            return text[index] == padding ? .padding : .character(index)
        }
        return .length
    }

    private static let padding = UInt8(ascii: "=")
    private static let outside: UInt8 = 0x40
    private static let common = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    private static let standardAlphabet = common + Array("+/".utf8)
    private static let urlAlphabet = common + Array("-_".utf8)
    private static let standardValues = values(of: standardAlphabet)
    private static let urlValues = values(of: urlAlphabet)

    private static func values(of alphabet: [UInt8]) -> [UInt8] {
        var values = [UInt8](repeating: outside, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }
}
