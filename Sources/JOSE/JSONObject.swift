/// The members of a JSON object in the order they were read or set; no name stands twice.
public struct JSONObject: Sendable {
    /// One member.
    public struct Member: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Its value.
        public let value: JSONValue
    }

    /// The members in order.
    public private(set) var members: [Member] = []

    /// No members.
    public init() {}

    /// How many there are.
    public var count: Int { members.count }

    /// Whether there are none.
    public var isEmpty: Bool { members.isEmpty }

    /// The names in order.
    public var names: [String] { members.map(\.name) }

    /// The member of that name, compared byte by byte; set it to nil to take it out.
    ///
    /// A new member goes to the end, a changed one keeps its place.
    public subscript(name: String) -> JSONValue? {
        get { index(of: name).map { members[$0].value } }
        set {
            switch (index(of: name), newValue) {
            case (let index?, let value?): members[index] = Member(name: members[index].name, value: value)
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Whether there is a member of that name, whatever its value.
    public func contains(_ name: String) -> Bool { index(of: name) != nil }

    /// The object without some members.
    public func removing(_ names: Set<String>) -> JSONObject {
        var rest = JSONObject()
        rest.members = members.filter { !names.contains($0.name) }
        return rest
    }

    /// Makes room for members that are about to be read.
    mutating func reserve(_ count: Int) { members.reserveCapacity(count) }

    /// Appends a member that the parser has proved to be new.
    mutating func append(unseen name: String, _ value: JSONValue) {
        members.append(Member(name: name, value: value))
    }

    /// The same members sorted by name, by UTF-16 code units (RFC 8785 §3.2.3).
    func sortedMembers() -> [Member] {
        members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
    }

    private func index(of name: String) -> Int? { members.firstIndex { hasSameBytes($0.name, name) } }
}

extension JSONObject: Hashable {
    /// Whether both have the same members, in whatever order (RFC 8259 §4).
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.name] == $0.value }
    }

    /// Hashes the members, whatever their order.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members { sum ^= member.hashValue }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The members in the order written; a name that stands twice is a programmer's mistake.
    public init(dictionaryLiteral members: (String, JSONValue)...) { self.init(literal: members) }

    init(literal members: [(String, JSONValue)]) {
        for (name, value) in members {
            precondition(!contains(name), "a member stands twice in a literal")
            append(unseen: name, value)
        }
    }
}
