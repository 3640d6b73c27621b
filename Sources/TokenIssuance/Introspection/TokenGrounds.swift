public import Clients
import Delegations
public import FoundationEssentials
public import JOSE
public import Vocabulary

/// What an access token rests on, as far as it can be looked at again: client, parties, scopes, system user or consent.
///
/// Names no person. A registered key or certificate is not among it: a token does not tell which one was used.
public struct TokenGrounds: Sendable, Hashable {
    /// The system user or consent that a token rests on.
    public enum Detail: Sendable, Hashable {
        /// The system user of that identifier.
        case systemUser(UUID)
        /// The consent of that identifier.
        case consent(UUID)
    }

    /// `client_id`.
    public let client: ClientID
    /// `consumer`.
    public let consumer: OrganisationNumber
    /// `supplier`.
    public let supplier: OrganisationNumber?
    /// Whether it names a register of delegations (`delegation_source`).
    public let isDelegated: Bool
    /// `scope`.
    public let scopes: [ScopeName]
    /// What `authorization_details` names.
    public let detail: Detail?

    /// The grounds of a token that is about to be issued; nil for a European organisation's, which rests on nothing registered.
    init?(_ claims: AccessTokenClaims) {
        guard let consumer = claims.consumer.organisation else { return nil }
        client = claims.client
        self.consumer = consumer
        supplier = claims.supplier
        isDelegated = claims.delegationSource != nil
        scopes = claims.scopes
        detail =
            switch claims.detail {
            case nil: nil
            case .systemUser(let user): .systemUser(user.id)
            case .consent(let consent, _): .consent(consent.id)
            }
    }

    /// For whom the client asked; nil when it could not ask so today.
    func actingFor(_ client: Client) -> ActingFor? {
        if isDelegated { return supplier == client.holder ? .consumer(consumer) : nil }
        if client.owner == consumer, client.supplier == supplier { return .owner }
        guard supplier == client.holder else { return nil }
        return client.onBehalfOf.first { $0.consumer == consumer }.map { .onBehalfOf($0.value) }
    }

    /// The facts that a look at them needs; nil when the client could not ask so today.
    public func query(for client: Client) -> FactsQuery? {
        actingFor(client).map { actingFor in
            FactsQuery(client: client.id, scopes: scopes, actingFor: actingFor, detail: detail.map(DetailQuery.init))
        }
    }
}

extension TokenGrounds {
    /// The grounds in a token of ours whose signature holds; nil when they are none that can be looked at again.
    public init?(claims: JSONObject) {
        guard let client = claims["client_id"]?.string.flatMap({ try? ClientID(parsing: $0) }),
            let consumer = Self.organisation(claims["consumer"]), let scope = claims["scope"]?.string
        else { return nil }
        self.client = client
        self.consumer = consumer
        supplier = Self.organisation(claims["supplier"])
        guard (supplier == nil) == !claims.contains("supplier") else { return nil }
        isDelegated = claims.contains("delegation_source")
        let names = scope.split(separator: " ").map { try? ScopeName(parsing: $0) }
        scopes = names.compactMap(\.self)
        guard scopes.count == names.count, !scopes.isEmpty else { return nil }
        guard let details = claims["authorization_details"] else {
            detail = nil
            return
        }
        guard let element = details.array?.first?.object, details.array?.count == 1,
            let detail = Self.detail(element)
        else { return nil }
        self.detail = detail
    }

    private static func detail(_ element: JSONObject) -> Detail? {
        switch element["type"]?.string {
        case AuthorizationDetail.systemUserType:
            element["systemuser_id"]?.strings?.first.flatMap { UUID(uuidString: $0) }.map { .systemUser($0) }
        case AuthorizationDetail.consentType:
            element["id"]?.string.flatMap { UUID(uuidString: $0) }.map { .consent($0) }
        default: nil
        }
    }

    /// The ISO 6523 form, `{"authority": …, "ID": "0192:991825827"}`.
    private static func organisation(_ value: JSONValue?) -> OrganisationNumber? {
        guard value?["authority"]?.string == OrganisationNumber.authority, let text = value?["ID"]?.string else {
            return nil
        }
        return try? OrganisationNumber(parsingISO6523: text)
    }
}

extension TokenGrounds {
    /// The grounds as a store keeps them: JSON in a fixed order, so that equal grounds are equal texts.
    public var stored: String {
        var object: JSONObject = ["client": .string(client.rawValue), "consumer": .string("\(consumer)")]
        object["supplier"] = supplier.map { .string("\($0)") }
        if isDelegated { object["delegated"] = true }
        object["scopes"] = .string(scopes.map(\.rawValue).joined(separator: " "))
        switch detail {
        case .systemUser(let id): object["system_user"] = .string(id.uuidString.lowercased())
        case .consent(let id): object["consent"] = .string(id.uuidString.lowercased())
        case nil: break
        }
        return JSONValue.object(object).text()
    }

    /// Grounds read back; nil when they are malformed.
    public init?(stored text: String) {
        guard let object = (try? JSONValue(parsing: text))?.object,
            let client = object["client"]?.string.flatMap({ try? ClientID(parsing: $0) }),
            let consumer = object["consumer"]?.string.flatMap({ try? OrganisationNumber(parsing: $0) }),
            let scopes = object["scopes"]?.string
        else { return nil }
        self.client = client
        self.consumer = consumer
        supplier = object["supplier"]?.string.flatMap { try? OrganisationNumber(parsing: $0) }
        isDelegated = object["delegated"]?.bool == true
        self.scopes = scopes.split(separator: " ").compactMap { try? ScopeName(parsing: $0) }
        if let id = object["system_user"]?.string {
            detail = UUID(uuidString: id).map { .systemUser($0) }
        } else {
            detail = object["consent"]?.string.flatMap { UUID(uuidString: $0) }.map { .consent($0) }
        }
    }
}

extension DetailQuery {
    /// The look at a system user or consent that a token was issued on.
    init(_ detail: TokenGrounds.Detail) {
        switch detail {
        case .systemUser(let id): self = .issuedSystemUser(id)
        case .consent(let id): self = .consent(id)
        }
    }
}
