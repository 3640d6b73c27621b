import JOSE
import Synchronization
public import Vocabulary

/// The status lists that are published, each as bytes made beforehand, and the list of all of them.
public final class PublishedStatusLists: Sendable {
    /// Where all lists are listed (Token Status List draft, §9).
    public let aggregation: PublishedDocument

    private let maximumAge: Seconds
    private let lists = Mutex<[PublishedDocument]>([])

    /// What lists come as.
    static let mediaType = "application/statuslist+jwt"

    /// No lists yet; caches may keep each for `maximumAge`.
    public init(maximumAge: Seconds) {
        self.maximumAge = maximumAge
        aggregation = PublishedDocument(Self.aggregation(of: []), maximumAge: maximumAge)
    }

    /// Puts other bytes in place of a list, or adds the next one; lists are numbered from 0 without gaps.
    public func publish(_ bytes: [UInt8], asList number: Int) {
        let known = lists.withLock { lists -> PublishedDocument? in
            precondition(number <= lists.count)
            guard number == lists.count else { return lists[number] }
            lists.append(PublishedDocument(bytes, maximumAge: maximumAge, mediaType: Self.mediaType))
            return nil
        }
        known?.replace(with: bytes)
    }

    /// Says where the lists are.
    public func publish(uris: [String]) { aggregation.replace(with: Self.aggregation(of: uris)) }

    /// A list; nil when it is not published.
    func list(_ number: Int) -> PublishedDocument? {
        lists.withLock { $0.indices.contains(number) ? $0[number] : nil }
    }

    private static func aggregation(of uris: [String]) -> [UInt8] {
        let document: JSONObject = ["status_lists": .strings(uris)]
        return document.encoded()
    }
}
