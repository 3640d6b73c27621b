public import Vocabulary

/// A value of `iss_onbehalfof` that a client may use, and the customer that it stands for (on-behalf-of entry).
///
/// The older way of suppliers: the client's word alone, without the customer's own act. Such a token never has a
/// `delegation_source`, and only scopes whose owners allow it can be had so (DESIGN §8).
public struct OnBehalfOfEntry: Sendable, Hashable {
    /// The longest value, in bytes.
    public static let maximumLength = 255

    /// The value in the grant (`onbehalfof`), unique within the client.
    public let value: String
    /// The customer (`orgno`), `consumer` of the tokens.
    public var consumer: OrganisationNumber
    /// The name, for lists.
    public var name: String
    /// What it is for.
    public var description: String?
    /// A page about it (`client_uri`).
    public var uri: String?
    /// When it was created.
    public let created: Timestamp
    /// When it was last changed.
    public var lastUpdated: Timestamp

    /// An entry.
    public init(
        value: String,
        consumer: OrganisationNumber,
        name: String,
        description: String? = nil,
        uri: String? = nil,
        created: Timestamp
    ) {
        self.value = value
        self.consumer = consumer
        self.name = name
        self.description = description
        self.uri = uri
        self.created = created
        self.lastUpdated = created
    }

    /// Whether a text may be a value: 1 to 255 printable ASCII characters without space.
    public static func isValue(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= maximumLength && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

extension Client {
    /// The entry of that value, compared byte by byte.
    public func onBehalfOf(_ value: String) -> OnBehalfOfEntry? {
        onBehalfOf.first { $0.value.utf8.elementsEqual(value.utf8) }
    }
}
