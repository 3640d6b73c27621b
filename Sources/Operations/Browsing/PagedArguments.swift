import Administration
import Organisations
import Vocabulary

/// The parameters by which a long list is asked for part by part.
enum PagedList {
    /// The most rows that are given at once.
    static let mostRows: Int64 = 10_000
    /// How many are given when nobody says.
    static let usualRows: Int64 = 50

    /// The parameters of a list that can be sorted in those ways.
    static func parameters<Order: CaseIterable & RawRepresentable<String>>(_ orders: Order.Type) -> [Parameter] {
        [
            Parameter("sort", .word(orders.allCases.map(\.rawValue)), "What the list is sorted by."),
            Parameter("descending", .flag, "From the highest to the lowest."),
            Parameter("offset", .number(0...1_000_000_000), "How many rows to pass over."),
            Parameter("limit", .number(1...mostRows), "At most so many rows; 50 if not given."),
        ]
    }
}

extension Arguments {
    /// The part of a list that is asked for.
    func paging<Order: CaseIterable & RawRepresentable<String> & Sendable & Hashable>(
        _ usual: Order
    ) throws(OperationFault) -> Paging<Order> {
        var paging = Paging(order: usual)
        if let text = try text("sort") {
            guard let order = Order(rawValue: text) else {
                let known = Order.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw .usage("`\(text)` is nothing that this list is sorted by", hint: "it is one of \(known)")
            }
            paging.order = order
        }
        paging.isDescending = try flag("descending")
        paging.offset = Int(try number("offset", in: 0...1_000_000_000) ?? 0)
        paging.limit = Int(try number("limit", in: 1...PagedList.mostRows) ?? PagedList.usualRows)
        return paging
    }
}

extension Listed {
    /// What is said of the whole list beside the rows of this part.
    func facts(_ paging: Paging<some Sendable & Hashable>) -> [OutputValue.Member] {
        [.init("total", total), .init("offset", paging.offset)]
    }
}

/// Names of organisations, each read once.
struct OrganisationNames {
    private var names: [OrganisationNumber: String] = [:]

    /// The name; empty for one that the register does not know.
    mutating func name(of number: OrganisationNumber, _ reader: some RegisterReader) throws -> String {
        if let known = names[number] { return known }
        let name = try reader.organisation(number)?.name ?? ""
        names[number] = name
        return name
    }

    /// The name; nil for one that the register does not know.
    mutating func known(_ number: OrganisationNumber, _ reader: some RegisterReader) throws -> String? {
        let name = try name(of: number, reader)
        return name.isEmpty ? nil : name
    }
}
