public import JOSE

/// Where a token's status stands: the claim `status` with its `status_list` (Token Status List draft, §6.2).
public struct StatusReference: Sendable, Hashable {
    /// `idx`: the place in the list.
    public let index: Int
    /// `uri`: where the list is published, byte for byte the list's own `sub`.
    public let uri: String

    /// The longest URI that is looked at, in bytes.
    public static let maximumURILength = 2_048

    /// A reference.
    public init(index: Int, uri: String) {
        self.index = index
        self.uri = uri
    }

    /// The value of the claim.
    public var claim: JSONValue {
        ["status_list": ["idx": .integer(Int64(index)), "uri": .string(uri)]]
    }

    /// Reads the value of the claim.
    ///
    /// - Throws: ``Malformed`` for anything but a status list with an index that is no negative number, and a URI.
    public init(claim: JSONValue) throws(Malformed) {
        guard let list = claim["status_list"]?.object, let number = list["idx"]?.integer, number >= 0,
            number <= JSONNumber.largestExactInteger, let index = Int(exactly: number),
            let uri = list["uri"]?.string, !uri.isEmpty, uri.utf8.count <= Self.maximumURILength
        else { throw Malformed() }
        self.init(index: index, uri: uri)
    }

    /// The claim is there and cannot be read, so that nothing is known of the token's status.
    public struct Malformed: Error, Equatable, Sendable {
        /// The fault.
        public init() {}
    }
}
