import JOSE
import StatusLists
import Synchronization
import Testing
import Vocabulary

@testable import TokenIssuance

@Suite("Status allocator: each token has a place of its own")
struct StatusAllocatorTests {
    /// Places in memory.
    final class Places: StatusListStore {
        var taken: Set<StatusPlace> = []
        var isFull = false

        func put(_ entry: StatusEntry, at place: StatusPlace) -> Bool {
            !isFull && taken.insert(place).inserted
        }
    }

    /// The same few indexes over and over.
    final class Cycle: StatusPlaceSource {
        private let count: Int
        private let drawn = Atomic<Int>(0)

        init(_ count: Int) { self.count = count }

        func nextIndex() -> Int { drawn.add(1, ordering: .relaxed).oldValue % count }
    }

    private func entry() throws -> StatusEntry {
        let number = try #require(OrganisationNumber(stem: 31_000_000))
        let grounds = try #require(
            TokenGrounds(stored: #"{"client":"c","consumer":"\#(number)","scopes":"demo:read"}"#)
        )
        let now = Timestamp(seconds: 1_700_000_000)
        return StatusEntry(token: TokenID("t"), grounds: grounds, issued: now, expires: now + 120)
    }

    @Test func `draws again where a place is taken, and goes on to the next list where a list is full`() throws {
        let places = Places()
        let allocator = StatusAllocator(source: Cycle(4))
        let entry = try entry()
        let given = try (0..<9).map { _ in try allocator.place(entry, in: places) }
        #expect(Set(given).count == 9)
        #expect(given.map(\.list) == [0, 0, 0, 0, 1, 1, 1, 1, 2])
    }

    @Test func `goes back to the first list once its tokens have ended`() throws {
        let places = Places()
        let allocator = StatusAllocator(source: Cycle(4))
        let entry = try entry()
        for _ in 0..<8 { _ = try allocator.place(entry, in: places) }
        places.taken = places.taken.filter { $0.list != 0 }
        #expect(try allocator.place(entry, in: places).list == 0)
    }

    @Test func `gives no place rather than one that is taken`() throws {
        let places = Places()
        places.isFull = true
        let entry = try entry()
        #expect(throws: Unavailable.statusListsFull) { try StatusAllocator(source: Cycle(4)).place(entry, in: places) }
    }

    @Test func `draws from the whole list`() {
        let source = RandomStatusPlaces()
        let drawn = (0..<10_000).map { _ in source.nextIndex() }
        #expect(drawn.allSatisfy { (0..<StatusPlace.listSize).contains($0) })
        #expect(Set(drawn).count > 9_000)
        #expect((drawn.min() ?? 0) < 1_000)
        #expect((drawn.max() ?? 0) > StatusPlace.listSize - 1_000)
    }

    @Test func `a place says where it stands, as tokens and lists say it`() throws {
        let issuer = try Issuer(parsing: "https://as.example.no/tenant")
        let reference = StatusPlace(list: 7, index: 11).reference(at: issuer)
        #expect(reference.uri == "https://as.example.no/tenant/statuslists/7")
        #expect(reference.index == 11)
    }
}
