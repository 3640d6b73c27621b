public import Clients
import JOSE
public import Vocabulary

/// For whom a client says that it acts (spec §2.3); `consumer_org` and `iss_onbehalfof` exclude each other.
public enum ActingFor: Sendable, Hashable {
    /// For the organisation that owns it.
    case owner
    /// For the organisation in `consumer_org`, which has delegated the scopes.
    case consumer(OrganisationNumber)
    /// For the customer that is registered on the client under that value of `iss_onbehalfof`.
    case onBehalfOf(String)

    /// Reads both claims.
    ///
    /// - Throws: `.claim`, `.claimsExclusive`.
    init(reading object: JSONObject) throws(Refusal) {
        switch (object["consumer_org"], object["iss_onbehalfof"]) {
        case (nil, nil): self = .owner
        case (.some, .some): throw .claimsExclusive(["consumer_org", "iss_onbehalfof"])
        case (let member?, nil):
            guard case .string(let text) = member, let number = try? OrganisationNumber(parsing: text) else {
                throw .claim("consumer_org", fault: .malformed)
            }
            self = .consumer(number)
        case (nil, let member?):
            guard case .string(let text) = member else { throw .claim("iss_onbehalfof", fault: .malformed) }
            guard text.utf8.count <= OnBehalfOfEntry.maximumLength else {
                throw .claim("iss_onbehalfof", fault: .tooLong)
            }
            guard OnBehalfOfEntry.isValue(text) else { throw .claim("iss_onbehalfof", fault: .malformed) }
            self = .onBehalfOf(text)
        }
    }
}

/// Who is who in a request: the legal consumer, and the organisation that acts for it (spec §7.3).
public struct GrantParties: Sendable, Hashable {
    /// `consumer`.
    public let consumer: OrganisationNumber
    /// `supplier`; nil where the consumer acts itself.
    public let supplier: OrganisationNumber?
    /// What the supplier may act on.
    public let pattern: Pattern

    /// The patterns of acting (spec §5.7).
    public enum Pattern: Sendable, Hashable {
        /// The consumer acts itself.
        case direct
        /// By the consumer's own act, registered as a delegation.
        case delegated
        /// By the supplier's word alone: an on-behalf-of entry, or a client made for one consumer.
        case unproven
    }

    /// The parties of a request of `client`; nil when it names a value of `iss_onbehalfof` that is not on the client.
    public init?(of client: Client, actingFor: ActingFor) {
        switch actingFor {
        case .owner:
            consumer = client.owner
            supplier = client.supplier
            pattern = client.supplier == nil ? .direct : .unproven
        case .consumer(let number):
            consumer = number
            supplier = client.holder
            pattern = .delegated
        case .onBehalfOf(let value):
            guard let entry = client.onBehalfOf(value) else { return nil }
            consumer = entry.consumer
            supplier = client.holder
            pattern = .unproven
        }
    }
}
