import HTTPServer
import JOSE

/// A part of a long list: `{"links": {"next": …}, "data": […]}`.
struct Page: Sendable {
    static let parameters = ["offset", "limit"]

    /// The most items of a page, and how many there are when nothing is asked.
    static let maximumItems: Int64 = 100

    let offset: Int
    let limit: Int

    init(_ query: Query) throws(Problem) {
        offset = Int(try query.number("offset", in: 0...1_000_000_000) ?? 0)
        limit = Int(try query.number("limit", in: 1...Self.maximumItems) ?? Self.maximumItems)
    }

    /// The items of this page, with the address of the next where there is one.
    func answer<Item, Store>(_ items: [Item], of call: Call<Store>, _ write: (Item) -> JSONValue) -> JSONValue {
        let end = min(items.count, offset + limit)
        let data = offset < end ? items[offset..<end].map(write) : []
        let next = end < items.count ? "\(call.address)?offset=\(end)&limit=\(limit)" : nil
        return ["links": ["next": next.map { .string($0) } ?? .null], "data": .array(data)]
    }
}
