public import Vocabulary

/// A set of organisation numbers: one bit each, since two million of them are in memory while a register is imported.
///
/// The check digit follows from the eight digits before it, so those are what is kept: 12.5 MB for all that there can be.
public struct NumberSet: Sendable, Equatable {
    private static let pageBits = 65_536
    private static let pageCount = 100_000_000 / pageBits + 1

    /// Made when the first number of a page comes.
    private var pages: [[UInt64]]
    /// How many numbers there are.
    public private(set) var count = 0

    /// No numbers.
    public init() { pages = Array(repeating: [], count: Self.pageCount) }

    /// Adds a number; false when it was there already.
    public mutating func insert(_ number: OrganisationNumber) -> Bool {
        let place = Place(number)
        if pages[place.page].isEmpty { pages[place.page] = Array(repeating: 0, count: Self.pageBits / 64) }
        guard pages[place.page][place.word] & place.bit == 0 else { return false }
        pages[place.page][place.word] |= place.bit
        count += 1
        return true
    }

    /// Whether a number is in it.
    public func contains(_ number: OrganisationNumber) -> Bool {
        let place = Place(number)
        return !pages[place.page].isEmpty && pages[place.page][place.word] & place.bit != 0
    }

    private struct Place {
        let page: Int
        let word: Int
        let bit: UInt64

        init(_ number: OrganisationNumber) {
            let stem = Int(number.integer / 10)
            page = stem / NumberSet.pageBits
            word = stem % NumberSet.pageBits / 64
            bit = 1 << UInt64(stem % 64)
        }
    }
}
