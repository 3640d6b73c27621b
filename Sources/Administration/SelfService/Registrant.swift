public import Clients
public import Vocabulary

/// For whom a caller of the self-service API registers clients: what its token proved (spec §5.1, DESIGN §11).
public struct Registrant: Sendable, Hashable {
    /// The organisation whose rights the token has.
    public let organisation: OrganisationNumber
    /// Whether it acts on clients that its organisation owns.
    public let ownsClients: Bool
    /// Whether it registers clients for customers, as their supplier.
    public let suppliesClients: Bool

    /// What a token proved.
    public init(organisation: OrganisationNumber, ownsClients: Bool, suppliesClients: Bool) {
        self.organisation = organisation
        self.ownsClients = ownsClients
        self.suppliesClients = suppliesClients
    }

    /// Whether it sees a client: as the owner, or as the supplier who made it.
    public func sees(_ client: Client) -> Bool { owns(client) || holds(client) }

    /// Whether it may change a client: whoever authenticates as it, and nobody else.
    ///
    /// The customer of a supplier's client sees it and may stop it. A key of his own on it would let him act in the supplier's
    /// name.
    public func holds(_ client: Client) -> Bool {
        if client.supplier == nil { return owns(client) }
        return suppliesClients && client.supplier == organisation
    }

    /// Whether its organisation is the client's `client_orgno`.
    public func owns(_ client: Client) -> Bool { ownsClients && client.owner == organisation }
}

/// Why the self-service API does not do an act, beside the rules that hold for everybody; nothing of it is kept.
public enum SelfServiceRefusal: Error, Equatable, Sendable {
    /// It is another version than the caller has seen, or not there at all.
    case stale
    /// The caller sees no such client.
    case noClient(ClientID)
    /// The client has no keys.
    case noKeys(ClientID)
    /// The client has no such on-behalf-of entry.
    case noEntry(String)
    /// The caller's organisation owns no such scope.
    case noScope(ScopeName)
    /// Nobody ever gave that organisation access to the scope.
    case noAccess(ScopeName, OrganisationNumber)
    /// The prefix is not the caller's.
    case foreignPrefix(ScopePrefix)
    /// A supplier holds the client; its customer may look at it and stop it.
    case clientOfSupplier(ClientID)
    /// The token is good for on-behalf-of entries of its own client only.
    case ownEntriesOnly
    /// The token may not register a client for that organisation.
    case foreignOwner(OrganisationNumber)
    /// A supplier says for whom the client is.
    case customerMissing
}

extension SelfServiceRefusal: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .stale: "it is another version than `If-Match` names: read it again and put your change on that"
        case .noClient(let id): "your organisation has no client `\(id)`"
        case .noKeys(let id): "the client `\(id)` does not have any keys"
        case .noEntry(let value): "the client has no on-behalf-of entry `\(value.prefix(64))`"
        case .noScope(let name): "your organisation has no scope `\(name)`"
        case .noAccess(let name, let consumer): "`\(consumer)` never had access to the scope `\(name)`"
        case .foreignPrefix(let prefix):
            "the prefix `\(prefix)` does not belong to your organisation: ask the operator to assign it"
        case .clientOfSupplier(let id):
            "a supplier holds the client `\(id)`: let the supplier change it; you may deactivate it"
        case .ownEntriesOnly:
            "the scope `idporten:dcr/onbehalfof:write` alone is for the entries of the token's own client: add "
                + "`idporten:dcr.modify` or `idporten:dcr.write` for those of others"
        case .foreignOwner(let number):
            "`client_orgno` may name `\(number)` only in a token with `idporten:dcr.supplier`; leave it out"
        case .customerMissing: "`client_orgno` must name the customer for whom the supplier registers the client"
        }
    }
}
