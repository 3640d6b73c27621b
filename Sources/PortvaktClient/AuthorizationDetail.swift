public import JOSE

/// One element of `authorization_details` (RFC 9396 §2): a system user, a consent.
///
/// Two are equal when their canonical JSON is (RFC 8785), whatever the order of their members.
public struct AuthorizationDetail: Sendable {
    /// Why an object is none.
    public enum ParseError: Error, Sendable, Equatable {
        /// Not strict JSON, or neither an object nor an array of objects.
        case form
        /// The member `type` is missing or no text (RFC 9396 §2).
        case type
    }

    /// The members, sent as they are.
    public let object: JSONObject
    /// `type`.
    public let type: String

    private let canonical: [UInt8]

    /// A detail.
    ///
    /// - Throws: `ParseError.type`.
    public init(_ object: JSONObject) throws(ParseError) {
        guard let type = object["type"]?.string, !type.isEmpty else { throw .type }
        self.object = object
        self.type = type
        canonical = object.canonical()
    }

    /// Reads one object, or an array of objects, of JSON.
    ///
    /// - Throws: `ParseError`.
    public static func all(parsing json: String) throws(ParseError) -> [AuthorizationDetail] {
        guard let value = try? JSONValue(parsing: json) else { throw .form }
        var details: [AuthorizationDetail] = []
        for element in value.array ?? [value] {
            guard let object = element.object else { throw .form }
            details.append(try AuthorizationDetail(object))
        }
        return details
    }
}

extension AuthorizationDetail: Hashable {
    /// Whether both have the same canonical JSON.
    public static func == (left: AuthorizationDetail, right: AuthorizationDetail) -> Bool {
        left.canonical == right.canonical
    }

    /// Hashes the canonical JSON.
    public func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
}

extension AuthorizationDetail: CustomStringConvertible, CustomReflectable {
    /// The type; the members may name persons.
    public var description: String { "authorization detail of type `\(type)`" }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
