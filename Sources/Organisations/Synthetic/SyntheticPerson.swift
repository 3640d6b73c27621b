public import Vocabulary

extension SyntheticRegister {
    /// A made-up person: month + 80 in the number, as the population register's own test persons have, so nobody is meant.
    public struct Person: Sendable, Hashable {
        /// The national identity number, both control digits right.
        public let number: NationalIdentityNumber
        /// The birth date.
        public let birthDate: CalendarDate
        /// Given name.
        public let givenName: String
        /// Family name.
        public let familyName: String

        /// A person born on a day of 1900 to 1999; nil when no control digits exist for the serial number (0 to 499).
        public init?(birthDate: CalendarDate, serial: Int, givenName: String, familyName: String) {
            // yyyy-mm-dd
            let date = birthDate.description.split(separator: "-").compactMap { Int($0) }
            guard date.count == 3, (1_900...1_999).contains(date[0]), (0...499).contains(serial) else { return nil }
            var digits: [Int] = []
            for part in [date[2], date[1] + 80, date[0] % 100] { digits += [part / 10, part % 10] }
            digits += [serial / 100, serial / 10 % 10, serial % 10]
            for weights in [[3, 7, 6, 1, 8, 9, 4, 5, 2], [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]] {
                let sum = zip(weights, digits).reduce(0) { $0 + $1.0 * $1.1 }
                digits.append((11 - sum % 11) % 11)
            }
            guard digits.allSatisfy({ $0 < 10 }),
                let number = NationalIdentityNumber(parsing: digits.map { String($0) }.joined())
            else { return nil }
            self.number = number
            self.birthDate = birthDate
            self.givenName = givenName
            self.familyName = familyName
        }
    }

    /// Drawn persons are born in 1940 to 1999; earlier births are left to persons with a name of their own.
    private static let firstBirth: Int64 = -10_957
    // Up to and with 1999-12-31: nobody is made who is born later, however often it is tried.
    private static let birthDays = 21_914

    /// The so-manyth person, the same for the same index; among eight million few are alike.
    static func person(_ index: Int) -> Person {
        var serial = index / birthDays % 400
        let day = CalendarDate(daysSinceEpoch: firstBirth + Int64(index % birthDays))
        let given = SyntheticWords.adjectives[index % SyntheticWords.adjectives.count]
        let family = SyntheticWords.animals[index / 20 % SyntheticWords.animals.count]
        while true {
            if let person = Person(birthDate: day, serial: serial, givenName: given, familyName: family) {
                return person
            }
            // One serial number in six has no control digits; of a hundred neighbours some always do.
            serial = (serial + 401) % 500
        }
    }
}
