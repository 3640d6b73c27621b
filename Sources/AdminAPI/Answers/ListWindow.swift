import HTTPServer
import HTTPTypes
import JOSE

/// A part of a list that stays a bare array, as portals know it: where it goes on stands in header fields (RFC 8288).
struct ListWindow: Sendable {
    /// The most items of an answer, and how many there are when nothing is asked.
    static let maximumItems: Int64 = 10_000

    /// The parameters that choose the part.
    static var parameters: [OperationDescription.Parameter] {
        [
            .query("offset", .number(0, to: 1_000_000_000), "How many items to pass over."),
            .query("limit", .number(1, to: maximumItems), "The most items of the answer."),
        ]
    }

    /// The header fields of the answer.
    static var fields: [(name: String, meaning: String)] {
        [
            ("X-Total-Count", "How many there are in all."),
            ("Link", "Where the list goes on, `rel=\"next\"` (RFC 8288)."),
        ]
    }

    let offset: Int
    let limit: Int

    init(_ query: Query) throws(Problem) {
        offset = Int(try query.number("offset", in: 0...1_000_000_000) ?? 0)
        limit = Int(try query.number("limit", in: 1...Self.maximumItems) ?? Self.maximumItems)
    }

    /// The places of the items that it shows, for whoever can read only those.
    var range: Range<Int> { offset..<(offset + limit) }

    /// The items that it shows.
    func items<Item>(of items: [Item]) -> ArraySlice<Item> {
        let start = min(offset, items.count)
        return items[start..<min(items.count, start + limit)]
    }

    /// An answer with the items shown, of so many.
    func answer<Store>(_ items: [JSONValue], of total: Int, in call: Call<Store>) -> APIAnswer {
        let answer = APIAnswer.json(.array(items)).with(.totalCount, String(total))
        let end = offset + items.count
        guard end < total, !items.isEmpty else { return answer }
        let query = call.query.text(setting: [("offset", String(end)), ("limit", String(limit))])
        return answer.with(.link, "<\(call.address)?\(query)>; rel=\"next\"")
    }
}

extension HTTPField.Name {
    /// How many items a list has in all.
    static let totalCount = known("X-Total-Count")
    /// RFC 8288 §3.
    static let link = known("Link")
}
