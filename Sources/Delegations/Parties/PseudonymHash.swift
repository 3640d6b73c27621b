import LibCrypto
public import Vocabulary

/// A ``PseudonymKey`` made ready for many persons: an import of roles has millions of them.
///
/// It gives the same pseudonyms as the key itself. Used by one thread at a time.
public final class PseudonymHash {
    private let code: AuthenticationCode
    /// Memory for the text that is hashed, used again and again.
    private var memory: [UInt8] = []

    /// Makes a key ready.
    public init(_ key: PseudonymKey) { code = AuthenticationCode(.sha256, key: key.bytes) }

    /// The pseudonym of the person with a national identity number of these digits, which were checked before.
    public func pseudonym(ofDigits digits: UnsafeRawBufferPointer) -> PersonPseudonym {
        pseudonym { text in
            text.append("number|")
            text.append(contentsOf: digits)
        }
    }

    /// The pseudonym of a person of whom the register's open data say no more than name, in UTF-8, and birth date.
    public func pseudonym(
        inUnit unit: OrganisationNumber,
        role: RoleCode,
        nameInUTF8 name: UnsafeRawBufferPointer,
        birthDate: CalendarDate?
    ) -> PersonPseudonym {
        pseudonym { text in
            text.append("unit|")
            text.append(contentsOf: unit.description.utf8)
            text.append(UInt8(ascii: "|"))
            text.append(contentsOf: role.rawValue.utf8)
            text.append(UInt8(ascii: "|"))
            if let birthDate { text.append(contentsOf: birthDate.description.utf8) }
            text.append(UInt8(ascii: "|"))
            let start = text.count
            if !text.appendFolded(name) {
                // Other letters than those of Western Europe fold by rules that the standard library knows.
                text.removeSubrange(start...)
                text.append(contentsOf: PseudonymKey.folded(String(decoding: name, as: UTF8.self)).utf8)
            }
        }
    }

    /// The pseudonym of the text that `write` puts together.
    private func pseudonym(_ write: (inout [UInt8]) -> Void) -> PersonPseudonym {
        var text: [UInt8] = []
        swap(&text, &memory)
        text.removeAll(keepingCapacity: true)
        write(&text)
        let pseudonym = code.of(text) { PersonPseudonym(rawBytes: $0) }
        swap(&text, &memory)
        guard let pseudonym else { preconditionFailure("SHA-256 has 32 bytes") }
        return pseudonym
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ literal: StaticString) {
        literal.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends a name in capitals, with one space between its parts; false when a letter needs more than a look at a byte.
    fileprivate mutating func appendFolded(_ name: UnsafeRawBufferPointer) -> Bool {
        let start = count
        var index = 0
        var isSpaceDue = false
        while index < name.count {
            let byte = name[index]
            index += 1
            if byte == 0x20 {
                isSpaceDue = count > start
                continue
            }
            if isSpaceDue { append(0x20) }
            isSpaceDue = false
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): append(byte - 0x20)
            case 0x21...0x7E: append(byte)
            // U+00C0 to U+00FE: the small letters stand 32 behind the capital ones; ß and ÷ do not, ÿ is beyond.
            case 0xC3:
                guard index < name.count, name[index] != 0x9F, name[index] != 0xBF else { return false }
                let last = name[index]
                index += 1
                append(0xC3)
                append(last >= 0xA0 && last != 0xB7 ? last - 0x20 : last)
            default: return false
            }
        }
        return true
    }
}
