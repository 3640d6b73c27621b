public import JOSE
public import Vocabulary

/// Why the body of the older delegation API cannot be acted on (spec of Altinn §3.5).
public enum DelegationRequestFault: Error, Equatable, Sendable {
    /// A member is missing or has another form.
    case malformed(String)
    /// There is not exactly one right.
    case rightCount(Int)
    /// The right names something that is no resource of the registry.
    case notRegistryResource(String)
    /// The identifier is none that a resource can have.
    case resourceIdentifier(String)
    /// The party is a person: only organisations give and receive.
    case personAsParty(String)
    /// The party is named by an attribute that is not served.
    case partyAttribute(String)
    /// The number is no organisation number: not nine digits, or the check digit does not hold.
    case organisationNumber(String)
}

extension DelegationRequestFault: CustomStringConvertible {
    /// What to mend; never repeats the number of a person.
    public var description: String {
        switch self {
        case .malformed(let member): "`\(member)` is missing or does not have the right form"
        case .rightCount(let count): "exactly one right can be delegated at a time, and there are \(count)"
        case .notRegistryResource(let attribute):
            "a right is named by `urn:altinn:resource` alone, and not by `\(attribute)`"
        case .resourceIdentifier(let text): "`\(text)` is no identifier of a resource"
        case .personAsParty(let member): "`\(member)` must be an organisation, not a person"
        case .partyAttribute(let attribute):
            "a party is named by `urn:altinn:organizationnumber`, and not by `\(attribute)`"
        case .organisationNumber(let member):
            "`\(member)` is no organisation number: nine digits, the last a check digit"
        }
    }
}

/// The body of the older delegation API: one resource, and the organisation on the other side.
public struct DelegationRequestBody: Sendable, Hashable {
    /// Which side the body names.
    public enum Side: String, Sendable, Hashable {
        /// The receiver: the consumer gives or revokes.
        case receiver = "to"
        /// The giver: the supplier gives up what it got.
        case giver = "from"
    }

    /// The organisation on the other side.
    public let party: OrganisationNumber
    /// The resource.
    public let resource: ResourceID

    /// Reads a body.
    ///
    /// - Throws: `DelegationRequestFault` for the first fault.
    public init(reading object: JSONObject, naming side: Side) throws(DelegationRequestFault) {
        guard let rights = object["rights"]?.array else { throw .malformed("rights") }
        guard rights.count == 1, let right = rights.first else { throw .rightCount(rights.count) }
        resource = try Self.resource(reading: right["resource"])
        party = try Self.party(reading: object[side.rawValue], named: side.rawValue)
    }

    /// The resource of a delegation check: `{"resource":[{"id":"urn:altinn:resource","value":"<id>"}]}`.
    ///
    /// - Throws: `DelegationRequestFault` for the first fault.
    public static func resource(reading value: JSONValue?) throws(DelegationRequestFault) -> ResourceID {
        guard let attributes = value?.array, !attributes.isEmpty else { throw .malformed("resource") }
        for attribute in attributes {
            guard let id = attribute["id"]?.string else { throw .malformed("resource") }
            // An app is named by two others, a service of Altinn 2 likewise; neither has scopes.
            guard id == "urn:altinn:resource" else { throw .notRegistryResource(String(id.prefix(100))) }
        }
        guard attributes.count == 1, let text = attributes.first?["value"]?.string else {
            throw .malformed("resource")
        }
        guard let resource = try? ResourceID(parsing: text) else {
            throw .resourceIdentifier(String(text.prefix(100)))
        }
        return resource
    }

    private static let personAttributes: Set<String> = [
        "urn:altinn:ssn", "urn:altinn:person:identifier-no", "urn:altinn:userid", "urn:altinn:person:uuid",
        "urn:altinn:enterpriseuser:uuid", "urn:altinn:enterpriseuser:username",
    ]

    private static let organisationAttributes: Set<String> = [
        "urn:altinn:organizationnumber", "urn:altinn:organization:identifier-no",
    ]

    private static func party(
        reading value: JSONValue?,
        named member: String
    ) throws(DelegationRequestFault) -> OrganisationNumber {
        guard let attributes = value?.array, attributes.count == 1, let attribute = attributes.first,
            let id = attribute["id"]?.string, let text = attribute["value"]?.string
        else { throw .malformed(member) }
        guard !personAttributes.contains(id) else { throw .personAsParty(member) }
        guard organisationAttributes.contains(id) else { throw .partyAttribute(String(id.prefix(100))) }
        guard let number = try? OrganisationNumber(parsing: text) else { throw .organisationNumber(member) }
        return number
    }
}
