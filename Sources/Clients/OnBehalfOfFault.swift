public import Vocabulary

/// A rule that an on-behalf-of entry would break (spec §5.5).
public enum OnBehalfOfFault: Error, Equatable, Hashable, Sendable {
    /// The value is not 1 to 255 printable ASCII characters without space.
    case value
    /// The client has an entry of that value, for another customer.
    case valueTaken(OrganisationNumber)
    /// The client has no entry of that value.
    case unknown
    /// A client that a supplier made for one consumer acts for no other.
    case clientOfSupplier
    /// The customer is the client's own organisation.
    case ownOrganisation(OrganisationNumber)
    /// The name is blank, too long, or holds a character that it must not; likewise the description.
    case text(field: String)
    /// The address is no absolute URI.
    case address
    /// The client has as many entries as it may.
    case tooMany(limit: Int)
}

extension OnBehalfOfFault: CustomStringConvertible {
    /// What to mend.
    public var description: String {
        switch self {
        case .value: "a value is 1 to 255 printable ASCII characters without space"
        case .valueTaken(let customer): "the value stands for `\(customer)` already: remove that entry first"
        case .unknown: "the client has no on-behalf-of entry of that value"
        case .clientOfSupplier: "a client that a supplier registered for one consumer acts for no other"
        case .ownOrganisation(let number): "`\(number)` owns the client itself and needs no entry"
        case .text(let field):
            "`\(field)` must be one line of 1 to \(OnBehalfOfRules.maximumText) characters"
        case .address: "`client_uri` is no absolute URI"
        case .tooMany(let limit): "a client has at most \(limit) on-behalf-of entries"
        }
    }
}

/// The rules of on-behalf-of entries.
public enum OnBehalfOfRules {
    /// The longest name and description, in Unicode scalars.
    public static let maximumText = 255
    /// The most entries of one client.
    public static let maximumEntries = 1_000

    /// Checks an entry that is to be put on a client.
    ///
    /// - Throws: the first rule that is broken.
    public static func check(_ entry: OnBehalfOfEntry, on client: Client) throws(OnBehalfOfFault) {
        guard client.supplier == nil else { throw .clientOfSupplier }
        guard OnBehalfOfEntry.isValue(entry.value) else { throw .value }
        guard entry.consumer != client.owner else { throw .ownOrganisation(entry.consumer) }
        if let other = client.onBehalfOf(entry.value), other.consumer != entry.consumer {
            throw .valueTaken(other.consumer)
        }
        guard isText(entry.name), !PlainText.isBlank(entry.name) else { throw .text(field: "name") }
        if let description = entry.description, !isText(description) { throw .text(field: "description") }
        if let uri = entry.uri, (try? AbsoluteURI(parsing: uri)) == nil { throw .address }
        guard client.onBehalfOf(entry.value) != nil || client.onBehalfOf.count < maximumEntries else {
            throw .tooMany(limit: maximumEntries)
        }
    }

    private static func isText(_ text: String) -> Bool {
        text.unicodeScalars.count <= maximumText && PlainText.firstMisplaced(in: text) == nil
    }
}
