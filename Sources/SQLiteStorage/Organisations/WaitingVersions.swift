internal import Organisations
internal import Vocabulary

/// Versions that wait to be written together, their bytes in one piece of memory.
///
/// Files whose numbers rise are appended as they come. Of any other file more is gathered, and written in the order of its
/// numbers: else each row would change another page of the table.
struct WaitingVersions {
    /// So many bytes are gathered while the numbers rise.
    private static let gathered = 8 * 1_048_576
    /// So many from the first number on that does not.
    private static let gatheredUnsorted = 48 * 1_048_576

    private var units: [(number: OrganisationNumber, range: Range<Int>)] = []
    private var bytes: [UInt8] = []
    private var highest: OrganisationNumber?
    private var isRising = true

    /// Whether so much waits that it should be written.
    var isDue: Bool { bytes.count >= (isRising ? Self.gathered : Self.gatheredUnsorted) }

    mutating func append(_ number: OrganisationNumber, _ record: UnsafeRawBufferPointer) {
        if let highest, number < highest { isRising = false }
        highest = number
        let start = bytes.count
        bytes.append(contentsOf: record)
        units.append((number, start..<bytes.count))
    }

    /// Gives what waits to `write` in the order of the numbers, and forgets it when that is done.
    mutating func take(_ write: (Int, (Int) -> (OrganisationNumber, UnsafeRawBufferPointer)) throws -> Void) rethrows {
        if !isRising { units.sort { $0.number < $1.number } }
        try bytes.withUnsafeBytes { bytes in
            try write(units.count) { (units[$0].number, UnsafeRawBufferPointer(rebasing: bytes[units[$0].range])) }
        }
        units.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }
}
