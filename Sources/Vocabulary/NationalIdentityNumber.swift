/// A Norwegian national identity number (fødselsnummer) or D-number: eleven digits with two control digits.
///
/// It goes from the grant to the token, or under the key of a pseudonym, and nowhere else: its description is redacted.
public struct NationalIdentityNumber: Sendable, Hashable {
    /// The eleven digits, to be named where a token or a pseudonym is made and never in an answer, a log or the ledger.
    public let exposed: String

    /// Whether the month says that no such person exists (Tenor and other test persons).
    public let isSynthetic: Bool

    /// Parses eleven digits; nil when the date part or a control digit does not hold.
    ///
    /// The day of a D-number is raised by 40; synthetic months are raised by 40 or 80 (65 by the population register's).
    public init?(parsing text: String) {
        let digits = text.utf8.map { Int($0) - Int(UInt8(ascii: "0")) }
        guard digits.count == 11, digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
        let day = digits[0] * 10 + digits[1]
        let month = digits[2] * 10 + digits[3]
        guard (1...31).contains(day) || (41...71).contains(day),
            [0, 40, 65, 80].contains(where: { (1...12).contains(month - $0) })
        else { return nil }
        let first = [3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0]
        let second = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]
        for weights in [first, second] {
            let sum = zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
            guard sum.isMultiple(of: 11) else { return nil }
        }
        exposed = text
        isSynthetic = month > 12
    }
}

extension NationalIdentityNumber: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`.
    public var description: String { "<redacted>" }

    /// `<redacted>`.
    public var debugDescription: String { "<redacted>" }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
