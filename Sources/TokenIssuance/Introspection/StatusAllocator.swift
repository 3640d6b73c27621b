import Synchronization

/// Finds a free place for each token that wants one, inside the transaction that writes its ledger entry.
///
/// A list is left when so many places drawn at random are taken that it must be rather full; then the lists are tried
/// from the first on, whose tokens have ended meanwhile. So the lists stay as few as the tokens that live demand.
public final class StatusAllocator: Sendable {
    private let source: any StatusPlaceSource
    /// Where the last token went; only a hint, so that a batch that is rolled back leaves nothing wrong.
    private let current = Mutex(0)

    /// How many places of one list are drawn: at half full one in 256 tokens looks further.
    private static let draws = 8

    /// An allocator with places from `source`.
    public init(source: any StatusPlaceSource = RandomStatusPlaces()) { self.source = source }

    /// Puts a token at a free place.
    ///
    /// - Throws: `Unavailable.statusListsFull` when none was found in any list, or what the store throws.
    func place(_ entry: StatusEntry, in store: some StatusListStore) throws -> StatusPlace {
        let hint = current.withLock { $0 }
        if let place = try place(entry, inList: hint, in: store) { return place }
        for list in 0..<StatusPlace.maximumLists {
            guard let place = try place(entry, inList: list, in: store) else { continue }
            current.withLock { $0 = list }
            return place
        }
        throw Unavailable.statusListsFull
    }

    private func place(
        _ entry: StatusEntry,
        inList list: Int,
        in store: some StatusListStore
    ) throws -> StatusPlace? {
        for _ in 0..<Self.draws {
            let place = StatusPlace(list: list, index: source.nextIndex())
            if try store.put(entry, at: place) { return place }
        }
        return nil
    }
}
