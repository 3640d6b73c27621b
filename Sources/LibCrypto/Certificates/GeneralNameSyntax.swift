/// The syntax of names as RFC 5280 §4.2.1.6 and §4.2.1.10 have it; of bytes, for an IA5String may hold anything.
enum GeneralNameSyntax {
    /// A host name in the preferred syntax of RFC 1034 §3.5 as RFC 1123 §2.1 changed it.
    ///
    /// The last label is not all digits: that would be an address.
    static func isHostName(_ bytes: some Collection<UInt8>) -> Bool {
        guard !bytes.isEmpty, bytes.count <= 253 else { return false }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard let last = labels.last, !last.allSatisfy(isDigit) else { return false }
        return labels.allSatisfy { label in
            guard let first = label.first, let end = label.suffix(1).first, label.count <= 63 else { return false }
            return first != UInt8(ascii: "-") && end != UInt8(ascii: "-")
                && label.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }

    /// A host name, or one with `*` as its whole first label (RFC 9525 §6.3).
    static func isHostNameOrWildcard(_ bytes: [UInt8]) -> Bool {
        isHostName(bytes.starts(with: [UInt8(ascii: "*"), UInt8(ascii: ".")]) ? bytes.dropFirst(2) : bytes[...])
    }

    /// A mailbox `local@host` (RFC 5321 §4.1.2): dot-atom or quoted string, and a host name or an address in brackets.
    static func isMailbox(_ bytes: [UInt8]) -> Bool {
        guard let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return false }
        return isLocalPart(bytes[..<at]) && isMailHost(bytes[(at + 1)...])
    }

    /// A constraint on mailboxes: one of them, a host, or with a leading period the hosts below a domain.
    static func isMailConstraint(_ bytes: [UInt8]) -> Bool {
        bytes.contains(UInt8(ascii: "@")) ? isMailbox(bytes) : isHostOrDomain(bytes)
    }

    /// A host name, or with a leading period the hosts below a domain.
    static func isHostOrDomain(_ bytes: [UInt8]) -> Bool {
        isHostName(bytes.first == UInt8(ascii: ".") ? bytes.dropFirst() : bytes[...])
    }

    /// An absolute URI: a scheme, a colon, and something behind it, all of it visible ASCII (RFC 3986 §3).
    static func isAbsoluteURI(_ bytes: [UInt8]) -> Bool {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), let first = bytes.first, isLetter(first) else {
            return false
        }
        let others: Set<UInt8> = [UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ".")]
        return bytes[..<colon].allSatisfy { isLetter($0) || isDigit($0) || others.contains($0) }
            && colon + 1 < bytes.endIndex && bytes.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// An address range: IPv4 or IPv6 address and a mask of leading ones (RFC 4632 §5.1).
    static func isAddressRange(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 8 || bytes.count == 32 else { return false }
        var seenZero = false
        for byte in bytes[(bytes.count / 2)...] {
            if seenZero { guard byte == 0 else { return false } }
            guard byte == 0xFF << (8 - (~byte).leadingZeroBitCount) & 0xFF || byte == 0 else { return false }
            if byte != 0xFF { seenZero = true }
        }
        return true
    }

    private static func isLocalPart(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard !bytes.isEmpty, bytes.count <= 64 else { return false }
        if bytes.count > 2, bytes.first == quote, bytes.last == quote { return isQuoted(bytes.dropFirst().dropLast()) }
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomText) }
    }

    /// Printable characters, of which quote and backslash stand behind a backslash only.
    private static func isQuoted(_ bytes: ArraySlice<UInt8>) -> Bool {
        var isEscaped = false
        for byte in bytes {
            guard (0x20...0x7E).contains(byte) else { return false }
            if !isEscaped, byte == quote { return false }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        }
        return !isEscaped
    }

    private static func isMailHost(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") else { return isHostName(bytes) }
        let digits: Set<UInt8> = Set("0123456789abcdefABCDEF.:IPv".utf8)
        return bytes.count > 2 && bytes.dropFirst().dropLast().allSatisfy(digits.contains)
    }

    private static let quote = UInt8(ascii: "\"")
    private static let atomMarks: Set<UInt8> = Set("!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isAtomText(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || atomMarks.contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
